"""A Facebook page: pictures uploaded unpublished, then one request that posts them.

Nothing makes a repeat harmless. What is found among the page's posts by its words and its time is
there; what is not found may be there all the same. A refusal as a duplicate is a hint, no proof.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.channels import graph, http, meta_sign_in
from social.channels.checks import usual_problems
from social.channels.graph import Graph
from social.channels.health import Health
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    Figures,
    Gone,
    Limit,
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
    doubted,
    is_of_another,
    is_over,
    pictures_of,
    said_no,
    stop_channel,
    window_of_sending,
)
from social.channels.wording import with_link
from social.credentials import read_credentials
from social.models import Channel, Post, PostMedia

FACEBOOK = "facebook"
UPLOAD_LASTS = timedelta(hours=20)
LISTED = "100"
RIGHTS = ("pages_manage_posts", "pages_read_engagement")
FIGURES = (
    "permalink_url,shares,"
    "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
)

CAPABILITIES = Capabilities(
    label="Facebook",
    source="pages-api/posts, reference/photo, v26.0 of 29 July 2026",
    longest_caption=63_206,
    most_pictures=10,
    longest_edge=2_048,
    how_to=(
        _("Take a long-lived user token with pages_manage_posts and pages_read_engagement."),
        _("Ask /me/accounts with it: the page's number and its own token stand there."),
    ),
)


class Facebook:
    """One page. Its credentials: `page_id`, `access_token` of the page, perhaps `app_secret`."""

    needs = (
        Credential(name="page_id", label=_("Number of the page"), pattern=r"\d+"),
        Credential(name="access_token", label=_("Access token of the page"), secret=True),
        graph.APP_SECRET,
    )

    @property
    def capabilities(self) -> Capabilities:
        """As documented; how often a page posts is printed nowhere, so the operator's own limit."""
        most = settings.FACEBOOK_POSTS_PER_DAY
        limits = (Limit(most=most, within=timedelta(days=1)),) if most > 0 else ()
        return replace(CAPABILITIES, limits=limits)

    def check(self, post: Post) -> list[Problem]:
        """Length and number of pictures."""
        length = self.count(post.caption, post.link)
        return usual_problems(post, self.capabilities, length=length)

    def count(self, caption: str, link: str) -> int:
        """Characters, with the link that stands below pictures."""
        return len(with_link(caption, link))

    def publish(self, post: Post, call: Call) -> Outcome:
        """Upload the pictures, then post."""
        page = Graph.of(read_credentials(post.channel), named="page_id")
        if page is None:
            return Refused(reason="not-connected")
        try:
            photos = [_uploaded(page, call, keys, one) for keys, one in pictures_of(post)]
        except Stopped as stopped:
            return _known(stopped.outcome, post)
        call.leave()
        return _posted(page.post(f"{page.account}/feed", **_form(post, photos)), post)

    def find(self, post: Post) -> Published | None:
        """Among what the page lists: exactly these words, in the time of its attempts."""
        page = Graph.of(read_credentials(post.channel), named="page_id")
        times = window_of_sending(post)
        if page is None or times is None:
            return None
        fields = "id,message,created_time,permalink_url"
        reply = page.get(f"{page.account}/published_posts", fields=fields, limit=LISTED)
        if not reply.ok:
            return None
        for one in reply.json().get("data") or []:
            if _is_it(one, post, times) and not is_of_another(post, one["id"]):
                return _at(one["id"], http.link(one.get("permalink_url")))
        return None

    def health(self, channel: Channel) -> Health:
        """The page's name, its token and its use."""
        page = Graph.of(read_credentials(channel), named="page_id")
        if page is None:
            return Health(problem="not-connected")
        return graph.health_of(page, shown="name", needed=RIGHTS)

    def withdraw(self, post: Post) -> TakenBack:
        """Delete the post; one that the page does not see is gone, if the page sees its others."""
        page = Graph.of(read_credentials(post.channel), named="page_id")
        number = post.remote_ids.get("id")
        if page is None or not number:
            return Refused(reason="not-connected" if page is None else "id-unknown")
        reply = page.delete(number)
        if reply.ok:
            return Gone() if reply.json().get("success") is True else Unknown(reason="malformed")
        if graph.does_not_see(reply):
            return Gone() if _reads_posts(page) else Refused(reason="not-allowed")
        return said_no(graph.refusal(reply))

    def figures(self, post: Post) -> Told:
        """Reactions, comments and shares; Meta shows no more of them without a further right."""
        page = Graph.of(read_credentials(post.channel), named="page_id")
        number = post.remote_ids.get("id")
        if page is None or not number:
            return Refused(reason="not-connected" if page is None else "id-unknown")
        reply = page.get(number, fields=FIGURES)
        if not reply.ok:
            if graph.does_not_see(reply):
                return Gone() if _reads_posts(page) else Refused(reason="not-allowed")
            return said_no(graph.refusal(reply))
        said = reply.json()
        numbers = {
            **http.counts(said.get("shares") or {"count": 0}, shares="count"),
            **http.counts(_summary(said, "reactions"), likes="total_count"),
            **http.counts(_summary(said, "comments"), replies="total_count"),
        }
        return Figures(numbers=numbers, permalink=http.link(said.get("permalink_url")))

    asks_server = False

    def can_sign_in(self) -> bool:
        """With the city's own app."""
        return graph.is_app_known()

    def begin_sign_in(self, *, server: str, callback: str, state: str) -> Begun:
        rights = (*RIGHTS, "pages_show_list")
        return meta_sign_in.begin(callback=callback, state=state, rights=rights)

    def finish_sign_in(self, *, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
        found = meta_sign_in.pages(code=code, callback=callback)
        return [meta_sign_in.page_account(one) for one in found]

    def renew(self, channel: Channel) -> None:
        """Exchange a token that ends for one of about 60 days."""
        meta_sign_in.renew(channel)


def _uploaded(page: Graph, call: Call, keys: Keys, picture: PostMedia) -> str:
    """The number of a photo that waits unpublished. Raises `Stopped`."""
    if keys.upload not in call.kept or is_over(call.kept, keys.until, timezone.now()):
        file = (f"{picture.public_id}.jpg", picture.verified_content(), picture.mime)
        reply = page.step(
            f"{page.account}/photos",
            files=[("source", file)],
            published="false",
            alt_text_custom=picture.alt,
        )
        until = (timezone.now() + UPLOAD_LASTS).isoformat()
        call.keep(**{keys.upload: reply.text("id"), keys.until: until})
    return call.kept[keys.upload]


def _summary(said: dict[str, Any], edge: str) -> dict[str, Any]:
    return (said.get(edge) or {}).get("summary") or {}


def _reads_posts(page: Graph) -> bool:
    """Whether this token sees posts at all: to one that does not, each looks as if it were gone."""
    return page.get(f"{page.account}/published_posts", fields="id", limit="1").ok


def _form(post: Post, photos: list[str]) -> dict[str, str]:
    """A link has a field of its own, but not beside pictures."""
    form = {"message": _message(post)}
    if photos:
        attached = enumerate(photos)
        form |= {f"attached_media[{at}]": json.dumps({"media_fbid": one}) for at, one in attached}
    elif post.link:
        form["link"] = post.link
    return form


def _message(post: Post) -> str:
    return with_link(post.caption, post.link) if post.pictures else post.caption


def _posted(reply: http.Reply, post: Post) -> Outcome:
    if reply.ok:
        try:
            return _at(reply.text("id"))
        except http.Malformed:
            return Unknown(reason="malformed")
    return _known(graph.refusal(reply), post)


def _known(outcome: Outcome, post: Post) -> Outcome:
    """What is known of the post besides: that it may be out already; a block stops the channel."""
    if outcome == Refused(reason="account-blocked"):
        stop_channel(post, reason="account-blocked")
    return doubted(outcome, post)


def _at(number: str, permalink: str = "") -> Published:
    return Published(
        remote_ids={"id": number}, permalink=permalink or f"https://www.facebook.com/{number}"
    )


def _is_it(one: dict[str, Any], post: Post, times: tuple[datetime, datetime]) -> bool:
    since, until = times
    made = datetime.fromisoformat(one["created_time"])
    return since <= made <= until and one.get("message", "") == _message(post) != ""
