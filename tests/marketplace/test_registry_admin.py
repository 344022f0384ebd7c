"""The registry in the admin: looked up by who may, changed by nobody there."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.models import Umkm
from tests.marketplace.city import City
from tests.marketplace.factories import UmkmFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/umkm-registry/"


@pytest.fixture
def editor(client: Client) -> Client:
    return signed_in(client, "access_admin", "view_umkm")


def signed_in(client: Client, *codenames: str) -> Client:
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_an_editor_looks_up_listed_and_proposed_shops(editor: Client, city: City) -> None:
    UmkmFactory(name="Warung Bu Tik", region=city.kelurahan[0])
    UmkmFactory(name="Warung Sinom", region=city.kelurahan[1], status=Umkm.Status.PENDING)

    both = editor.get(LIST).content.decode()
    proposed = editor.get(LIST, {"status": "pending"}).content.decode()
    found = editor.get(f"{LIST}results/", {"q": "tik"}).content.decode()

    assert "Warung Bu Tik" in both
    assert "Warung Sinom" in both
    assert "Warung Bu Tik" not in proposed
    assert "Warung Bu Tik" in found
    assert "Warung Sinom" not in found


def test_the_registry_does_not_tell_since_when_a_shop_is_known(editor: Client, city: City) -> None:
    UmkmFactory(region=city.kelurahan[0], status=Umkm.Status.PENDING)
    Umkm.objects.update(created_at=datetime(2019, 5, 9, tzinfo=UTC))

    page = editor.get(LIST)

    assert [column.name for column in page.context["table"].columns.values()] == [
        "name",
        "region",
        "category",
        "get_status_display",
    ]
    assert "2019" not in page.content.decode()


def test_who_may_not_view_the_registry_does_not(client: Client) -> None:
    assert signed_in(client, "access_admin").get(LIST).status_code in (302, 403)


def test_nothing_is_changed_there(editor: Client) -> None:
    UmkmFactory()

    assert editor.post(LIST).status_code == 405
    for path in ("new/", "edit/1/", "delete/1/", "1/"):
        assert editor.get(f"{LIST}{path}").status_code == 404


def test_a_longer_registry_takes_no_more_queries(editor: Client) -> None:
    counted = []
    for number in (1, 5, 20):
        UmkmFactory.create_batch(number)
        editor.get(LIST)  # what is cached once is not counted
        with CaptureQueriesContext(connection) as queries:
            editor.get(LIST)
        counted.append(len(queries))

    assert len(set(counted)) == 1
