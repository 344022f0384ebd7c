"""Bluesky: an account of the city on a server of the AT Protocol (a PDS).

The record and its key are chosen and kept before anything leaves. To put this record at this key,
where nothing else may stand, is the same call however often it is made.
"""

import json
import time
from collections.abc import Sequence
from datetime import timedelta
from secrets import randbelow
from typing import Any

import regex
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.channels import http
from social.channels.bluesky_session import Session, answered, forget_access, sign_in
from social.channels.checks import usual_problems
from social.channels.health import Health, gauge_of, problem_of
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    Figures,
    Gone,
    Limit,
    NotSent,
    Outcome,
    Problem,
    Published,
    Refused,
    TakenBack,
    Told,
    Unknown,
)
from social.channels.wording import LANGUAGE, URL, with_link
from social.messages import as_read
from social.models import Attempt, Channel, Post, PostDraftMedia, PostMedia
from social.pictures import fit_picture

BLUESKY = "bluesky"

COLLECTION = "app.bsky.feed.post"
LONGEST_TEXT = 300  # graphemes
MOST_TEXT_BYTES = 3_000
MOST_BLOB_BYTES = 2_000_000
LONGEST_TAG = 64
NO_APPVIEW = (404, 501)
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"

TAG = regex.compile(r"(?<!\S)#([\p{L}\p{M}\p{N}_]*[\p{L}_][\p{L}\p{M}\p{N}_]*)")


