"""The queue: found by what one knows of a post, acted on by the dozen, and never out of date."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from social import approval, breaker, desk
from social.channels import Refused, Unknown
from social.messages import draft_of, edit_post
from social.models import Post
from social.publishing import publish
from tests.social.factories import (
    APPROVES,
    SEES,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    a_picture,
    approved,
    person,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

QUEUE = reverse("social_desk:queue")
NEWS = reverse("social_desk:queue-news")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(user: User, **asked: object) -> set[str]:
    """First words of the posts that the queue shows."""
    answer = as_(user).get(QUEUE, asked)
    assert answer.status_code == 200
    return {row.post.headline for row in answer.context["rows"]}


def press(user: User, name: str, **said: object) -> str:
    """Press a button of the queue; return what the page then says."""
    answer = as_(user).post(reverse(f"social_desk:{name}"), said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def ticking(*posts: Post, **said: object) -> dict[str, Any]:
    """What the form of the queue sends of these posts."""
    times = {f"at-{post.public_id}": post.send_at.isoformat() for post in posts}
    return {"post": [str(post.public_id) for post in posts], **times, **said}


def signing(*posts: Post) -> dict[str, Any]:
    digests = {f"digest-{post.public_id}": approval.digest(post) for post in posts}
    return ticking(*posts, **digests)


def failed(author: User, approver: User, platform: ScriptedPlatform, **changes: Any) -> Post:
    """A post that its platform refused, with the key of its channel; the channel rests no more."""
    platform.answers = [Refused(reason="token-refused")]
    post = published(author, approver, **changes)
    breaker.begin_anew(post.channel)
    return post


def test_each_kind_of_trouble_has_a_section_of_its_own(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channel = ScriptedChannelFactory()
    failed(author, approver, platform, channel=channel, caption="Ditolak")
    platform.answers = [Unknown(reason="timeout")]
    published(author, approver, channel=channel, caption="Entah")
    desk.hold(approved(author, approver, caption="Tahan"), by=approver, reason="Tunggu")

    assert listed(author, section="failed") == {"Ditolak"}
    assert listed(author, section="unclear") == {"Entah"}
    assert listed(author, section="held") == {"Tahan"}
    assert listed(author, section="all") == {"Ditolak", "Entah", "Tahan"}


def test_the_queue_is_narrowed_by_source_person_and_day(author: User, approver: User) -> None:
    other = person("penulis-lain", SEES, "write_post", is_staff=True)
    now = timezone.now()
    submitted(author, caption="Milik penulis")
    tomorrow = {"send_at": now + timedelta(days=2), "window_until": now + timedelta(days=3)}
    post = submitted(other, caption="Milik orang lain", **tomorrow)
    post.message.source = "Promosi: Kopi"
    post.message.save(update_fields=["source"])
    day = timezone.localdate(now + timedelta(days=2)).isoformat()

    assert listed(approver, person="penulis") == {"Milik penulis"}
    assert listed(approver, source="Promosi: Kopi") == {"Milik orang lain"}
    assert listed(approver, since=day, until=day) == {"Milik orang lain"}
    assert listed(approver, until=timezone.localdate(now).isoformat()) == {"Milik penulis"}


def test_a_post_is_found_by_who_signed_it(author: User, approver: User) -> None:
    approved(author, approver, caption="Ditandatangani")
    signer = person("penanda-lain", SEES, APPROVES, is_staff=True)
    approved(author, signer, caption="Oleh yang lain")

    assert listed(author, section="scheduled", person="penyetuju") == {"Ditandatangani"}


def test_the_tabs_count_what_the_filter_leaves(author: User, approver: User) -> None:
    channel = ChannelFactory()
    submitted(author, channel=channel)
    submitted(author)

    answer = as_(approver).get(QUEUE, {"channel": channel.slug})

    counts = {one.section.key: one.count for one in answer.context["sections"]}
    assert (counts["approval"], counts["all"]) == (1, 1)


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-02-31", "until": "besok"},
        {"channel": "\0", "person": "\0", "source": "\0"},
        {"state": "terbang", "section": "langit", "p": "-4"},
    ],
)
def test_a_filter_that_makes_no_sense_narrows_nothing(author: User, asked: dict[str, str]) -> None:
    submitted(author, caption="Tetap ada")

    assert listed(author, **asked) == {"Tetap ada"}


def test_what_is_ticked_is_approved_each_as_it_was_on_the_page(
    author: User, approver: User
) -> None:
    first, second = submitted(author, caption="Pertama"), submitted(author, caption="Kedua")
    form = signing(first, second)
    changed = edit_post(second, by=author, version=second.version, draft=draft_of(second))
    approval.submit(changed, by=author)

    page = press(approver, "approve-ticked", **form)

    assert Post.objects.get(pk=first.pk).state == Post.State.WAITING
    assert Post.objects.get(pk=second.pk).state == Post.State.SUBMITTED
    assert "Kedua" in page


def test_one_cannot_sign_ones_own_among_many(approver: User) -> None:
    both = person("serba-bisa", SEES, "write_post", APPROVES, is_staff=True)
    own = submitted(both)

    press(both, "approve-ticked", **signing(own))

    assert Post.objects.get(pk=own.pk).state == Post.State.SUBMITTED
    rows = as_(both).get(QUEUE).context["rows"]
    assert [row.digest for row in rows] == [""]


def test_all_that_is_signed_stands_on_the_page_it_is_ticked_on(
    author: User, approver: User
) -> None:
    post = submitted(author, media=[a_picture("Sepiring tahu campur")])

    page = as_(approver).get(QUEUE).content.decode()

    for shown in (post.caption.splitlines()[1], post.link, "Sepiring tahu campur"):
        assert shown in page
    assert approval.digest(post) in page
    assert approval.digest(post) not in as_(author).get(QUEUE).content.decode()


def test_what_is_ticked_is_shifted_inside_each_window_only(author: User, approver: User) -> None:
    now = timezone.now()
    roomy = approved(author, approver, send_at=now + timedelta(hours=1))
    tight = approved(
        author,
        approver,
        caption="Sempit",
        send_at=now + timedelta(hours=1),
        window_until=now + timedelta(hours=2),
    )

    page = press(
        author, "shift-ticked", **ticking(roomy, tight, amount=3, unit="hours", direction="1")
    )

    assert Post.objects.get(pk=roomy.pk).send_at == roomy.send_at + timedelta(hours=3)
    assert Post.objects.get(pk=tight.pk).send_at == tight.send_at
    assert "Sempit" in page


def test_a_shift_pressed_twice_moves_once(author: User, approver: User) -> None:
    post = approved(author, approver)
    form = ticking(post, amount=30, unit="minutes", direction="1")

    press(author, "shift-ticked", **form)
    press(author, "shift-ticked", **form)

    assert Post.objects.get(pk=post.pk).send_at == post.send_at + timedelta(minutes=30)


def test_an_hour_is_set_on_each_posts_own_day(author: User, approver: User) -> None:
    now = timezone.now()
    days = [
        approved(
            author,
            approver,
            window_until=now + timedelta(days=9),
            send_at=now + timedelta(days=number),
        )
        for number in (2, 3)
    ]

    press(author, "set-hour-ticked", **ticking(*days, hour="06:30"))

    for post in days:
        at = timezone.localtime(Post.objects.get(pk=post.pk).send_at)
        assert (at.date(), at.strftime("%H.%M")) == (timezone.localdate(post.send_at), "06.30")


def test_all_that_failed_for_a_cause_is_tried_again_and_nothing_else(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channel, other = ScriptedChannelFactory(), ScriptedChannelFactory()
    meant = [failed(author, approver, platform, channel=channel) for _one in range(2)]
    elsewhere = failed(author, approver, platform, channel=other)
    platform.answers = [Refused(reason="content-refused")]
    otherwise = published(author, approver, channel=channel)
    causes = as_(author).get(QUEUE, {"section": "failed"}).context["causes"]
    assert [one.count for one in causes] == [2, 1, 1]

    press(author, "retry", cause=f"{channel.slug}:token-refused")

    assert {Post.objects.get(pk=one.pk).state for one in meant} == {Post.State.WAITING}
    for one in (elsewhere, otherwise):
        assert Post.objects.get(pk=one.pk).state == Post.State.FAILED
    platform.answers = []
    publish(meant[0].pk)
    assert Post.objects.get(pk=meant[0].pk).state == Post.State.PUBLISHED


@pytest.mark.parametrize("name", ["approve-ticked", "shift-ticked", "set-hour-ticked", "retry"])
def test_nothing_ticked_or_nonsense_does_nothing_and_says_so(
    author: User, approver: User, name: str
) -> None:
    post = submitted(author)
    whoever = approver if name == "approve-ticked" else author

    press(whoever, name)
    press(whoever, name, post=["bukan-uuid", str(post.public_id)], amount="x", hour="99", cause="")

    post.refresh_from_db()
    assert (post.state, post.send_at) == (Post.State.SUBMITTED, post.send_at)


def test_acts_on_many_need_the_rights_of_acts_on_one(author: User, approver: User) -> None:
    reader = person("pembaca", SEES, is_staff=True)
    post = submitted(author)

    press(author, "approve-ticked", **signing(post))
    press(reader, "shift-ticked", **ticking(post, amount=1, unit="hours", direction="1"))

    assert Post.objects.get(pk=post.pk).state == Post.State.SUBMITTED
    assert Post.objects.get(pk=post.pk).send_at == post.send_at


def test_one_comes_back_to_the_queue_as_it_was_narrowed(author: User) -> None:
    back = "section=drafts&channel=situs&next=https://jahat.example"

    answer = as_(author).post(reverse("social_desk:shift-ticked"), {"back": back})

    assert answer["Location"] == f"{QUEUE}?section=drafts&channel=situs"


def test_the_open_queue_is_told_of_news_only(author: User, approver: User) -> None:
    submitted(author, caption="Sudah lama")
    client = as_(approver)
    first = client.get(NEWS)

    def again() -> HttpResponse:
        return client.get(NEWS, headers={"If-None-Match": first["ETag"]})

    assert again().status_code == 304
    submitted(author, caption="Baru masuk")
    assert "Baru masuk" in again().content.decode()


def test_the_menu_and_the_home_page_count_what_asks_for_a_person(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    submitted(author)
    failed(author, approver, platform, channel=ScriptedChannelFactory())
    home = reverse("wagtailadmin_home")

    assert "Antrean (2)" in as_(approver).get(home).content.decode()
    assert "Antrean (1)" in as_(author).get(home).content.decode()
    assert "desk-panel__trouble" in as_(author).get(home).content.decode()


def test_drafts_of_a_day_are_moved_before_anybody_signs(author: User) -> None:
    post = written(author)

    press(author, "shift-ticked", **ticking(post, amount=1, unit="hours", direction="1"))

    assert Post.objects.get(pk=post.pk).send_at == post.send_at + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_an_open_queue_renews_itself_but_not_under_a_persons_hand(
    page: Page, live_server: LiveServer, author: User, approver: User
) -> None:
    submitted(author, caption="Pertama")
    key = as_(approver).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    page.clock.install()
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(live_server.url + QUEUE)
    cards = page.locator(".desk-card")
    expect(cards).to_have_count(1)

    submitted(author, caption="Kedua")
    page.clock.run_for(16_000)
    expect(cards).to_have_count(2)

    page.locator(".desk-sign summary").first.click()
    page.locator("[name=post]").first.check()
    submitted(author, caption="Ketiga")
    page.clock.run_for(31_000)
    page.wait_for_load_state("networkidle")
    expect(cards).to_have_count(2)
    expect(page.locator("[data-ticked]").first).to_have_text("(1)")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
