"""The tree of pages that every city begins with."""

import pytest
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page, Site

from cms.models import FiguresPage, HomePage, UmkmIndexPage
from cms.site import lay_site

pytestmark = pytest.mark.django_db


def test_the_site_begins_with_its_first_pages(client: Client) -> None:
    call_command("lay_site", verbosity=0)

    home = HomePage.objects.get()
    assert Site.objects.get().root_page_id == home.pk
    first = {"umkm", "koleksi", "cerita", "peta", "perputaran"}
    assert {page.slug for page in home.get_children()} == first
    assert client.get("/").status_code == 200
    assert [client.get(f"/{slug}/").status_code for slug in first] == [200] * len(first)


def test_laying_it_twice_changes_nothing() -> None:
    lay_site()
    pages = set(Page.objects.values_list("pk", "path"))

    lay_site()

    assert set(Page.objects.values_list("pk", "path")) == pages
    assert Page.find_problems() == ([], [], [], [], [])


def test_wagtails_welcome_page_is_gone() -> None:
    lay_site()

    assert not Page.objects.filter(title__startswith="Welcome").exists()


def test_what_editors_renamed_stays() -> None:
    lay_site()
    UmkmIndexPage.objects.update(title="Belanja di sini")

    lay_site()

    assert UmkmIndexPage.objects.get().title == "Belanja di sini"
    assert FiguresPage.objects.count() == 1
