"""A repeated request has its effect once and gets the first answer."""

import threading
import uuid
from dataclasses import asdict
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection, connections, transaction
from django.test.client import encode_multipart
from django.urls import path
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from accounts.models import User
from core import audit
from core.errors import Refusal
from core.idempotency import EffectBefore, fingerprint, idempotent, is_finished, purge
from core.models import AuditEntry, IdempotencyRecord
from tests.accounts.factories import UserFactory

inside = threading.Event()
go_on = threading.Event()


class Stall(APIView):
    """Notes each effect; can be told to refuse, to break or to wait."""

    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        audit.record(actor=request.user, action="effect")
        match request.data.get("do"):
            case "refuse":
                raise Refusal
            case "break":
                raise RuntimeError
            case "wait":
                inside.set()
                go_on.wait(10)
        said = {"effect": AuditEntry.objects.count(), "key": request.idempotency.key}
        return Response(said, status=201, headers={"Location": "/api/v1/stall/1"})


class OtherStall(Stall):
    """Of another family."""


def present_state(request: Request, key: str, fingerprint: str) -> Response | None:
    if not AuditEntry.objects.filter(detail={"key": key, "fingerprint": fingerprint}).exists():
        return None
    return Response({"key": key, "state": "present"})


class Keeper(APIView):
    """Keeps key and fingerprint with its effect, for ever; `refused` is what it takes no more."""

    refused = False

    @idempotent(required=True, late=present_state)
    def post(self, request: Request) -> Response:
        if self.refused:
            raise Refusal
        if AuditEntry.objects.filter(detail=asdict(request.idempotency)).exists():
            raise EffectBefore
        audit.record(actor=request.user, action="effect", detail=asdict(request.idempotency))
        return Response({}, status=201)


urlpatterns = [
    path("api/v1/stall", Stall.as_view()),
    path("api/v1/stall/batch", Stall.as_view()),
    path("api/v1/keeper", Keeper.as_view()),
    path("api/v1/other", OtherStall.as_view()),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def user() -> User:
    return UserFactory()


def ask(user: User, body: object, *, key: str | None = "k-1", to: str = "/api/v1/stall") -> object:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(user)
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(to, body, format="json", headers=headers)


def test_the_first_answer_comes_again_to_the_letter(user: User) -> None:
    first = ask(user, {"a": 1, "b": 2})
    again = ask(user, {"b": 2, "a": 1})

    assert AuditEntry.objects.count() == 1
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again["Location"] == first["Location"]


def test_a_quoted_and_a_bare_key_are_one(user: User) -> None:
    ask(user, {}, key='"k-1"')
    ask(user, {}, key="k-1")

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "type_"),
    [
        (None, "idempotency-key-missing"),
        ('""', "idempotency-key-malformed"),
        ('"', "idempotency-key-malformed"),
        ('"half-quoted', "idempotency-key-malformed"),
        ("x" * 256, "idempotency-key-malformed"),
        ("a b", "idempotency-key-malformed"),
    ],
)
def test_a_key_is_required_and_well_formed(user: User, key: str | None, type_: str) -> None:
    refused = ask(user, {}, key=key)

    assert refused.status_code == 400
    assert refused.json()["type"] == f"/problems/{type_}"
    assert not AuditEntry.objects.exists()


def test_another_body_under_the_same_key_is_refused(user: User) -> None:
    ask(user, {"a": 1})
    refused = ask(user, {"a": 2})

    assert refused.status_code == 422
    assert AuditEntry.objects.count() == 1


def test_another_route_of_the_family_under_the_same_key_is_refused(user: User) -> None:
    ask(user, {})

    assert ask(user, {}, to="/api/v1/stall/batch").status_code == 422
    assert ask(user, {}, to="/api/v1/other").status_code == 201


def test_a_key_belongs_to_one_user(user: User) -> None:
    ask(user, {})
    ask(UserFactory(), {})

    assert AuditEntry.objects.count() == 2


