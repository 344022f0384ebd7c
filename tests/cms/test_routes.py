"""The fixed pages are found without asking for them; all others as ever."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from wagtail.models import PageViewRestriction, Site

from cms import known
from cms.models import UmkmIndexPage
from tests.cms.factories import UmkmPageFactory

pytestmark = pytest.mark.django_db


def test_the_catalogue_is_found_without_asking_which_page_it_is(
    client: Client, catalogue: UmkmIndexPage, django_assert_max_num_queries: Any
) -> None:
    client.get("/umkm/")

    with django_assert_max_num_queries(8) as asked:
        client.get("/umkm/?sort=newest")

    assert not [each for each in asked.captured_queries if "wagtailcore_site" in each["sql"]]


def test_a_fixed_page_that_is_taken_down_is_gone_within_a_second(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    client.get("/umkm/?page=2")

    catalogue.unpublish()
    known.forget()

    assert client.get("/umkm/?page=3").status_code == 404


def test_a_fixed_page_that_becomes_private_is_closed_at_once(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    client.get("/umkm/?page=2")

    PageViewRestriction.objects.create(page=catalogue, restriction_type=PageViewRestriction.LOGIN)

    assert client.get("/umkm/?page=3").status_code == 302


def test_with_several_sites_each_name_leads_to_its_own(
    client: Client, catalogue: UmkmIndexPage, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "katalog.example"]
    UmkmPageFactory(parent=catalogue, slug="sinom")
    Site.objects.create(hostname="katalog.example", root_page=catalogue)
    known.forget()

    assert client.get("/sinom/", headers={"host": "katalog.example"}).status_code == 200
    assert client.get("/umkm/sinom/").status_code == 200
    assert client.get("/sinom/").status_code == 404
