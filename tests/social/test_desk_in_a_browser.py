"""The desk's pages in a real browser: read by axe, within a phone's width, reached by a thumb."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from social import approval, signing_in
from social.channels.sign_in import Account
from social.models import Post
from tests.journeys.test_accessibility import AXE
from tests.social.desk_scene import Desk, lay_desk

pytestmark = pytest.mark.django_db(transaction=True)

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [360, 1280]
IN_THE_DARK = ["color-contrast"]
READ_BY_AXE = """([type, values]) => Promise.allSettled(
    document.getAnimations().filter((one) => one instanceof CSSTransition)
        .map((one) => one.finished)
).then(() => axe.run(document.querySelector("main"), {
    runOnly: {type, values}, resultTypes: ["violations"],
})).then((found) => found.violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`)))"""
HEIGHT = "Math.max(...[...document.querySelectorAll('*')].map((one) => one.scrollHeight), 780)"
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"
HARD_TO_HIT = """() => [...document.querySelectorAll(
    ".desk button, .desk a.button, .desk summary, .desk .desk-tab, .desk .desk-check")]
    .filter((one) => one.checkVisibility() && !one.closest(".w-sr-only"))
    .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 160)])
    .filter(([box]) => box.width > 1 && box.height < 43.5)
    .map(([box, html]) => `${Math.round(box.height)} px high: ${html}`)"""


@pytest.fixture
def desk(author: User, approver: User) -> Desk:
    return lay_desk(author, approver)


def of_post(name: str, post: Post) -> str:
    return reverse(name, kwargs={"public_id": post.public_id})


def at_the_desk(page: Page, site: LiveServer, user: User) -> None:
    """Sign in, with two accounts to choose from after a sign-in elsewhere."""
    client = Client()
    client.force_login(user)
    session = client.session
    accounts = [
        Account(name=name, credentials={"page_id": name})
        for name in ("Pemerintah Kota Malang", "Dinas Koperasi dan UMKM Kota Malang")
    ]
    wanted = signing_in.Wanted(platform="facebook", slug="fb", name="Facebook Kota")
    begun_at = timezone.now().timestamp()
    signing_in.keep_choice(
        session, signing_in.Pending(wanted=wanted, state="", begun_at=begun_at, accounts=accounts)
    )
    session.save()
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site.url}]
    )


def complaints(page: Page, site: LiveServer, address: str) -> Iterator[str]:
    """What axe and a thumb say about a page on a phone, and a ruler on a phone and on a desk.

    In the dark only colours are others.
    """
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    page.goto(site.url + address, wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate((AXE / "axe.min.js").read_text())
    for width in WIDTHS:
        show_all(page, width)
        if page.evaluate(TOO_WIDE):
            yield f"{address} {width} scrolls sideways"
        if width == WIDTHS[0]:
            yield from (f"{address} {one}" for one in page.evaluate(READ_BY_AXE, ["tag", TAGS]))
            page.emulate_media(color_scheme="dark")
            dark = page.evaluate(READ_BY_AXE, ["rule", IN_THE_DARK])
            yield from (f"{address} dark, {one}" for one in dark)
            yield from (f"{address} {one}" for one in page.evaluate(HARD_TO_HIT))


def show_all(page: Page, width: int) -> None:
    """The admin scrolls inside itself: the window is made as tall as what it holds."""
    page.set_viewport_size({"width": width, "height": 780})
    page.set_viewport_size({"width": width, "height": page.evaluate(HEIGHT)})


def test_every_page_of_the_desk_can_be_read_reached_and_fits_a_phone(
    page: Page, live_server: LiveServer, desk: Desk
) -> None:
    at_the_desk(page, live_server, desk.anyone)
    channel = {"slug": desk.strict.slug}
    addresses = [
        reverse("social_desk:queue") + "?section=all",
        reverse("social_desk:queue") + "?section=approval",
        reverse("social_desk:compose"),
        reverse("social_desk:message", kwargs={"public_id": desk.message.public_id}),
        of_post("social_desk:post", desk.changed),
        of_post("social_desk:post", desk.planned),
        of_post("social_desk:edit", desk.planned),
        reverse("social_calendar:calendar"),
        of_post("social_calendar:reschedule", desk.planned),
        reverse("social_calendar:quiet-times"),
        reverse("social_calendar:pace", kwargs=channel),
        reverse("social_desk_channels:list"),
        reverse("social_desk_channels:page", kwargs=channel),
        reverse("social_desk_channels:change", kwargs=channel),
        reverse("social_desk_channels:choose"),
        reverse("social_desk_channels:add", kwargs={"platform": "instagram"}),
        reverse("social_desk_channels:account"),
        reverse("social_notices:notices"),
        reverse("social_desk_stop:page"),
    ]

    found = [one for address in addresses for one in complaints(page, live_server, address)]
    assert found == []


def day_after(post: Post, days: int) -> str:
    day = timezone.localdate(post.send_at) + timedelta(days=days)
    return f'[data-day="{day}"]'


def in_its_week(page: Page, site: LiveServer, desk: Desk) -> tuple[Post, datetime]:
    """The calendar open at the week of the planned post; that post and its time."""
    at_the_desk(page, site, desk.anyone)
    post = desk.planned
    page.set_viewport_size({"width": 1280, "height": 1000})
    week = reverse("social_calendar:calendar") + f"?week={timezone.localdate(post.send_at)}"
    page.goto(site.url + week)
    return post, post.send_at


def drag(page: Page, post: Post, days: int) -> None:
    entry = page.locator(f'[data-move*="{post.public_id}"]')
    entry.drag_to(page.locator(day_after(post, days)))


def test_a_post_is_dragged_to_another_day_inside_its_window_and_its_approval_stands(
    page: Page, live_server: LiveServer, desk: Desk
) -> None:
    post, before = in_its_week(page, live_server, desk)

    drag(page, post, 1)

    moved = page.locator(f'{day_after(post, 1)} [data-move*="{post.public_id}"]')
    expect(moved).to_be_visible()
    post.refresh_from_db()
    assert (post.state, post.send_at) == (Post.State.WAITING, before + timedelta(days=1))
    assert approval.covers(post)


def test_dragged_out_of_its_window_it_asks_before_anything_moves(
    page: Page, live_server: LiveServer, desk: Desk
) -> None:
    post, before = in_its_week(page, live_server, desk)

    entry = page.locator(f'[data-move*="{post.public_id}"]')
    entry.hover()
    page.mouse.down()
    page.locator(day_after(post, 2)).hover()
    page.locator(day_after(post, 2)).hover()
    expect(page.locator("[data-calendar-say]")).to_contain_text("Di luar jendela")
    page.mouse.up()

    page.wait_for_url("**/pindah/**")
    expect(page.get_by_role("button", name="jadikan konsep")).to_be_visible()
    post.refresh_from_db()
    assert (post.state, post.send_at) == (Post.State.WAITING, before)
