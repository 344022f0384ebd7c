"""The tree of pages that every city begins with, and who may edit in it."""

from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
)

from cms.models import (
    CollectionIndexPage,
    FiguresPage,
    HomePage,
    MapPage,
    StoryIndexPage,
    UmkmIndexPage,
)

COLLECTIONS = "Pilihan editor: untuk sarapan, untuk oleh-oleh, untuk hari yang sibuk."
MAP = "Cari yang paling dekat: tiap kelurahan dengan toko-tokonya."
STORIES = "Orang di balik warung, dan apa yang mereka buat."

EDITOR_PAGES = ("add_page", "change_page", "publish_page")
EDITOR_PHOTOS = ("add_image", "change_image", "choose_image")  # Wagtail asks for its own model

AnyPage = TypeVar("AnyPage", bound=Page)


@transaction.atomic
def lay_site() -> HomePage:
    """The first pages with the default site; what is there already stays."""
    locale, _made = Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    home = HomePage.objects.first() or _plant(
        Page.objects.get(depth=1), HomePage(title=settings.WAGTAIL_SITE_NAME, slug="beranda")
    )
    _ensure(home, UmkmIndexPage(title="Katalog UMKM", slug="umkm"))
    _ensure(home, CollectionIndexPage(title="Koleksi", slug="koleksi", intro=COLLECTIONS))
    _ensure(home, StoryIndexPage(title="Cerita", slug="cerita", intro=STORIES))
    _ensure(home, MapPage(title="Peta UMKM", slug="peta", intro=MAP))
    title = f"Perputaran uang di {settings.CITY_NAME}"
    _ensure(home, FiguresPage(title=title, slug="perputaran"))
    _point_site_at(home)
    Page.objects.filter(depth=2, slug="home", locale=locale).exclude(pk=home.pk).delete()
    _let_editors_in(home)
    return home


def _ensure(parent: Page, page: AnyPage) -> AnyPage:
    return type(page).objects.first() or _plant(parent, page)


def _plant(parent: Page, page: AnyPage) -> AnyPage:
    page.locale = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    page.first_published_at = page.last_published_at = timezone.now()
    return parent.add_child(instance=page)


def _point_site_at(home: HomePage) -> None:
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": port,
            "root_page": home,
            "site_name": settings.WAGTAIL_SITE_NAME,
        },
    )


def _let_editors_in(home: HomePage) -> None:
    """Editors write, moderate and publish pages, and bring photos; other rights are in config."""
    group, _made = Group.objects.get_or_create(name="editor")
    for task in GroupApprovalTask.objects.all():
        task.groups.add(group)
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=EDITOR_PAGES
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
    photos = Permission.objects.filter(
        content_type__app_label="wagtailimages", codename__in=EDITOR_PHOTOS
    )
    for permission in photos:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=Collection.get_first_root_node(), permission=permission
        )
