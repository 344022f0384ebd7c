"""What the desk refuses, and why. Shown as RFC 9457; a released `type` never changes."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class SocialError(Refusal):
    """Any refusal of this app."""


class StepRefused(SocialError):
    """The post does not stand where this step begins; somebody else may have moved it."""

    type = "post-step-refused"
    title = _("This post is not in a state that allows this.")
    status = 409


class PostChanged(SocialError):
    """The post is no longer what the person was looking at."""

    type = "post-changed"
    title = _("The post was changed in the meantime. Please look at it again.")
    status = 409


class SecondPersonNeeded(SocialError):
    """The signer contributed to the message. Holds for superusers too."""

    type = "second-person-needed"
    title = _("You contributed to this post, so another person has to look at it.")
    status = 403


class AlreadySigned(SocialError):
    """The second of two signers is somebody else than the first."""

    type = "already-signed"
    title = _("You have signed this post. It needs another person's signature, too.")
    status = 409


class NotASubstitute(SocialError):
    """Who stands in for an approver is another person who may sign."""

    type = "not-a-substitute"
    title = _("Only another person who may approve posts can stand in for you.")
    status = 422


class NotAnApprover(SocialError):
    """The signer has no right to approve posts."""

    type = "not-an-approver"
    title = _("You may not approve posts.")
    status = 403


class NotCovered(SocialError):
    """No certificate covers the post as it stands."""

    type = "approval-missing"
    title = _("No approval covers this post as it stands.")
    status = 409


class PostNotReady(SocialError):
    """What the channel or the desk asks of a post is missing; `fields` says what."""

    type = "post-not-ready"
    title = _("The post is not ready yet.")
    status = 422


class BadWindow(SocialError):
    """Window and time of sending do not fit together."""

    type = "window-refused"
    title = _("The time does not fit the window.")
    status = 422


class OutsideWindow(BadWindow):
    """The time lies outside the window that a second person signs; `detail` says what it needs."""

    type = "outside-window"
    title = _("This time lies outside the window of the post.")
    status = 409


class WindowOver(SocialError):
    """The approved window has passed."""

    type = "window-over"
    title = _("The window of this post is over.")
    status = 409


class BadPicture(SocialError):
    """The picture cannot be read, or is none we take."""

    type = "picture-refused"
    title = _("This picture cannot be used.")
    status = 422


class PictureAltered(SocialError):
    """Stored bytes no longer have the hash that was signed."""

    type = "picture-altered"
    title = _("The picture is no longer the one that was approved.")
    status = 409


class BadVideo(SocialError):
    """The video cannot be read, or is none we take."""

    type = "video-refused"
    title = _("This video cannot be used.")
    status = 422


class VideoAltered(SocialError):
    """Stored bytes no longer have the hash that was signed."""

    type = "video-altered"
    title = _("The video is no longer the one that was approved.")
    status = 409


class VideoForgotten(SocialError):
    """Its bytes were let go of, long after the last post that showed it."""

    type = "video-forgotten"
    title = _("The video is not kept any more: hand it in again.")
    status = 410


class PictureBarred(SocialError):
    """Whoever may allow the picture did not, or took it back; `detail` says so."""

    type = "picture-barred"
    title = _("A picture of this post may not be posted.")
    status = 409


class ProofMissing(SocialError):
    """A post made by hand is handed in with a link to it."""

    type = "proof-missing"
    title = _("Hand in the link to the post.")
    status = 422


class NotByHand(SocialError):
    """Only posts of the by-hand channel are handed in."""

    type = "not-by-hand"
    title = _("This channel is sent by the system.")
    status = 409


class CannotWithdraw(SocialError):
    """The platform offers no way to take a published post back."""

    type = "withdraw-not-possible"
    title = _("A published post on this channel cannot be withdrawn from here.")
    status = 409


class CredentialsRefused(SocialError):
    """What was brought to connect a channel is incomplete or does not fit; `fields` says what."""

    type = "credentials-refused"
    title = _("The channel cannot be connected like this.")
    status = 422


class AlreadyStopped(SocialError):
    """Somebody stopped all sending a moment ago."""

    type = "sending-stopped"
    title = _("All sending is stopped already.")
    status = 409


class NotStopped(SocialError):
    """There is no stop to end; somebody may have ended it a moment ago."""

    type = "sending-not-stopped"
    title = _("Sending is not stopped.")
    status = 409


class ChannelRetired(SocialError):
    """The city gave the account up: nothing is sent on it any more."""

    type = "channel-retired"
    title = _("This channel is no longer used.")
    status = 409


class ChannelBusy(SocialError):
    """A post of the channel is on its way, unclear or being taken back: it is settled first."""

    type = "channel-busy"
    title = _("Something on this channel is not settled yet. Settle it first.")
    status = 409


class SignInRefused(SocialError):
    """A sign-in at a platform came to nothing, or its answer is not the one that we wait for."""

    type = "sign-in-refused"
    title = _("Signing in at the platform came to nothing. Please begin anew.")
    status = 400


class OtherAccount(SocialError):
    """A channel that is there would speak for another account: its approvals were not meant so."""

    type = "other-account"
    title = _("This is another account than before. Connect it as a new channel.")
    status = 409
