"""What a story shows, and where it is met."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from cms.models import HomePage, StoryPage
from cms.stories import parts, stories_about
from tests.cms.factories import (
    PhotoFactory,
    ProductPageFactory,
    StoryPageFactory,
    UmkmPageFactory,
    stories_index,
)
from tests.cms.test_pages import queries

pytestmark = pytest.mark.django_db


def everything(shop: Any) -> list[tuple[str, Any]]:
    """A body with one of each kind of block."""
    return [
        ("text", "<p>Wajan <b>panas</b>.</p>"),
        ("picture", PhotoFactory(alt="Wajan")),
        ("gallery", [PhotoFactory(alt="Kompor"), PhotoFactory(alt="Piring")]),
        ("quote", {"words": "Jangan ditinggal.", "who": "Juru masak"}),
        ("shop", shop),
        ("product", ProductPageFactory(parent=shop, title="Nasi Pecel")),
    ]


def test_a_story_shows_each_kind_of_block(client: Client) -> None:
    shop = UmkmPageFactory(title="Pawon Rasa")
    page = StoryPageFactory(body=everything(shop), photo=PhotoFactory(credit="Arsip kota"))

    shown = client.get(page.url).content.decode()

    for words in (
        "Wajan <b>panas</b>.",
        'alt="Wajan"',
        'alt="Kompor"',
        "Jangan ditinggal.",
        "Juru masak",
        "Pawon Rasa",
        "Nasi Pecel",
        "Arsip kota",
    ):
        assert words in shown


def test_cards_of_what_is_closed_are_left_out(home: HomePage) -> None:
    shop = UmkmPageFactory()
    page = StoryPageFactory(body=everything(shop))

    shop.unpublish()

    page = StoryPage.objects.get(pk=page.pk)
    assert [part.kind for part in parts(page)] == ["text", "picture", "gallery", "quote"]


def test_a_shops_page_leads_to_the_stories_that_tell_of_it(client: Client) -> None:
    shop, other = UmkmPageFactory(), UmkmPageFactory()
    page = StoryPageFactory(title="Subuh di Dapur", shops=[shop])

    assert "Subuh di Dapur" in client.get(shop.url).content.decode()
    assert stories_about(other) == []
    assert [each.key for each in client.get(page.url).context["shops"]] == [shop.pk]


def test_the_latest_story_comes_first_and_drafts_do_not_come(client: Client) -> None:
    StoryPageFactory(title="Lama", day=date(2026, 1, 1))
    StoryPageFactory(title="Baru", day=date(2026, 2, 1))
    StoryPageFactory(title="Naskah", live=False)

    for address, listed in (("/", "stories"), ("/cerita/", "entries")):
        shown = [story.title for story in client.get(address).context[listed]]
        assert shown == ["Baru", "Lama"]


def test_a_story_costs_the_same_however_long_it_is(client: Client) -> None:
    shop = UmkmPageFactory(photo=PhotoFactory())
    short = StoryPageFactory(body=everything(shop), shops=[shop], photo=PhotoFactory())
    more = [*everything(UmkmPageFactory(photo=PhotoFactory())), *everything(shop)]
    long = StoryPageFactory(body=more, shops=[shop, UmkmPageFactory()], photo=PhotoFactory())

    assert queries(lambda: client.get(short.url)) == queries(lambda: client.get(long.url)) <= 26


@pytest.mark.parametrize("page", ["-1", "0", "x", "9" * 30])
def test_a_page_of_stories_that_is_none_is_answered_by_a_page(client: Client, page: str) -> None:
    StoryPageFactory()

    assert client.get("/cerita/", {"page": page}).status_code == 200


def test_an_editor_opens_the_form_of_a_story(desk: Client) -> None:
    assert desk.get(f"/admin/pages/add/cms/storypage/{stories_index().pk}/").status_code == 200


def test_a_story_tells_machines_that_it_is_an_article(client: Client) -> None:
    page = StoryPageFactory(title="Subuh </script>", day=date(2026, 3, 4))

    shown = client.get(page.url).content.decode()

    assert '"@type": "Article"' in shown
    assert '"datePublished": "2026-03-04"' in shown
    assert "Subuh </script>" not in shown
