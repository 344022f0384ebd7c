"""A cursor leads on through one list, and tells nothing."""

import base64

import pytest
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import User
from core.pagination import CursorUnknown, SignedCursorPagination
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


class TwoAtATime(SignedCursorPagination):
    page_size = 2
    ordering = "pk"


@pytest.fixture
def users() -> QuerySet[User]:
    for _each in range(3):
        UserFactory()
    return User.objects.all()


def read(users: QuerySet[User], address: str) -> tuple[list[User], dict[str, object]]:
    pages = TwoAtATime()
    rows = pages.paginate_queryset(users, Request(APIRequestFactory().get(address)))
    return rows, pages.get_paginated_response(rows).data


def test_the_cursor_leads_through_every_row_once(users: QuerySet[User]) -> None:
    first, links = read(users, "/api/v1/list")
    second, last = read(users, str(links["next"]))

    assert first + second == list(users.order_by("pk"))
    assert last["next"] is None


def test_the_cursor_tells_no_key_of_a_row(users: QuerySet[User]) -> None:
    _rows, links = read(users, "/api/v1/list")
    cursor = str(links["next"]).partition("cursor=")[2].replace("%3D", "=")

    assert str(users.order_by("pk")[1].pk).encode() not in base64.urlsafe_b64decode(cursor)


@pytest.mark.parametrize("cursor", ["x", "", "bz0x", "é"])
def test_a_cursor_that_was_made_up_is_refused(users: QuerySet[User], cursor: str) -> None:
    with pytest.raises(CursorUnknown):
        read(users, f"/api/v1/list?cursor={cursor}")


def test_a_cursor_of_another_list_is_refused(users: QuerySet[User]) -> None:
    _rows, links = read(users, "/api/v1/list")

    with pytest.raises(CursorUnknown):
        read(users, str(links["next"]).replace("/list", "/other"))


def test_a_page_is_never_longer_than_a_hundred(users: QuerySet[User]) -> None:
    pages = SignedCursorPagination()
    pages.paginate_queryset(users, Request(APIRequestFactory().get("/x?page_size=100000")))

    assert pages.page_size == 100