def test_a_refusal_leaves_nothing_and_the_key_may_be_tried_again(user: User) -> None:
    assert ask(user, {"do": "refuse"}).status_code == 400
    assert not AuditEntry.objects.exists()
    assert not IdempotencyRecord.objects.exists()

    assert ask(user, {}).status_code == 201


def test_a_crash_leaves_nothing_and_the_key_may_be_tried_again(user: User) -> None:
    assert ask(user, {"do": "break"}).status_code == 500
    assert not AuditEntry.objects.exists()

    assert ask(user, {}).status_code == 201


def test_who_is_not_signed_in_is_told_so_before_anything_else(user: User) -> None:
    ask(user, {})
    stranger = APIClient().post(
        "/api/v1/stall", {}, format="json", headers={"Idempotency-Key": "k-1"}
    )

    assert stranger.status_code == 401


def test_after_thirty_days_the_first_answer_is_forgotten(user: User) -> None:
    ask(user, {})

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert purge() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_request_while_the_first_runs_is_told_to_wait(user: User) -> None:
    inside.clear()
    go_on.clear()
    answers: list[object] = []

    def first() -> None:
        answers.append(ask(user, {"do": "wait"}))
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    second = ask(user, {"do": "wait"})
    go_on.set()
    thread.join()

    assert second.status_code == 409
    assert second["Retry-After"] == "1"
    assert second.json()["type"] == "/problems/idempotency-running"
    assert answers[0].status_code == 201
    assert ask(user, {"do": "wait"}).json() == answers[0].json()
    assert AuditEntry.objects.count() == 1


def test_a_throttle_does_not_eat_the_retry_of_a_finished_request(user: User, monkeypatch) -> None:
    monkeypatch.setattr("core.throttling.UserThrottle.rate", "2/min", raising=False)
    key = str(uuid.uuid4())
    ask(user, {}, key=key)
    ask(user, {}, key="k-2")

    assert ask(user, {}, key="k-3").status_code == 429
    assert ask(user, {}, key=key).status_code == 201


def test_the_record_lives_in_the_transaction_of_the_effect(user: User) -> None:
    with transaction.atomic():
        ask(user, {})
        transaction.set_rollback(True)

    assert connection.in_atomic_block
    assert not IdempotencyRecord.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_same_files_in_another_envelope_are_the_same_request(user: User) -> None:
    assert fingerprint(upload(b"struk", "a")) == fingerprint(upload(b"struk", "b"))


def test_another_file_is_another_request() -> None:
    assert fingerprint(upload(b"struk", "a")) != fingerprint(upload(b"lain", "a"))


def test_a_resource_that_keeps_its_own_key_answers_when_the_first_answer_is_gone(
    user: User,
) -> None:
    ask(user, {"a": 1}, to="/api/v1/keeper")
    IdempotencyRecord.objects.all().delete()
    late = ask(user, {"a": 1}, to="/api/v1/keeper")

    assert late.status_code == 200
    assert late.json() == {"key": "k-1", "state": "present"}
    assert AuditEntry.objects.count() == 1


def test_what_today_would_be_refused_gets_the_present_state_of_long_ago(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(user, {"a": 1}, to="/api/v1/keeper")
    IdempotencyRecord.objects.all().delete()
    monkeypatch.setattr(Keeper, "refused", True)

    assert ask(user, {"a": 1}, to="/api/v1/keeper").json()["state"] == "present"
    assert ask(user, {"a": 1}, key="k-2", to="/api/v1/keeper").status_code == 400


def test_a_get_request_with_a_finished_key_is_throttled_like_any_other(user: User) -> None:
    ask(user, {})
    request = APIRequestFactory().get("/api/v1/stall", headers={"Idempotency-Key": "k-1"})
    request.user = user

    assert not is_finished(request)


def upload(content: bytes, boundary: str) -> Request:
    body = encode_multipart(boundary, {"note": "x", "file": ContentFile(content, "struk.jpg")})
    request = APIRequestFactory().post(
        "/api/v1/stall", body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    return Request(request, parsers=[MultiPartParser()])
