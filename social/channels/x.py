"""X, by its API v2: pictures uploaded and described one by one, then one request that posts.

There is no key that makes a repeat harmless, and a list of recent posts proves only what is in
it. A refusal as a duplicate after an attempt that was lost says that the first came out, but not
under which id: it stays unclear until it is found.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.channels import x_length, x_sign_in
from social.channels.checks import usual_problems
from social.channels.health import Gauge, Health, gauge_of, problem_of
from social.channels.http import SECONDS, Malformed, Reply, ask, counts
from social.channels.oauth1 import authorization
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
from social.channels.sign_in import Account, Begun
from social.channels.steps import (
    Keys,
    Stopped,
    before_leaving,
    doubted,
    is_of_another,
    is_over,
    pictures_of,
    said_no,
    window_of_sending,
)
from social.channels.wording import with_link
from social.models import Channel, Post, PostMedia

PLATFORM = "x"
DUPLICATE = "duplicate content"
NOT_FOUND = "problems/resource-not-found"
NO_CREDIT = ("usage-capped", "credits")
PAUSE_WITHOUT_CREDIT = timedelta(hours=1)
KEPT_LESS = timedelta(minutes=10)  # an upload that ends within this is made again
RECENT = "100"
LIMITS = {
    "requests": "x-rate-limit",
    "posts-day": "x-user-limit-24hour",
    "app-day": "x-app-limit-24hour",
}
"""Our names for the limits of which X's headers speak."""