class Bluesky:
    """Text and up to four pictures, each with its alt text; links and hashtags as facets."""

    needs = (
        Credential(
            name="handle",
            label=_("Handle"),
            help=_("Without @, such as city.bsky.social"),
            pattern=r"[A-Za-z0-9.-]+\.[A-Za-z]+",
        ),
        Credential(
            name="password",
            label=_("App password"),
            help=_("Four times four characters; never the password of the account."),
            secret=True,
            pattern=r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}",
        ),
        Credential(
            name="address",
            label=_("Address of the server"),
            help=_("Only for an account on a server (PDS) of its own."),
            required=False,
            pattern=r"https://[^\s/?#@]+/?",
            names_server=True,
        ),
    )
    capabilities = Capabilities(
        label="Bluesky",
        source="bluesky-social/atproto lexicons, PDS 0.5.35, November 2026",
        longest_caption=LONGEST_TEXT,
        most_pictures=4,
        longest_edge=2_000,
        limits=(
            Limit(most=1_666, within=timedelta(hours=1)),  # 5,000 points, of which a post takes 3
            Limit(most=11_666, within=timedelta(hours=24)),
        ),
        repeat_within=timedelta(days=3_650),  # for good: the engine ends with the post's window
        how_to=(
            _("Sign in as the city's account."),
            _("Settings → Privacy and security → App passwords → Add."),
        ),
    )

    def count(self, caption: str, link: str) -> int:
        """Graphemes, as a person counts; links are not shortened."""
        return len(regex.findall(r"\X", with_link(caption, link)))

    def check(self, post: Post) -> list[Problem]:
        """Also the bytes: of the text (few signs may be many) and of each picture."""
        length = self.count(post.caption, post.link)
        problems = usual_problems(post, self.capabilities, length=length)
        size = len(with_link(post.caption, post.link).encode())
        if length <= LONGEST_TEXT and size > MOST_TEXT_BYTES:
            problems.append(
                Problem("caption", _("The text needs too much room: use fewer emoji or accents."))
            )
        if any(self._is_too_large(one) for one in post.draft_media.defer(None)):
            problems.append(Problem("media", _("A picture is too large: make it smaller.")))
        return problems

    def publish(self, post: Post, call: Call) -> Outcome:
        """Upload, keep the record and its key, then put it there."""
        session = sign_in(post.channel)
        if not isinstance(session, Session):
            return session
        stopped = _bring_pictures(session, post, call)
        if stopped is not None:
            return stopped
        if "record" not in call.kept or not _may_stand(post):
            _choose(session, post, call)
        call.leave()
        reply = session.call(
            "com.atproto.repo.putRecord",
            document={
                "repo": call.kept["did"],
                "collection": COLLECTION,
                "rkey": call.kept["rkey"],
                "record": json.loads(call.kept["record"]),
                "swapRecord": None,
            },
        )
        outcome = _outcome(reply, post)
        if isinstance(outcome, NotSent):
            _prepare_again(outcome, post, call)
        return outcome

    def find(self, post: Post) -> Published | None:
        """The record at the chosen key, if it is the one that was kept."""
        session = sign_in(post.channel)
        if "record" not in post.remote_ids or not isinstance(session, Session):
            return None
        reply = session.call("com.atproto.repo.getRecord", query=_place(post))
        if not reply.ok or reply.json().get("value") != json.loads(post.remote_ids["record"]):
            return None
        return _published(reply, post)

    def health(self, channel: Channel) -> Health:
        """Whose session it is, whether the account is active, and what is left of its requests."""
        session = sign_in(channel)
        if not isinstance(session, Session):
            return Health(problem=problem_of(session))
        reply = session.call("com.atproto.server.getSession", query={})
        gauges = gauge_of(
            "requests",
            total=reply.headers.get("ratelimit-limit"),
            remaining=reply.headers.get("ratelimit-remaining"),
            reset=reply.headers.get("ratelimit-reset"),
        )
        if not reply.ok:
            return Health(problem=problem_of(_refusal(reply)), gauges=gauges)
        is_active = reply.json().get("active") is not False
        problem = "" if is_active else "account-blocked"
        return Health(account=f"@{reply.text('handle')}", problem=problem, gauges=gauges)

    def withdraw(self, post: Post) -> TakenBack:
        """Delete the record; the server says yes to one that is gone, too."""
        session = sign_in(post.channel)
        if not isinstance(session, Session):
            return session
        if "rkey" not in post.remote_ids:
            return Refused(reason="id-unknown")
        reply = session.call("com.atproto.repo.deleteRecord", document=_place(post))
        if reply.ok:
            return Gone()
        outcome = _refusal(reply)
        if outcome == NotSent(reason="session-over"):
            forget_access(post.channel)
        return outcome

    def figures(self, post: Post) -> Told:
        """Its server says whether the record stands; numbers come from the network's AppView.

        A server asks the AppView for us; one that knows none tells no numbers.
        """
        session = sign_in(post.channel)
        if not isinstance(session, Session):
            return session
        if "rkey" not in post.remote_ids:
            return Refused(reason="id-unknown")
        record = session.call("com.atproto.repo.getRecord", query=_place(post))
        if not record.ok:
            return Gone() if _names_error(record, "RecordNotFound") else _refusal(record)
        views = session.call("app.bsky.feed.getPosts", query={"uris": record.text("uri")})
        if views.status in NO_APPVIEW:
            return Figures()
        if not views.ok:
            return _refusal(views)
        shown = views.json().get("posts") or [{}]
        return Figures(
            numbers=http.counts(
                shown[0],
                likes="likeCount",
                shares="repostCount",
                replies="replyCount",
                quotes="quoteCount",
            )
        )

    def _is_too_large(self, draft: PostDraftMedia) -> bool:
        if len(draft.content) <= MOST_BLOB_BYTES:
            return False
        final = fit_picture(as_read(draft), longest_edge=self.capabilities.longest_edge)
        return len(final.content) > MOST_BLOB_BYTES


# --- Before it leaves ----------------------------------------------------------------------------


def _bring_pictures(session: Session, post: Post, call: Call) -> NotSent | Refused | None:
    """Upload what is not there yet; None when a record may show all of it."""
    for picture in post.pictures:
        if call.kept.get(_blob(picture)):
            continue
        reply = session.call(
            "com.atproto.repo.uploadBlob", content=picture.verified_content(), mime=picture.mime
        )
        if not reply.ok:
            return _not_brought(_refusal(reply), post, call)
        blob = reply.json().get("blob")
        if not isinstance(blob, dict) or "ref" not in blob:
            raise http.Malformed("no blob")
        call.keep(**{_blob(picture): json.dumps(blob)})
    return None


def _not_brought(outcome: NotSent | Refused | Unknown, post: Post, call: Call) -> NotSent | Refused:
    """Before the record itself left, anything that is not a refusal may be tried again."""
    if isinstance(outcome, Unknown):
        return NotSent(reason="server-error")
    if isinstance(outcome, NotSent):
        _prepare_again(outcome, post, call)
    return outcome


