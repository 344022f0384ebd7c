"""The city's own site: pages, pictures and feeds of what is published there, and nothing else."""

import json
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from social import desk
from social.models import Post
from social.publishing import publish
from tests.social.factories import (
    ByHandChannelFactory,
    ChannelFactory,
    a_picture,
    approved,
    published,
    submitted,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def address(post: Post) -> str:
    return reverse("social:post", kwargs={"public_id": post.public_id})


def test_a_published_post_stands_on_the_site(client: Client, author: User, approver: User) -> None:
    post = published(author, approver, media=[a_picture("Sepiring tahu campur")])

    for page in (reverse("social:news"), address(post)):
        shown = client.get(page).content.decode()
        assert "Sarapan tahu campur di Klojen." in shown
        assert 'alt="Sepiring tahu campur"' in shown


def test_a_permalink_leads_to_the_post(client: Client, author: User, approver: User) -> None:
    post = published(author, approver)

    assert post.permalink.endswith(address(post))
    assert client.get(post.permalink).status_code == 200


def test_nothing_else_is_shown(client: Client, author: User, approver: User) -> None:
    by_hand = approved(author, approver, channel=ByHandChannelFactory(), caption="Tangan")
    desk.hand_in(by_hand, by=author, permalink="https://contoh.example/1")
    withdrawn = published(author, approver, caption="Ditarik")
    desk.withdraw(withdrawn, by=author, reason="Toko tutup")
    hidden = [submitted(author, caption="Antre"), approved(author, approver, caption="Nanti")]

    news = client.get(reverse("social:news")).content.decode()
    for post in [by_hand, withdrawn, *hidden]:
        assert post.caption not in news
        assert client.get(address(post)).status_code == 404


def test_pictures_are_kept_for_good_and_only_shown_once_published(
    client: Client, author: User, approver: User
) -> None:
    post = approved(author, approver, media=[a_picture()])
    media = post.media.get()
    picture = reverse("social:picture", kwargs={"public_id": media.public_id})
    assert client.get(picture).status_code == 404

    publish(post.pk)
    shown = client.get(picture)

    assert shown.content == media.verified_content()
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown["X-Content-Type-Options"] == "nosniff"


def test_captions_are_shown_as_words_never_as_markup(
    client: Client, author: User, approver: User
) -> None:
    post = published(author, approver, caption="<script>alert(1)</script> & <b>tebal</b>")

    feed = json.loads(client.get(reverse("social:json-feed")).content)
    shown = [
        client.get(reverse("social:news")).content.decode(),
        client.get(address(post)).content.decode(),
        client.get(reverse("social:atom")).content.decode(),
        feed["items"][0]["content_html"],
    ]

    for html in shown:
        assert "<script>alert" not in html
        assert "<b>tebal" not in html


def test_the_atom_feed_is_valid(client: Client, author: User, approver: User) -> None:
    post = published(author, approver, media=[a_picture()])

    response = client.get(reverse("social:atom"))
    feed = ElementTree.fromstring(response.content)

    assert response["Content-Type"].startswith("application/atom+xml")
    assert feed.tag == f"{ATOM}feed"
    for required in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{required}") is not None
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{post.public_id}"
    assert entry.findtext(f"{ATOM}title") == "Sarapan tahu campur di Klojen."
    assert entry.find(f"{ATOM}link").attrib["href"] == post.permalink
    assert "<img" in (entry.findtext(f"{ATOM}summary") or "")
    links = {link.attrib.get("rel"): link.attrib["href"] for link in feed.iter(f"{ATOM}link")}
    assert links["self"].endswith("/kabar/atom.xml")


def test_the_json_feed_is_valid(client: Client, author: User, approver: User) -> None:
    post = published(author, approver, media=[a_picture("Sepiring tahu campur")])

    response = client.get(reverse("social:json-feed"))
    feed = json.loads(response.content)

    assert response["Content-Type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    [item] = feed["items"]
    assert item["id"] == f"urn:uuid:{post.public_id}"
    assert item["url"] == post.permalink
    assert item["content_text"] == post.caption
    assert item["external_url"] == post.link
    assert item["date_published"] == post.published_at.isoformat()
    [attachment] = item["attachments"]
    assert (attachment["mime_type"], attachment["title"]) == ("image/jpeg", "Sepiring tahu campur")


def test_empty_feeds_are_feeds(client: Client) -> None:
    assert ElementTree.fromstring(client.get(reverse("social:atom")).content) is not None
    assert json.loads(client.get(reverse("social:json-feed")).content)["items"] == []
    assert client.get(reverse("social:news")).status_code == 200


@pytest.mark.parametrize(
    ("page", "queries"), [("social:news", 3), ("social:atom", 2), ("social:json-feed", 2)]
)
@pytest.mark.parametrize("number", [1, 7])
def test_reads_do_not_grow_with_the_number_of_posts(
    client: Client,
    author: User,
    approver: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: str,
    queries: int,
    number: int,
) -> None:
    channel = ChannelFactory()
    client.get(reverse(page))
    for _post in range(number):
        published(author, approver, channel=channel, media=[a_picture()])

    with django_assert_num_queries(queries):
        client.get(reverse(page))