class X:
    """One account. Its credentials: `access_token` and, for OAuth 1.0a whose tokens do not
    expire, `access_secret`, `api_key`, `api_secret`; `user_id` of the account, to look for posts.
    """

    needs = (
        Credential(name="api_key", label=_("API key"), secret=True),
        Credential(name="api_secret", label=_("API key secret"), secret=True),
        Credential(name="access_token", label=_("Access token"), secret=True),
        Credential(name="access_secret", label=_("Access token secret"), secret=True),
        Credential(
            name="user_id",
            label=_("Number of the account"),
            help=_("Only with it, posts whose answer was lost can be looked for."),
            required=False,
            pattern=r"\d+",
        ),
    )
    capabilities = Capabilities(
        label="X",
        source="xdevplatform/docs of 22 August 2026, OpenAPI 2.167; getting-started/pricing.mdx",
        longest_caption=x_length.LONGEST,
        most_pictures=4,
        longest_edge=2_048,
        limits=(
            Limit(most=100, within=timedelta(minutes=15)),
            Limit(most=10_000, within=timedelta(hours=24)),
        ),
        dollars_each=Decimal("0.015"),
        dollars_with_link=Decimal("0.200"),
        dollars_for_figures=Decimal("0.005"),  # 0.001 where the account owns the app
        how_to=(
            _("developer.x.com → Projects & Apps: the app needs the right Read and write."),
            _("Keys and tokens: make all four anew, and copy them."),
        ),
    )

    def check(self, post: Post) -> list[Problem]:
        """The weighted length, and characters that X does not take."""
        length = self.count(post.caption, post.link)
        problems = usual_problems(post, self.capabilities, length=length)
        if x_length.NEVER_SENT.search(post.caption):
            problems.append(
                Problem("caption", _("The text holds a character that this channel does not take."))
            )
        return problems

    def count(self, caption: str, link: str) -> int:
        """As X counts: a link is 23, an emoji 2."""
        return x_length.weigh(with_link(caption, link))

    def publish(self, post: Post, call: Call) -> Outcome:
        """Upload and describe the pictures, then post."""
        account = x_sign_in.current(post.channel)
        if isinstance(account, NotSent | Refused):
            return account
        if not _is_connected(account):
            return Refused(reason="not-connected")
        try:
            media = [_ready(account, call, keys, one) for keys, one in pictures_of(post)]
        except Stopped as stopped:
            return stopped.outcome
        document: dict[str, Any] = {"text": with_link(post.caption, post.link)}
        if media:
            document["media"] = {"media_ids": media}
        call.leave()
        return _posted(_ask(account, "POST", "/2/tweets", document=document), post)

    def find(self, post: Post) -> Published | None:
        """Among the account's latest posts: the same words, in the time of its attempts."""
        account = x_sign_in.current(post.channel)
        if isinstance(account, NotSent | Refused):
            return None
        user, times = account.get("user_id", ""), window_of_sending(post)
        if times is None or not user.isdigit() or not _is_connected(account):
            return None
        query = {"max_results": RECENT, "tweet.fields": "created_at,entities,note_tweet"}
        reply = _ask(account, "GET", f"/2/users/{user}/tweets", query=query)
        if not reply.ok:
            return None
        for one in reply.json().get("data") or []:
            if _is_it(one, post, times) and not is_of_another(post, one["id"]):
                return _at(one["id"])
        return None

    def health(self, channel: Channel) -> Health:
        """Whose token it is, and the limits that X tells with its answer."""
        account = x_sign_in.current(channel)
        if isinstance(account, NotSent | Refused):
            return Health(problem=problem_of(account))
        if not _is_connected(account):
            return Health(problem="not-connected")
        reply = _ask(account, "GET", "/2/users/me")
        gauges = _gauges(reply)
        if not reply.ok:
            return Health(problem=problem_of(_refusal(reply)), gauges=gauges)
        is_other = account.get("user_id", "") not in ("", reply.text("data", "id"))
        return Health(
            account=f"@{reply.text('data', 'username')}",
            problem="other-account" if is_other else "",
            expires_at=x_sign_in.ends_at(account),
            gauges=gauges,
        )

    def withdraw(self, post: Post) -> TakenBack:
        """Delete the post; one that X does not find is gone."""
        account, tweet = x_sign_in.current(post.channel), post.remote_ids.get("id", "")
        if isinstance(account, NotSent | Refused):
            return account
        if not _is_connected(account) or not tweet.isdigit():
            return Refused(reason="id-unknown" if _is_connected(account) else "not-connected")
        reply = _ask(account, "DELETE", f"/2/tweets/{tweet}")
        if reply.ok and (reply.json().get("data") or {}).get("deleted") is True:
            return Gone()
        return Gone() if _is_not_found(reply) else said_no(_refusal(reply))

    def figures(self, post: Post) -> Told:
        """The public numbers of the post. X charges for each look."""
        account, tweet = x_sign_in.current(post.channel), post.remote_ids.get("id", "")
        if isinstance(account, NotSent | Refused):
            return account
        if not _is_connected(account) or not tweet.isdigit():
            return Refused(reason="id-unknown" if _is_connected(account) else "not-connected")
        query = {"tweet.fields": "public_metrics"}
        reply = _ask(account, "GET", f"/2/tweets/{tweet}", query=query)
        if _is_not_found(reply):
            return Gone()
        if not reply.ok:
            return said_no(_refusal(reply))
        return Figures(
            numbers=counts(
                _data(reply).get("public_metrics") or {},
                views="impression_count",
                likes="like_count",
                shares="retweet_count",
                replies="reply_count",
                quotes="quote_count",
                saves="bookmark_count",
            )
        )

    asks_server = False

    def can_sign_in(self) -> bool:
        """With the city's own app."""
        return bool(settings.X_CLIENT_ID and settings.X_CLIENT_SECRET)

    def begin_sign_in(self, *, server: str, callback: str, state: str) -> Begun:
        return x_sign_in.begin(callback=callback, state=state)

    def finish_sign_in(self, *, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
        return x_sign_in.finish(code=code, callback=callback, kept=kept)


def _gauges(reply: Reply) -> tuple[Gauge, ...]:
    """Each limit of which the headers of an answer speak."""
    found: tuple[Gauge, ...] = ()
    for name, kind in LIMITS.items():
        total, remaining, reset = (
            reply.headers.get(f"{kind}-{it}") for it in ("limit", "remaining", "reset")
        )
        found += gauge_of(name, total=total, remaining=remaining, reset=reset)
    return found


def _is_connected(account: Mapping[str, str]) -> bool:
    signs = ("api_key", "api_secret") if account.get("access_secret") else ()
    return all(account.get(name) for name in ("access_token", *signs))


def _ready(account: Mapping[str, str], call: Call, keys: Keys, picture: PostMedia) -> str:
    """The id of a picture that is uploaded, processed and described. Raises `Stopped`."""
    if keys.upload not in call.kept or is_over(call.kept, keys.until, timezone.now()):
        _upload(account, call, keys, picture)
    if call.kept.get(keys.state) == "processing":
        _wait(account, call, keys)
    if call.kept.get(keys.alt) != call.kept[keys.upload]:
        _describe(account, call, keys, picture)
    return call.kept[keys.upload]


def _upload(account: Mapping[str, str], call: Call, keys: Keys, picture: PostMedia) -> None:
    file = (f"{picture.public_id}.jpg", picture.verified_content(), picture.mime)
    form = {"media_category": "tweet_image", "media_type": picture.mime}
    reply = _step(account, "POST", "/2/media/upload", form=form, files=[("media", file)])
    lasts = timedelta(seconds=int(_data(reply).get("expires_after_secs") or 86_400))
    until = (timezone.now() + max(lasts - KEPT_LESS, lasts / 2)).isoformat()
    state = "processing" if _data(reply).get("processing_info") else "ready"
    kept = {keys.upload: reply.text("data", "id"), keys.until: until, keys.state: state}
    call.keep(**kept)


def _wait(account: Mapping[str, str], call: Call, keys: Keys) -> None:
    query = {"command": "STATUS", "media_id": call.kept[keys.upload]}
    said = _data(_step(account, "GET", "/2/media/upload", query=query))
    processing = said.get("processing_info") or {"state": "succeeded"}
    state = processing.get("state")
    if state == "failed":
        raise Stopped(Refused(reason="content-refused"))
    if state != "succeeded":
        pause = timedelta(seconds=int(processing.get("check_after_secs") or 5))
        raise Stopped(NotSent(reason="processing", retry_after=pause))
    call.keep(**{keys.state: "ready"})


def _describe(account: Mapping[str, str], call: Call, keys: Keys, picture: PostMedia) -> None:
    upload = call.kept[keys.upload]
    alt = {"id": upload, "metadata": {"alt_text": {"text": picture.alt}}}
    _step(account, "POST", "/2/media/metadata", document=alt)
    call.keep(**{keys.alt: upload})


def _step(account: Mapping[str, str], method: str, path: str, **sent: Any) -> Reply:
    reply = _ask(account, method, path, **sent)
    if not reply.ok:
        raise Stopped(before_leaving(_refusal(reply)))
    return reply


def _ask(account: Mapping[str, str], method: str, path: str, **sent: Any) -> Reply:
    url = settings.X_API_URL.rstrip("/") + path
    headers = {"Authorization": authorization(account, method, url, sent.get("query") or {})}
    return ask(method, url, headers=headers, seconds=SECONDS, **sent)


def _posted(reply: Reply, post: Post) -> Outcome:
    if reply.ok:
        try:
            return _at(reply.text("data", "id"))
        except Malformed:
            return Unknown(reason="malformed")
    return doubted(_refusal(reply), post)


def _at(tweet: str) -> Published:
    return Published(remote_ids={"id": tweet}, permalink=f"https://x.com/i/web/status/{tweet}")


def _refusal(reply: Reply) -> Outcome:
    """What an answer outside the 200s means, by X's problem documents."""
    said = _problem(reply)
    if reply.status in (402, 403, 429) and any(word in said for word in NO_CREDIT):
        return NotSent(reason="no-credit", retry_after=PAUSE_WITHOUT_CREDIT)
    if reply.status == 429:
        return NotSent(reason="rate-limited", retry_after=reply.retry_after or _reset(reply))
    if reply.status >= 500 or reply.status < 400:
        return Unknown(reason="server-error" if reply.status >= 500 else "malformed")
    if not said:  # some machine on the way: nothing says that X did not act
        return Unknown(reason="malformed")
    if reply.status == 403 and DUPLICATE in said:
        return Refused(reason="duplicate")
    return Refused(
        reason={401: "token-refused", 403: "not-allowed"}.get(reply.status, "content-refused")
    )


def _problem(reply: Reply) -> str:
    """Type, title and detail in small letters; empty where there is no problem document."""
    try:
        document = reply.json()
    except Malformed:
        return ""
    first = document.get("errors")
    parts = [document, *(first if isinstance(first, list) else [])]
    words = [
        str(part.get(name, ""))
        for part in parts
        if isinstance(part, dict)
        for name in ("type", "title", "detail", "message")
    ]
    return " ".join(words).strip().lower()


def _is_not_found(reply: Reply) -> bool:
    """Whether X itself says that there is no such post: with 404, or among its errors with 200."""
    return (reply.ok or reply.status == 404) and NOT_FOUND in _problem(reply)


def _reset(reply: Reply) -> timedelta | None:
    """Until the limit that is used up begins anew; None where no header tells."""
    for kind in reversed(LIMITS.values()):
        remaining, reset = (reply.headers.get(f"{kind}-{it}", "") for it in ("remaining", "reset"))
        if remaining == "0" and reset.isdigit():
            return timedelta(seconds=max(1.0, int(reset) - time.time()))
    return None


def _data(reply: Reply) -> dict[str, Any]:
    data = reply.json().get("data")
    if not isinstance(data, dict):
        raise Malformed("no data")
    return data


def _is_it(one: dict[str, Any], post: Post, times: tuple[datetime, datetime]) -> bool:
    since, until = times
    made = datetime.fromisoformat(one["created_at"])
    said = _expanded(one).split()
    return since <= made <= until and said == with_link(post.caption, post.link).split()


def _expanded(one: dict[str, Any]) -> str:
    """The words as they were sent: t.co addresses turned back, those of pictures left out."""
    words: str = one["text"]
    for address in (one.get("entities") or {}).get("urls") or []:
        expanded = "" if "media_key" in address else address["expanded_url"]
        words = words.replace(address["url"], expanded)
    for sign, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        words = words.replace(sign, letter)
    return words
