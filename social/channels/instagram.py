"""Instagram: containers that fetch their pictures, then one request that publishes the last one.

The containers are kept as they come. One that says PUBLISHED proves that the post is out, though
not under which number; so it is asked for before each sending, and for each unclear post.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import regex
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.outbound import AddressRefused, CallFailed
from social.channels import graph, http, meta_sign_in
from social.channels.checks import usual_problems
from social.channels.graph import Graph
from social.channels.health import Gauge, Health
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    Figures,
    Format,
    Gone,
    Limit,
    NotSent,
    Outcome,
    Problem,
    Published,
    Refused,
    Told,
    Unknown,
)
from social.channels.sign_in import Account, Begun
from social.channels.steps import Stopped, is_of_another, said_no, stop_channel, window_of_sending
from social.channels.wording import with_link
from social.credentials import read_credentials
from social.lending import PREPARING, address_of
from social.models import Channel, Post, PostDraftMedia, PostMedia

INSTAGRAM = "instagram"
STORY = "story"
LEAST_WIDTH = 320
MOST_HASHTAGS = 30
USEFUL_HASHTAGS = 5
MOST_MENTIONS = 20
POLL = timedelta(seconds=20)
LISTED = "50"
RIGHTS = ("instagram_basic", "instagram_content_publish")
INSIGHTS = "reach,saved,shares,views"
STORY_SHOWN = timedelta(hours=23)  # a little less than its day
HASHTAG = regex.compile(r"(?<![\w&])[#＃]\w*[^\W\d_]\w*")
MENTION = regex.compile(r"(?<![\w])@[A-Za-z0-9_.]+")


class Instagram:
    """One professional account. Its credentials: `ig_id`, `access_token`, perhaps `app_secret`.

    A channel whose format is `story` publishes stories, one picture each, without words.
    """

    needs = (
        Credential(name="ig_id", label=_("Number of the Instagram account"), pattern=r"\d+"),
        Credential(name="access_token", label=_("Access token of the page"), secret=True),
        graph.APP_SECRET,
    )
    capabilities = Capabilities(
        label="Instagram",
        source="instagram-platform/content-publishing, reference/ig-container, v26.0",
        longest_caption=2_200,
        most_pictures=10,
        longest_edge=1_800,
        narrowest=Fraction(4, 5),
        widest=Fraction(191, 100),
        limits=(Limit(most=100, within=timedelta(hours=24)),),
        formats=(
            Format(name="feed", label=_("Posts"), help=_("One picture or several, with words.")),
            Format(
                name=STORY,
                label=_("Stories"),
                help=_("One upright picture without words, for 24 hours."),
                has_words=False,
            ),
        ),
        how_to=(
            _("The account must be a professional one, linked with the city's Facebook page."),
            _(
                "Take the page's token from a long-lived user token with instagram_basic and "
                "instagram_content_publish."
            ),
            _("Ask the page for instagram_business_account: that is the account's number."),
        ),
    )

    def limits(self, post: Post) -> Capabilities:
        """A story takes any shape."""
        if not _is_story(post.channel):
            return self.capabilities
        return replace(self.capabilities, narrowest=None, widest=None)

    def check(self, post: Post) -> list[Problem]:
        """Pictures there must be, of its ratios; not too many hashtags and names."""
        pictures = list(post.draft_media.all())
        if _is_story(post.channel):
            return usual_problems(post, self.capabilities, length=0) + _about_story(post, pictures)
        length = self.count(post.caption, post.link)
        problems = usual_problems(post, self.capabilities, length=length)
        return problems + _about_pictures(pictures, self.limits(post)) + _about_words(post.caption)

    def count(self, caption: str, link: str) -> int:
        """Characters, with the link below."""
        return len(with_link(caption, link))

    def publish(self, post: Post, call: Call) -> Outcome:
        """Make the containers, wait until they are finished, then publish the last one."""
        account = _of(post.channel)
        if account is None:
            return Refused(reason="not-connected")
        try:
            state = _prepared(account, post, call)
            if state != "PUBLISHED":
                _check_quota(account)
        except Stopped as stopped:
            return _known(stopped.outcome, post, call)
        call.leave()
        if state == "PUBLISHED":  # by an attempt before this one
            return _listed(account, post) or Published()
        path = f"{account.account}/media_publish"
        return _posted(account, account.post(path, creation_id=call.kept["container"]), post, call)

    def find(self, post: Post) -> Published | None:
        """Its container tells; then which of the account's posts it is, by words and time."""
        account = _of(post.channel)
        if account is None:
            return None
        container = post.remote_ids.get("container", "")
        try:
            is_out = bool(container) and _state(account, container) == "PUBLISHED"
        except Stopped:
            is_out = False
        return _listed(account, post) or (Published() if is_out else None)

    def health(self, channel: Channel) -> Health:
        """The account's name, its token, and how much it has posted today."""
        account = _of(channel)
        if account is None:
            return Health(problem="not-connected")
        found = graph.health_of(account, shown="username", needed=RIGHTS)
        if not found.account:
            return found
        return replace(found, account=f"@{found.account}", gauges=_quota(account) + found.gauges)

    def figures(self, post: Post) -> Told:
        """Likes and comments; what else there is, where the token has the right to insights.

        A story that is over is not gone: nobody has deleted it.
        """
        account = _of(post.channel)
        if account is None:
            return Refused(reason="not-connected")
        if _is_story(post.channel) and _is_over(post):
            return Refused(reason="story-over")
        number = post.remote_ids.get("id") or _number_of(account, post)
        if not number:
            return Refused(reason="id-unknown")
        reply = account.get(number, fields="permalink,like_count,comments_count")
        if not reply.ok:
            if graph.does_not_see(reply):
                return Gone() if _reads_media(account) else Refused(reason="not-allowed")
            return said_no(graph.refusal(reply))
        said = reply.json()
        counted = http.counts(said, likes="like_count", replies="comments_count")
        return Figures(
            numbers={**counted, **_insights(account, number)},
            permalink=http.link(said.get("permalink")),
            remote_ids={"id": number},
        )

    asks_server = False

    def can_sign_in(self) -> bool:
        """With the city's own app."""
        return graph.is_app_known()

    def begin_sign_in(self, *, server: str, callback: str, state: str) -> Begun:
        rights = (*RIGHTS, "pages_show_list", "pages_read_engagement")
        return meta_sign_in.begin(callback=callback, state=state, rights=rights)

    def finish_sign_in(self, *, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
        found = meta_sign_in.pages(code=code, callback=callback)
        return [one for one in map(meta_sign_in.instagram_account, found) if one is not None]

    def renew(self, channel: Channel) -> None:
        """Exchange a token that ends for one of about 60 days."""
        meta_sign_in.renew(channel)


def _of(channel: Channel) -> Graph | None:
    return Graph.of(read_credentials(channel), named="ig_id")


def _about_pictures(pictures: list[PostDraftMedia], limits: Capabilities) -> list[Problem]:
    if not pictures:
        return [Problem("media", _("Instagram takes no words without a picture."))]
    problems = []
    if any(one.width < LEAST_WIDTH for one in pictures):
        problems.append(Problem("media", _("Pictures for Instagram are at least 320 pixels wide.")))
    if any(not limits.takes_shape(one.width, one.height) for one in pictures):
        crop = _("Crop the picture: Instagram takes from 4:5 (upright) to 1.91:1 (wide), no other.")
        problems.append(Problem("media", crop))
    return problems


def _about_words(caption: str) -> list[Problem]:
    problems = []
    for pattern, most, words in (
        (HASHTAG, MOST_HASHTAGS, _("Instagram takes at most 30 hashtags; five are enough.")),
        (MENTION, MOST_MENTIONS, _("Instagram takes at most 20 names of accounts.")),
    ):
        if len(pattern.findall(caption)) > most:
            problems.append(Problem("caption", words))
    if USEFUL_HASHTAGS < len(HASHTAG.findall(caption)) <= MOST_HASHTAGS:
        few = _("Instagram shows a post with more than five hashtags to fewer people.")
        problems.append(Problem("caption", few, blocks=False))
    return problems


def _about_story(post: Post, pictures: list[PostDraftMedia]) -> list[Problem]:
    if len(pictures) != 1:
        return [Problem("media", _("A story is one picture."))]
    problems = []
    if pictures[0].width >= pictures[0].height:
        upright = _("A story is upright (9:16): this picture will stand between two bars.")
        problems.append(Problem("media", upright, blocks=False))
    if post.caption.strip() or post.link:
        unseen = _("A story shows its picture only: the words and the link are not seen there.")
        problems.append(Problem("caption", unseen, blocks=False))
    return problems


def _is_story(channel: Channel) -> bool:
    return channel.format == STORY


# --- Containers ----------------------------------------------------------------------------------


def _prepared(account: Graph, post: Post, call: Call) -> str:
    """FINISHED or PUBLISHED: what may be done with the container. Raises `Stopped`."""
    if not call.kept.get("container"):
        call.keep(container=_made(account, post, call))
    return _awaited(account, call, "container")


def _made(account: Graph, post: Post, call: Call) -> str:
    """The container that is to be published. Raises `Stopped`."""
    words = with_link(post.caption, post.link)
    pictures = post.pictures
    if _is_story(post.channel):
        return _container(account, media_type="STORIES", image_url=address_of(pictures[0]))
    if len(pictures) == 1:
        return _container(account, caption=words, **_shown(pictures[0]))
    names = [f"child_{one.position}" for one in pictures]
    for name, one in zip(names, pictures, strict=True):
        if not call.kept.get(name):
            call.keep(**{name: _container(account, is_carousel_item="true", **_shown(one))})
    for name in names:
        _awaited(account, call, name)
    children = ",".join(call.kept[name] for name in names)
    return _container(account, media_type="CAROUSEL", children=children, caption=words)


def _shown(picture: PostMedia) -> dict[str, str]:
    return {"image_url": address_of(picture), "alt_text": picture.alt}


def _container(account: Graph, **form: str) -> str:
    return account.step(f"{account.account}/media", **form).text("id")


def _awaited(account: Graph, call: Call, name: str) -> str:
    """What a kept container says once it is done. One that came to nothing is let go."""
    state = _state(account, call.kept[name])
    if state in ("FINISHED", "PUBLISHED"):
        return state
    if state in ("ERROR", "EXPIRED"):
        call.keep(**{name: ""})
        raise Stopped(NotSent(reason="container-gone"))
    raise Stopped(NotSent(reason=PREPARING, retry_after=POLL))


def _state(account: Graph, container: str) -> str:
    """The container's word for it; empty where it says none, as it does at times.

    A state of ERROR whose subcode says that it will always be so raises `Stopped`.
    """
    reply = account.get(container, fields="status_code,status")
    if not reply.ok:
        return ""
    said = reply.json()
    state = str(said.get("status_code") or "")
    status = str(said.get("status") or "")
    if state == "ERROR" or (not state and status.startswith("Error")):
        outcome = graph.SUBCODES.get(_subcode(status))
        if isinstance(outcome, Refused):
            raise Stopped(outcome)
        return "ERROR"
    return state


def _subcode(status: str) -> int:
    found = regex.search(r"\b(22\d{5})\b", status)
    return int(found[1]) if found else 0


def _check_quota(account: Graph) -> None:
    """Raise `Stopped` where the account says that it may post nothing more today."""
    for gauge in _quota(account):
        if gauge.used >= gauge.total:
            raise Stopped(NotSent(reason="quota", retry_after=timedelta(hours=1)))


def _quota(account: Graph) -> tuple[Gauge, ...]:
    """How much it has posted of what it may in 24 hours, where it says so."""
    path = f"{account.account}/content_publishing_limit"
    reply = account.get(path, fields="quota_usage,config{quota_total,quota_duration}")
    if not reply.ok:
        return ()
    said = (reply.json().get("data") or [{}])[0]
    total, used = (said.get("config") or {}).get("quota_total"), said.get("quota_usage") or 0
    return (Gauge(name="posts-day", used=int(used), total=total),) if type(total) is int else ()


# --- Answers -------------------------------------------------------------------------------------


def _posted(account: Graph, reply: http.Reply, post: Post, call: Call) -> Outcome:
    if not reply.ok:
        return _known(graph.refusal(reply), post, call)
    try:
        number = reply.text("id")
    except http.Malformed:
        return Unknown(reason="malformed")
    return Published(remote_ids={"id": number}, permalink=_permalink(account, number))


def _permalink(account: Graph, number: str) -> str:
    """Read once; that it cannot be read changes nothing."""
    try:
        return http.link(account.get(number, fields="permalink").json().get("permalink"))
    except (CallFailed, AddressRefused, http.Malformed):
        return ""


def _is_over(post: Post) -> bool:
    since = post.published_at
    return since is not None and timezone.now() - since > STORY_SHOWN


def _number_of(account: Graph, post: Post) -> str:
    """Under which number it came out, where publishing did not tell; empty if that stays so."""
    found = _listed(account, post)
    return found.remote_ids["id"] if found else ""


def _reads_media(account: Graph) -> bool:
    """Whether this token sees posts at all: to one that does not, each looks as if it were gone."""
    return account.get(f"{account.account}/media", fields="id", limit="1").ok


def _insights(account: Graph, number: str) -> dict[str, int]:
    """Nothing where the token may not read them: they need a further right."""
    reply = account.get(f"{number}/insights", metric=INSIGHTS)
    if not reply.ok:
        return {}
    rows = reply.json().get("data") or []
    said = {one["name"]: (one.get("values") or [{}])[0].get("value") for one in rows}
    return http.counts(said, reach="reach", saves="saved", shares="shares", views="views")


def _known(outcome: Outcome, post: Post, call: Call) -> Outcome:
    """A block stops the channel; containers that are gone are made anew."""
    if outcome == Refused(reason="account-blocked"):
        stop_channel(post, reason="account-blocked")
    if outcome == NotSent(reason="container-gone"):
        call.keep(**{name: "" for name in call.kept if name == "container" or "child_" in name})
    return outcome


def _listed(account: Graph, post: Post) -> Published | None:
    """Among the account's latest: these words, in the time of its attempts, nobody else's."""
    times = window_of_sending(post)
    words = with_link(post.caption, post.link)
    if times is None or not words or _is_story(post.channel):
        return None
    fields = "id,caption,timestamp,permalink"
    reply = account.get(f"{account.account}/media", fields=fields, limit=LISTED)
    for one in (reply.json().get("data") or []) if reply.ok else []:
        if _is_it(one, words, times) and not is_of_another(post, one["id"]):
            return Published(
                remote_ids={"id": one["id"]}, permalink=http.link(one.get("permalink"))
            )
    return None


def _is_it(one: Mapping[str, Any], words: str, times: tuple[datetime, datetime]) -> bool:
    since, until = times
    made = datetime.fromisoformat(one["timestamp"])
    return since <= made <= until and one.get("caption", "") == words
