"""Instagram: containers first, then one request; a container that is out says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from social import desk
from social.approval import advice_for, problems_of
from social.channels import Figures, Gone, Refused, graph
from social.channels.instagram import INSTAGRAM, STORY, Instagram
from social.credentials import keep_credentials
from social.lending import address_of
from social.models import Channel, Post
from social.publishing import claim_post
from tests.social.doubles.faults import LOST
from tests.social.doubles.graph import graph_error
from tests.social.doubles.instagram import ACCOUNT, InstagramDouble
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import ChannelFactory, a_picture, again, approved, written

pytestmark = pytest.mark.django_db

State = Post.State

PUBLISH = f"POST /v26.0/{ACCOUNT}/media_publish"
CONTAIN = f"POST /v26.0/{ACCOUNT}/media"
for_stories = pytest.mark.parametrize("channel", [STORY], indirect=True)


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> InstagramDouble:
    double = InstagramDouble()
    run_double(double)
    settings.GRAPH_API_URL = double.url
    settings.BASE_URL = "https://belanja.example.go.id"
    monkeypatch.setattr(graph, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: InstagramDouble, db: None, request: pytest.FixtureRequest) -> Channel:
    channel = ChannelFactory(platform=INSTAGRAM, format=getattr(request, "param", ""))
    keep_credentials(channel, {"access_token": double.token, "ig_id": ACCOUNT})
    return channel


@pytest.fixture
def send(send: Callable[..., Post]) -> Callable[..., Post]:
    """Carries a signed post of one picture once."""
    return lambda **changes: send(**{"media": [a_picture("Soto")], **changes})


def test_one_picture_arrives_with_words_and_alt_text(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    post = send(caption="Soto 🍜 #malang", link="https://contoh.example/a")

    [out] = double.media
    assert post.state == State.PUBLISHED
    assert post.permalink == out["permalink"]
    assert out["caption"] == "Soto 🍜 #malang\n\nhttps://contoh.example/a"
    assert out["form"]["alt_text"] == "Soto"


def test_several_pictures_are_a_carousel(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    double.slow = 2
    post = send(media=[a_picture("Soto"), a_picture("Kopi")])
    assert (post.state, post.reason) == (State.WAITING, "processing")

    for _look in range(5):
        post = again(post)

    [out] = double.media
    children = [double.containers[one] for one in out["form"]["children"].split(",")]
    assert post.state == State.PUBLISHED
    assert [one.form["alt_text"] for one in children] == ["Soto", "Kopi"]
    assert len(double.containers) == 3


@for_stories
def test_a_story_is_one_picture_without_words(
    double: InstagramDouble, channel: Channel, send: Callable[..., Post]
) -> None:

    assert send().state == State.PUBLISHED
    assert double.media[0]["form"].keys() == {"media_type", "image_url"}


@for_stories
@pytest.mark.parametrize(
    ("size", "said"),
    [
        (
            (360, 640),
            "A story shows its picture only: the words and the link are not seen there.",
        ),
        ((640, 360), "A story is upright (9:16): this picture will stand between two bars."),
    ],
)
def test_what_a_story_makes_of_a_post_is_told_before_it_is_signed(
    channel: Channel, author: User, size: tuple[int, int], said: str
) -> None:
    width, height = size
    words = {} if width < height else {"caption": "", "link": ""}
    media = [a_picture("Soto", width=width, height=height)]
    post = written(author, channel=channel, media=media, **words)

    with translation.override("en"):
        assert [str(one.message) for one in Instagram().check(post)] == [said]
        assert not any(one.blocks for one in Instagram().check(post))


@for_stories
def test_a_story_is_not_two_pictures_and_not_none(channel: Channel, author: User) -> None:
    for media in ([], [a_picture("Soto"), a_picture("Kopi")]):
        post = written(author, channel=channel, media=media, caption="Soto")
        assert "media" in problems_of(post)


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_is_unclear_and_its_container_settles_it(
    double: InstagramDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault(PUBLISH, kind, answer)]

    post = send()

    assert post.state == State.UNKNOWN
    post = again(post)
    assert post.state == (State.PUBLISHED if done else State.UNKNOWN)
    assert post.permalink == (double.media[0]["permalink"] if done else "")
    assert double.published == done
    assert len(double.requests(PUBLISH)) == 1


def test_an_action_that_is_blocked_may_be_out_all_the_same(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(PUBLISH, Kind.ANSWER_AFTER, graph_error(4, 2207051))]

    post = send()

    assert (post.state, post.reason) == (State.UNKNOWN, "action-blocked")
    assert again(post).state == State.PUBLISHED
    assert double.published == 1


def test_a_container_that_is_out_is_not_published_again_whatever_a_person_said(
    double: InstagramDouble, send: Callable[..., Post], approver: User
) -> None:
    double.faults = [Fault(PUBLISH, Kind.HANG_AFTER)]
    post = send()
    desk.resolve_unknown(post, by=approver, to=State.WAITING, reason="Tidak tampak")

    assert again(post).state == State.PUBLISHED
    assert double.published == 1
    assert len(double.requests(PUBLISH)) == 1


@for_stories
def test_a_story_that_is_out_is_known_by_its_container_alone(
    double: InstagramDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(PUBLISH, Kind.HANG_AFTER)]

    post = again(send())

    assert (post.state, post.permalink) == (State.PUBLISHED, "")


def test_the_latest_post_of_the_account_is_not_taken_for_ours(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    assert send(caption="Soto", link="").state == State.PUBLISHED
    double.faults = [Fault(PUBLISH, Kind.RESET_BEFORE)]

    assert Instagram().find(send(caption="Soto", link="")) is None
    assert Instagram().find(send(caption="Kopi", link="")) is not None


@pytest.mark.parametrize("state", ["EXPIRED", "ERROR"])
def test_a_container_that_came_to_nothing_is_made_anew(
    double: InstagramDouble, send: Callable[..., Post], state: str
) -> None:
    double.slow = 2
    post = send()
    next(iter(double.containers.values())).state = state
    double.slow = 0

    post = again(post)
    assert (post.state, post.reason) == (State.WAITING, "container-gone")

    assert again(post).state == State.PUBLISHED
    assert len(double.containers) == 2


def test_a_picture_that_it_will_never_take_fails(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    double.slow = 2
    post = send()
    container = next(iter(double.containers.values()))
    container.state, container.status = "ERROR", "Error: Media ratio, subcode 2207009"

    assert again(post).reason == "content-refused"


def test_an_account_that_used_up_its_quota_waits(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    double.quota = 0

    post = send()

    assert (post.state, post.reason) == (State.WAITING, "quota")
    assert double.requests(PUBLISH) == []


@pytest.mark.parametrize(
    ("given", "state", "reason"),
    [
        (graph_error(9007, 2207027), State.WAITING, "processing"),
        (graph_error(9, 2207042), State.WAITING, "quota"),
        (graph_error(80002), State.WAITING, "rate-limited"),
        (Given(429, headers={"Retry-After": "600"}), State.WAITING, "rate-limited"),
        (graph_error(4), State.WAITING, "rate-limited"),
        (graph_error(100, 2207008), State.WAITING, "container-gone"),
        (graph_error(190, 460, 401), State.FAILED, "token-refused"),
        (graph_error(100, 2207010), State.FAILED, "content-refused"),
        (graph_error(2, status=500), State.UNKNOWN, "server-error"),
    ],
)
def test_its_codes_are_told_apart(
    double: InstagramDouble, send: Callable[..., Post], given: Given, state: str, reason: str
) -> None:
    double.faults = [Fault(PUBLISH, Kind.ANSWER_BEFORE, given)]

    post = send()

    assert (post.state, post.reason) == (state, reason)
    if state == State.WAITING:
        assert again(post).state == State.PUBLISHED
        assert double.published == 1


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.RESET_BEFORE, Kind.RESET_IN_BODY])
def test_a_lost_container_is_no_lost_post(
    double: InstagramDouble, send: Callable[..., Post], kind: Kind
) -> None:
    double.faults = [Fault(CONTAIN, kind)]
    post = send()
    assert post.state == State.WAITING

    assert again(post).state == State.PUBLISHED
    assert double.published == 1


def test_a_permalink_that_cannot_be_read_changes_nothing(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault("GET /v26.0/180", Kind.RESET_BEFORE)]

    post = send()

    assert (post.state, post.permalink) == (State.PUBLISHED, "")
    assert post.remote_ids["id"] == double.media[0]["id"]


def test_a_picture_is_lent_while_its_post_is_on_its_way(
    double: InstagramDouble, author: User, approver: User, channel: Channel, client: Client
) -> None:
    post = approved(author, approver, channel=channel, media=[a_picture()])
    [picture] = post.pictures
    address = address_of(picture)
    path = urlsplit(address).path
    assert address.startswith("https://belanja.example.go.id/")
    assert client.get(path).status_code == 404

    claim_post(post.pk)
    lent = client.get(path)
    assert (lent.status_code, lent.content) == (200, picture.verified_content())
    assert (lent["Content-Type"], lent["Cache-Control"]) == ("image/jpeg", "no-store")
    assert client.get(unquote(path).replace(picture.public_id.hex[:4], "0000")).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert client.get(path).status_code == 404

    Post.objects.filter(pk=post.pk).update(state=State.PUBLISHED, claim=None, lease_until=None,
                                           published_at=timezone.now())  # fmt: skip
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"caption": "x" * 2_200, "link": ""}, []),
        ({"caption": "x" * 2_201, "link": ""}, ["caption"]),
        ({"caption": "#a " * 5}, []),
        ({"caption": "#a " * 31}, ["caption"]),
        ({"caption": "@a " * 21}, ["caption"]),
        ({"media": []}, ["media"]),
        ({"media": [a_picture(width=400, height=500)]}, []),
        ({"media": [a_picture(width=400, height=501)]}, ["media"]),
        ({"media": [a_picture(width=764, height=400)]}, []),
        ({"media": [a_picture(width=765, height=400)]}, ["media"]),
        ({"media": [a_picture(width=319, height=319)]}, ["media"]),
        ({"media": [a_picture()] * 11}, ["media"]),
    ],
)
def test_what_it_would_refuse_is_said_before_approval(
    author: User, channel: Channel, changes: dict[str, Any], fields: list[str]
) -> None:
    post = written(author, channel=channel, **{"media": [a_picture()], **changes})

    assert [one.field for one in Instagram().check(post)] == fields


def test_many_hashtags_are_taken_but_the_desk_advises_against_them(
    author: User, channel: Channel, client: Client
) -> None:
    post = written(author, channel=channel, caption="#a " * 30, media=[a_picture()])
    client.force_login(author)

    page = client.get(f"/admin/media-sosial/{post.public_id}/").content.decode()

    assert problems_of(post) == {}
    assert advice_for(post)[0] in page
    assert f"{30 * 3 - 1 + 2 + len(post.link)} / 2200" in page.replace(".", "")


def test_a_post_tells_how_it_is_received_until_it_is_deleted(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    post = send(media=[a_picture()])
    [media] = double.media
    place = {"permalink": media["permalink"], "remote_ids": {"id": media["id"]}}

    assert Instagram().figures(post) == Figures(numbers={"likes": 7, "replies": 2}, **place)
    double.may_see_insights = True
    more = {"reach": 90, "saves": 3, "shares": 4, "views": 120}
    assert Instagram().figures(post) == Figures(numbers={"likes": 7, "replies": 2, **more}, **place)

    double.media.clear()
    assert Instagram().figures(post) == Gone()


def test_a_post_whose_number_publishing_did_not_tell_is_found_by_its_words(
    double: InstagramDouble, send: Callable[..., Post]
) -> None:
    post = send(media=[a_picture()])
    post.remote_ids = {}

    told = Instagram().figures(post)

    assert isinstance(told, Figures)
    assert told.remote_ids == {"id": double.media[0]["id"]}


@for_stories
def test_a_story_that_is_over_is_not_called_gone(
    double: InstagramDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    post = send(media=[a_picture()])
    double.media.clear()

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert Instagram().figures(post) == Refused(reason="story-over")
