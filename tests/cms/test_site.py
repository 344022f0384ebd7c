"""The tree of pages that every city begins with."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from wagtail.models import GroupPagePermission, Page, Site

from cms.models import FiguresPage, HomePage, UmkmIndexPage
from cms.site import lay_site
from tests import laid_site

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


def laid() -> list[object]:
    """What the first pages are, who may edit them, and where the site begins."""
    return [
        sorted(Page.objects.values_list("path", "url_path", "title", "numchild", "live")),
        Page.find_problems(),
        GroupPagePermission.objects.filter(group__name="editor").count(),
        Group.objects.get(name="editor").collection_permissions.count(),
        Site.objects.get().root_page.specific_class,
    ]


def test_the_copy_that_tests_stand_on_is_the_laid_site() -> None:
    found = []
    for lay in (lay_site, laid_site.lay_site, laid_site.lay_site):  # the second may still keep it
        with transaction.atomic():
            lay()
            found.append(laid())
            transaction.set_rollback(True)

    assert found == [found[0]] * 3
