"""The desk for apps: thin doors, each with its right, its problem document and its queries."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from social import approval
from social.models import Post
from tests.social.factories import (
    APPROVES,
    SEES,
    WRITES,
    ByHandChannelFactory,
    ChannelFactory,
    a_picture,
    approved,
    person,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"


def as_(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def at(name: str, post: Post) -> str:
    return reverse(name, kwargs={"public_id": post.public_id})


def test_everyone_reads_what_is_published(author: User, approver: User) -> None:
    post = published(author, approver, media=[a_picture("Tahu campur")])
    submitted(author)

    answer = APIClient().get(reverse("posts"))

    assert answer.status_code == 200
    [shown] = answer.json()["results"]
    assert shown["id"] == str(post.public_id)
    assert shown["permalink"] == post.permalink
    assert shown["pictures"][0]["alt"] == "Tahu campur"
    assert "state" not in shown


def test_published_posts_are_narrowed_to_a_channel(author: User, approver: User) -> None:
    site = ChannelFactory()
    published(author, approver, channel=site)
    published(author, approver)

    answer = APIClient().get(reverse("posts"), {"channel": site.slug})

    assert [one["channel"]["slug"] for one in answer.json()["results"]] == [site.slug]


def test_the_desk_lists_by_state_and_channel(author: User, approver: User) -> None:
    by_hand = ByHandChannelFactory()
    waiting = approved(author, approver, channel=by_hand)
    submitted(author, channel=by_hand)
    approved(author, approver)

    wanted = {"state": "waiting", "channel": by_hand.slug}
    answer = as_(author).get(reverse("desk-posts"), wanted)

    assert [one["id"] for one in answer.json()["results"]] == [str(waiting.public_id)]


@pytest.mark.parametrize("name", ["posts", "desk-posts"])
@pytest.mark.parametrize("asked", [{"channel": "\0"}, {"chanel": "situs"}, {"page_size": "0"}])
def test_what_a_list_does_not_know_is_said(author: User, name: str, asked: dict[str, str]) -> None:
    answer = as_(author).get(reverse(name), asked)

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["errors"].keys() == asked.keys()


def test_a_state_that_is_none_is_refused(author: User) -> None:
    assert as_(author).get(reverse("desk-posts"), {"state": "terbit"}).status_code == 400


def test_two_people_bring_a_post_out_by_the_api(author: User, approver: User) -> None:
    post = written(author, media=[a_picture()])
    assert as_(author).post(at("desk-submit", post), {}, format="json").status_code == 200
    seen = as_(approver).get(at("desk-post", post)).json()
    assert seen["may_sign"] is True

    answer = as_(approver).post(at("desk-approve", post), {"digest": seen["digest"]}, format="json")

    assert answer.status_code == 200
    assert answer.json()["state"] == "waiting"
    assert answer.json()["approvals"][0]["signer"] == approver.username


def test_the_author_gets_a_problem_document(author: User) -> None:
    both = person("berdua", SEES, WRITES, APPROVES)
    post = submitted(both)

    answer = as_(both).post(
        at("desk-approve", post), {"digest": approval.digest(post)}, format="json"
    )

    assert answer.status_code == 403
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["type"] == "/problems/second-person-needed"


def test_a_digest_of_something_else_is_a_conflict(author: User, approver: User) -> None:
    post = submitted(author)

    answer = as_(approver).post(at("desk-approve", post), {"digest": "0" * 64}, format="json")

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/post-changed"
    post.refresh_from_db()
    assert post.state == Post.State.SUBMITTED


def test_an_approval_repeated_with_its_key_is_answered_the_same(
    author: User, approver: User
) -> None:
    post = submitted(author)
    client = as_(approver)
    body = {"digest": approval.digest(post)}

    answers = [
        client.post(
            at("desk-approve", post), body, format="json", headers={"Idempotency-Key": "satu"}
        )
        for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert post.approvals.count() == 1


def test_changes_are_asked_for_with_a_reason(author: User, approver: User) -> None:
    post = submitted(author)
    body = {"reason": "Terlalu panjang", "suggested_wording": "Pendek."}

    answer = as_(approver).post(at("desk-request-changes", post), body, format="json")

    assert answer.json()["state"] == "draft"
    assert answer.json()["approvals"][0]["suggested_wording"] == "Pendek."
    empty = as_(approver).post(at("desk-request-changes", post), {"reason": ""}, format="json")
    assert empty.status_code == 400
    assert empty["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("desk-submit", {"state": "published"}),
        ("desk-approve", {"digest": "0" * 64, "by": "orang lain"}),
        ("desk-request-changes", {"reason": "Ringkas", "usulan": "x"}),
    ],
)
def test_unknown_fields_are_refused_and_nothing_is_written(
    author: User, name: str, body: dict[str, str]
) -> None:
    root = person("pengelola", is_superuser=True)
    post = submitted(author)

    answer = as_(root).post(at(name, post), body, format="json")

    assert answer.status_code == 400
    assert not post.approvals.exists()


def test_what_is_missing_is_named_per_field(author: User) -> None:
    post = written(author, media=[a_picture(alt="")])

    answer = as_(author).post(at("desk-submit", post), {}, format="json")

    assert answer.status_code == 422
    assert "media" in answer.json()["errors"]


Ask = Callable[[APIClient, Post], int]

DOORS: dict[str, tuple[str, Ask]] = {
    "list": (SEES, lambda client, post: client.get(reverse("desk-posts")).status_code),
    "detail": (SEES, lambda client, post: client.get(at("desk-post", post)).status_code),
    "submit": (WRITES, lambda client, post: _post(client, "desk-submit", post)),
    "approve": (APPROVES, lambda client, post: _post(client, "desk-approve", post)),
    "changes": (APPROVES, lambda client, post: _post(client, "desk-request-changes", post)),
}


def _post(client: APIClient, name: str, post: Post) -> int:
    return client.post(at(name, post), {}, format="json").status_code


@pytest.mark.parametrize("door", DOORS)
def test_each_door_has_its_right(author: User, door: str) -> None:
    right, ask = DOORS[door]
    post = submitted(author)

    assert ask(APIClient(), post) == 401
    assert ask(as_(person("warga")), post) == 403
    others = {SEES, WRITES, APPROVES} - {right}
    assert ask(as_(person("lain", *others)), post) == 403
    assert ask(as_(person("berhak", SEES, right)), post) not in (401, 403)


@pytest.mark.parametrize(("name", "queries"), [("posts", 2), ("desk-posts", 3)])
@pytest.mark.parametrize("number", [1, 7])
def test_reads_do_not_grow_with_the_number_of_posts(
    author: User,
    approver: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    queries: int,
    number: int,
) -> None:
    channel = ChannelFactory()
    for _post in range(number):
        published(author, approver, channel=channel, media=[a_picture()])
    client = as_(User.objects.get(pk=author.pk))

    with django_assert_num_queries(queries):
        assert len(client.get(reverse(name)).json()["results"]) == number


WRITES_PINNED: dict[str, tuple[int, Callable[[Post], dict[str, str]]]] = {
    "desk-submit": (36, lambda post: {}),
    "desk-approve": (30, lambda post: {"digest": approval.digest(post)}),
    "desk-request-changes": (24, lambda post: {"reason": "Ringkas"}),
}


@pytest.mark.parametrize("name", WRITES_PINNED)
@pytest.mark.parametrize("number", [1, 6])
def test_reads_and_writes_of_an_act_do_not_grow_with_the_desk(
    author: User,
    approver: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    number: int,
) -> None:
    queries, body = WRITES_PINNED[name]
    make = written if name == "desk-submit" else submitted
    channel = ChannelFactory()
    posts = [make(author, channel=channel, media=[a_picture()]) for _post in range(number)]
    said = body(posts[0])
    client = as_(User.objects.get(pk=(author if name == "desk-submit" else approver).pk))

    with django_assert_num_queries(queries):
        assert client.post(at(name, posts[0]), said, format="json").status_code == 200