def _blob(picture: PostMedia) -> str:
    return f"blob{picture.position}"


def _may_stand(post: Post) -> bool:
    """Whether an earlier call may have put the record there: then it must stay the same."""
    return post.attempt_log.exclude(outcome=Attempt.Outcome.NOT_SENT).exists()


def _choose(session: Session, post: Post, call: Call) -> None:
    """Keep what will be put, and where."""
    blobs = [json.loads(call.kept[_blob(one)]) for one in post.pictures]
    call.keep(
        did=session.did,
        rkey=call.kept.get("rkey") or _new_key(),
        record=json.dumps(_record(post, blobs), ensure_ascii=False),
    )


def _new_key() -> str:
    """A TID: microseconds since 1970 and ten random bits, in 13 signs that sort as time does."""
    number = time.time_ns() // 1_000 << 10 | randbelow(1 << 10)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def _record(post: Post, blobs: Sequence[Any]) -> dict[str, Any]:
    text = with_link(post.caption, post.link)
    record: dict[str, Any] = {
        "$type": COLLECTION,
        "text": text,
        "langs": [LANGUAGE],
        "createdAt": timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if facets := facets_of(text):
        record["facets"] = facets
    if blobs:
        images = [
            {
                "alt": picture.alt,
                "image": blob,
                "aspectRatio": {"width": picture.width, "height": picture.height},
            }
            for picture, blob in zip(post.pictures, blobs, strict=True)
        ]
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    return record


def facets_of(text: str) -> list[dict[str, Any]]:
    """Where links and hashtags stand, counted in bytes of UTF-8."""
    found = [
        (link, {"$type": "app.bsky.richtext.facet#link", "uri": link[0]})
        for link in URL.finditer(text)
    ]
    found += [
        (tag, {"$type": "app.bsky.richtext.facet#tag", "tag": tag[1]})
        for tag in TAG.finditer(text)
        if len(tag[1]) <= LONGEST_TAG
    ]
    return [
        {
            "index": {
                "byteStart": len(text[: match.start()].encode()),
                "byteEnd": len(text[: match.end()].encode()),
            },
            "features": [feature],
        }
        for match, feature in sorted(found, key=lambda each: each[0].start())
    ]


# --- Answers -------------------------------------------------------------------------------------


def _place(post: Post) -> dict[str, str]:
    kept = post.remote_ids
    return {"repo": kept["did"], "collection": COLLECTION, "rkey": kept["rkey"]}


def _outcome(reply: http.Reply, post: Post) -> Outcome:
    if not reply.ok:
        return _refusal(reply)
    try:
        return _published(reply, post)
    except http.Malformed:
        return Unknown(reason="malformed")


def _published(reply: http.Reply, post: Post) -> Published:
    did, rkey = post.remote_ids["did"], post.remote_ids["rkey"]
    return Published(
        remote_ids={"uri": reply.text("uri"), "cid": reply.text("cid")},
        permalink=f"https://bsky.app/profile/{did}/post/{rkey}",
    )


def _refusal(reply: http.Reply) -> NotSent | Refused | Unknown:
    """What the server means, by the name of its error where it says one."""
    common = answered(reply)
    if common is not None:
        return common
    match reply.json().get("error"):
        case "ExpiredToken" | "InvalidToken":
            return NotSent(reason="session-over")
        case "BlobNotFound":
            return NotSent(reason="picture-gone")
        case "InvalidSwap":  # something else stands at our key
            return Unknown(reason="key-taken")
        case _:
            return Refused(reason="content-refused")


def _names_error(reply: http.Reply, name: str) -> bool:
    try:
        return reply.text("error") == name
    except http.Malformed:
        return False


def _prepare_again(outcome: NotSent, post: Post, call: Call) -> None:
    """Drop what the server no longer knows; the same picture has the same name when it is new."""
    if outcome.reason == "picture-gone":
        call.keep(**{_blob(one): "" for one in post.pictures})
    elif outcome.reason == "session-over":
        forget_access(post.channel)
