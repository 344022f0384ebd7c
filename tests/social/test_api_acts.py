"""What a person does with a written post, from an app: each act by the rule of its button."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from social import approval, desk, stopping
from social.channels import ADAPTERS, Gone, Refused, Unknown
from social.messages import draft_of, edit_post
from social.models import Post
from tests.social.factories import (
    APPROVES,
    SCRIPTED,
    SEES,
    WRITES,
    ByHandChannelFactory,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
    person,
    published,
    submitted,
    written,
)
from tests.social.test_api import PROBLEM, as_, at

pytestmark = pytest.mark.django_db

State = Post.State
PROOF = "https://whatsapp.example/saluran/123"


def act(user: User, name: str, post: Post, **said: Any) -> Any:
    return as_(user).post(at(f"desk-{name}", post), said, format="json")


def laid(kind: str, author: User, approver: User, platform: ScriptedPlatform) -> Post:
    """A post as an act finds it."""
    if kind == "by-hand":
        return approved(author, approver, channel=ByHandChannelFactory())
    if kind == "held":
        return desk.hold(approved(author, approver), by=author, reason="Tunggu")
    if kind == "waiting":
        return approved(author, approver)
    platform.answers = [Unknown(reason="timeout") if kind == "unclear" else Refused(reason="no")]
    return published(author, approver, channel=ScriptedChannelFactory())


ACTS: dict[str, tuple[str, dict[str, Any], State, int]] = {
    "hold": ("waiting", {"reason": "Hujan deras"}, State.HELD, 19),
    "resume": ("held", {}, State.WAITING, 22),
    "withdraw": ("waiting", {"reason": "Toko tutup"}, State.WITHDRAWN, 19),
    "hand-in": ("by-hand", {"permalink": PROOF}, State.PUBLISHED, 27),
    "resolve": ("unclear", {"to": "published", "reason": "Ada"}, State.PUBLISHED, 22),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_from_an_app_is_on_record_with_the_persons_name(
    author: User, approver: User, platform: ScriptedPlatform, name: str
) -> None:
    kind, said, state, _queries = ACTS[name]
    post = laid(kind, author, approver, platform)

    answer = act(approver, name, post, **said)

    assert answer.status_code == 200
    assert answer.json()["state"] == state
    assert answer.json()["steps"][-1]["actor"] == approver.username


@pytest.mark.parametrize("name", ACTS)
def test_an_act_repeated_with_its_key_is_done_once_and_answered_the_same(
    author: User, approver: User, platform: ScriptedPlatform, name: str
) -> None:
    kind, said, _state, _queries = ACTS[name]
    post = laid(kind, author, approver, platform)
    headers = {"Idempotency-Key": "satu"}
    client, address = as_(author), at(f"desk-{name}", post)

    first, again = (client.post(address, said, format="json", headers=headers) for _time in "12")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert len(first.json()["steps"]) == post.steps.count()


@pytest.mark.parametrize("name", ACTS)
def test_an_act_on_a_post_that_does_not_stand_there_is_a_conflict(
    author: User, approver: User, name: str
) -> None:
    post = published(author, approver)
    desk.withdraw(post, by=author, reason="Salah harga")
    steps = post.steps.count()

    answer = act(author, name, post, **ACTS[name][1])

    assert answer.status_code == 409
    assert answer["Content-Type"] == PROBLEM
    assert post.steps.count() == steps


@pytest.mark.parametrize("name", [*ACTS, "move"])
@pytest.mark.parametrize("rights", [(SEES,), (WRITES, APPROVES)])
def test_whoever_only_looks_does_nothing(
    author: User, approver: User, name: str, rights: tuple[str, ...]
) -> None:
    post = approved(author, approver)

    answer = act(person("tamu", *rights), name, post)

    assert answer.status_code == 403
    assert APIClient().post(at(f"desk-{name}", post)).status_code == 401


@pytest.mark.parametrize("name", [*ACTS, "move"])
def test_what_an_act_does_not_ask_for_is_refused(author: User, approver: User, name: str) -> None:
    post = approved(author, approver)

    answer = act(author, name, post, state="published")

    assert answer.status_code == 400
    assert "state" in answer.json()["errors"]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("others", [0, 5])
def test_what_an_act_asks_of_the_database_does_not_grow_with_the_desk(
    author: User,
    approver: User,
    platform: ScriptedPlatform,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    others: int,
) -> None:
    kind, said, _state, queries = ACTS[name]
    for _post in range(others):
        approved(author, approver)
    post = laid(kind, author, approver, platform)
    client = as_(User.objects.get(pk=author.pk))

    with django_assert_num_queries(queries):
        answer = client.post(at(f"desk-{name}", post), said, format="json")

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["hold", "withdraw"])
def test_a_number_is_no_reason(author: User, approver: User, name: str) -> None:
    post = approved(author, approver)

    answer = act(author, name, post, reason=5)

    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"reason"}


def test_a_move_inside_the_signed_window_needs_no_new_approval(
    author: User, approver: User
) -> None:
    post = approved(author, approver)
    later = post.send_at + timedelta(hours=3)

    answer = act(author, "move", post, send_at=later.isoformat())

    assert answer.status_code == 200
    post.refresh_from_db()
    assert (post.state, post.send_at) == (State.WAITING, later)


def test_a_move_outside_the_signed_window_says_that_it_needs_a_new_approval(
    author: User, approver: User
) -> None:
    post = approved(author, approver)

    answer = act(author, "move", post, send_at=post.window_until.isoformat())

    assert answer.status_code == 409
    said = answer.json()
    assert said["type"] == "/problems/outside-window"
    assert "persetujuan baru" in said["detail"]
    assert said["window_until"] == post.window_until.isoformat()
    send_at = post.send_at
    post.refresh_from_db()
    assert (post.state, post.send_at) == (State.WAITING, send_at)


def test_a_failed_post_is_tried_again_by_resuming_it(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    post = laid("failed", author, approver, platform)

    assert act(author, "resume", post).json()["state"] == "waiting"


def test_a_post_that_was_not_posted_by_hand_yet_is_not_handed_in_for_tomorrow(
    author: User, approver: User
) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())
    tomorrow = timezone.now() + timedelta(hours=20)

    answer = act(author, "hand-in", post, permalink=PROOF, posted_at=tomorrow.isoformat())

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/window-refused"


def test_a_hand_in_without_a_link_says_what_is_missing(author: User, approver: User) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())

    answer = act(author, "hand-in", post, permalink="javascript:alert(1)")

    assert answer.json()["type"] == "/problems/proof-missing"
    assert "permalink" in answer.json()["errors"]


def test_an_unclear_post_that_a_person_saw_keeps_its_address(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    post = laid("unclear", author, approver, platform)

    answer = act(author, "resolve", post, to="published", reason="Ada", permalink=PROOF)

    assert answer.json()["permalink"] == PROOF
    assert answer.json()["published_at"] is not None


@pytest.mark.parametrize("to", ["withdrawn", "draft", ""])
def test_an_unclear_post_is_settled_in_three_ways_only(
    author: User, approver: User, platform: ScriptedPlatform, to: str
) -> None:
    post = laid("unclear", author, approver, platform)

    assert act(author, "resolve", post, to=to, reason="Ada").status_code == 400
    post.refresh_from_db()
    assert post.state == State.UNKNOWN


def test_what_no_platform_takes_back_says_so(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    post = published(author, approver, channel=ScriptedChannelFactory())

    answer = act(author, "withdraw", post, reason="Salah harga")

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/withdraw-not-possible"


class TakesBack(ScriptedPlatform):
    def withdraw(self, post: Post) -> Gone:
        return Gone()


def test_a_post_that_a_platform_is_asked_to_take_back_says_so(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ADAPTERS, SCRIPTED, TakesBack())
    post = published(author, approver, channel=ScriptedChannelFactory())

    shown = act(author, "withdraw", post, reason="Salah harga").json()

    assert shown["state"] == "published"
    assert shown["withdrawal"]["outcome"] == "pending"
    assert shown["withdrawal"]["asked_by"] == author.username


def test_a_signer_sees_how_many_have_signed_of_how_many(author: User, approver: User) -> None:
    post = submitted(author, channel=ChannelFactory(signers_needed=2))
    other = person("penyetuju-kedua", SEES, APPROVES)

    first = act(approver, "approve", post, digest=approval.digest(post)).json()

    assert (first["state"], first["signatures"]) == (
        "submitted",
        {"given": 1, "needed": 2, "mine": True},
    )
    seen = as_(other).get(at("desk-post", post)).json()
    assert seen["signatures"] == {"given": 1, "needed": 2, "mine": False}


def test_a_signer_sees_what_changed_since_the_last_look(author: User, approver: User) -> None:
    post = submitted(author)
    assert as_(approver).get(at("desk-post", post)).json()["changes"] is None
    approval.request_changes(post, by=approver, reason="Jam buka salah")
    post.refresh_from_db()
    caption = post.caption.replace("enam", "tujuh")
    draft = replace(draft_of(post), caption=caption)
    edit_post(post, by=author, version=post.version, draft=draft)
    approval.submit(post, by=author)

    changes = as_(approver).get(at("desk-post", post)).json()["changes"]

    assert [one["text"] for one in changes["words"] if one["is_gone"]] == ["enam."]
    assert [one["text"] for one in changes["words"] if one["is_new"]] == ["tujuh."]
    assert (changes["signer"], changes["link_changed"]) == (approver.username, False)


def test_a_signer_is_shown_what_waits_for_their_own_signature(author: User, approver: User) -> None:
    both = person("berdua", SEES, WRITES, APPROVES)
    strict = ChannelFactory(signers_needed=2)
    signed, waits = submitted(author, channel=strict), submitted(author)
    submitted(both)
    written(author)
    approval.approve(signed, by=both, seen=approval.digest(signed))

    def waiting_for(user: User) -> set[str]:
        shown = as_(user).get(reverse("desk-posts"), {"waits_for": "me"})
        return {one["id"] for one in shown.json()["results"]}

    assert waiting_for(both) == {str(waits.public_id)}
    assert len(waiting_for(approver)) == 3
    assert waiting_for(author) == set()


def test_what_cannot_be_signed_any_more_waits_for_nobody(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = submitted(author)
    monkeypatch.setattr(timezone, "now", lambda: post.window_until)

    assert not approval.waiting_for(approver).exists()


def test_everyone_at_the_desk_sees_whether_all_sending_is_stopped(
    author: User, approver: User
) -> None:
    looker = as_(person("tamu", SEES))
    approved(author, approver)
    assert looker.get(reverse("desk-stop")).json()["stopped"] is False

    stopping.stop(by=approver, reason="Gempa")

    shown = looker.get(reverse("desk-stop")).json()
    assert (shown["stopped"], shown["stopped_by"]) == (True, approver.username)
    assert (shown["reason"], shown["overdue"], shown["on_its_way"]) == ("Gempa", 1, 0)
    assert as_(person("warga")).get(reverse("desk-stop")).status_code == 403


def test_a_post_that_is_gone_from_its_platform_says_since_when(
    author: User, approver: User
) -> None:
    post = published(author, approver)
    gone_at = timezone.now()
    Post.objects.filter(pk=post.pk).update(gone_at=gone_at)

    [shown] = as_(author).get(reverse("desk-posts")).json()["results"]

    assert shown["gone_at"] is not None
