"""Wagtail's own API is off; where it is on it reads public pages and nothing else."""

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.cms.factories import UmkmPageFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v3-preview/pages/"
ON = override_settings(ROOT_URLCONF="tests.config.v3_urls")


def test_it_is_off_unless_an_operator_turns_it_on(client: Client) -> None:
    assert settings.API_V3_PREVIEW is False
    assert client.get(ADDRESS).status_code == 404


@ON
def test_it_reads_pages_that_are_live(client: Client) -> None:
    UmkmPageFactory(title="Depot Soto")
    UmkmPageFactory(title="Belum Terbit", live=False)

    answer = client.get(ADDRESS, {"type": "cms.UmkmPage"})

    assert answer.status_code == 200, answer.content
    said = answer.content.decode()
    assert "Depot Soto" in said
    assert "Belum Terbit" not in said
    assert "owner" not in said


@ON
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_writes_nothing(client: Client, method: str) -> None:
    page = UmkmPageFactory()

    for address in (ADDRESS, f"{ADDRESS}{page.pk}/"):
        assert getattr(client, method)(address).status_code in (404, 405)


@ON
def test_it_says_nothing_of_people(client: Client) -> None:
    assert client.get("/api/v3-preview/whoami/").status_code == 404
    assert client.get("/api/v3-preview/sites/").status_code in (401, 403, 404)
