"""Tables of the desk: channels, messages and their posts, certificates, attempts, stops."""

from social.models.absences import Absence
from social.models.approvals import Approval
from social.models.attempts import Attempt
from social.models.channels import Channel
from social.models.figures import PostFigures
from social.models.hashtags import HashtagGroup
from social.models.health import ChannelHealth
from social.models.media import BarredPicture, PostDraftMedia, PostMedia, PostWording
from social.models.messages import Message, MessageContributor
from social.models.notices import Kind, MailChoice, Notice, NoticeDelivery
from social.models.pace import ChannelPace, Holiday, QuietTime, Weekday, WeeklySlot
from social.models.posts import STEPS, Post, PostStep, State
from social.models.rests import ChannelRest
from social.models.stops import Overdue, SendingStop
from social.models.videos import Video, VideoPart
from social.models.withdrawals import Withdrawal

__all__ = [
    "Absence",
    "Approval",
    "Attempt",
    "BarredPicture",
    "Channel",
    "ChannelHealth",
    "ChannelPace",
    "ChannelRest",
    "HashtagGroup",
    "Holiday",
    "Kind",
    "MailChoice",
    "Message",
    "MessageContributor",
    "Notice",
    "NoticeDelivery",
    "Overdue",
    "Post",
    "PostDraftMedia",
    "PostFigures",
    "PostMedia",
    "PostStep",
    "PostWording",
    "QuietTime",
    "STEPS",
    "SendingStop",
    "State",
    "Video",
    "VideoPart",
    "Weekday",
    "WeeklySlot",
    "Withdrawal",
]
