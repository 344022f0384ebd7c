"""Photos on pages: in which formats and sizes, and what happens when a file cannot be read."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cms import pictures
from cms.models import Photo, UmkmIndexPage
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory, drawn

pytestmark = pytest.mark.django_db

CARD = pictures.SHAPES["card"]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def markup(photo: Photo | None, shape: str = "card", **options: object) -> str:
    """What the tag makes of a photo."""
    template = '{% load pictures %}{% photo photo shape sizes="50vw" alt=alt eager=eager %}'
    context = {"photo": photo, "shape": shape, "alt": None, "eager": False, **options}
    return Template(template).render(Context(context))


def fresh(photo: Photo) -> Photo:
    return Photo.objects.prefetch_related("renditions").get(pk=photo.pk)


def broken() -> Photo:
    photo = PhotoFactory()
    photo.file.storage.delete(photo.file.name)
    return photo


def test_a_drawn_photo_is_offered_as_avif_webp_and_jpeg() -> None:
    photo = PhotoFactory(file=drawn(size=(1500, 1000)))
    pictures.draw_waiting(seconds=60)

    shown = markup(fresh(photo), "cover")

    assert shown.index('type="image/avif"') < shown.index('type="image/webp"') < shown.index("<img")
    assert "720w" in shown
    assert "1200w" in shown
    assert 'width="720"' in shown
    assert 'height="480"' in shown


def test_before_the_worker_came_there_is_a_jpeg_and_no_visitor_waits_for_more() -> None:
    photo = PhotoFactory()

    shown = markup(photo)

    assert "image/avif" not in shown
    assert ".jpg" in shown
    assert photo.renditions.count() == 1


def test_a_picture_is_lazy_but_for_the_one_the_reader_waits_for() -> None:
    photo = PhotoFactory()

    assert 'loading="lazy"' in markup(photo)
    assert 'fetchpriority="high"' in markup(photo, eager=True)
    assert "lazy" not in markup(photo, eager=True)


def test_a_photo_speaks_its_own_words_unless_others_are_given() -> None:
    photo = PhotoFactory(alt='Soto "Lamongan"')

    assert 'alt="Soto &quot;Lamongan&quot;"' in markup(photo)
    assert 'alt=""' in markup(photo, alt="")


def test_without_a_photo_or_its_file_nothing_is_shown() -> None:
    assert markup(None) == ""
    assert markup(broken()) == ""


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_shows_nothing(content: bytes) -> None:
    photo = PhotoFactory()
    photo.file.storage.delete(photo.file.name)
    photo.file.storage.save(photo.file.name, ContentFile(content))

    assert markup(photo) == ""


def test_no_page_breaks_when_a_file_is_gone(client: Client, catalogue: UmkmIndexPage) -> None:
    shop = UmkmPageFactory(parent=catalogue, photo=broken())
    shop.story = [("picture", broken())]
    shop.save()
    ware = ProductPageFactory(parent=shop, photo=broken())

    for address in ("/", catalogue.url, shop.url, ware.url):
        answer = client.get(address)

        assert answer.status_code == 200
        assert "not-found" not in answer.content.decode()
    assert "picture--missing" in answer.content.decode()


def test_the_worker_draws_what_is_new_and_nothing_twice() -> None:
    PhotoFactory()

    assert pictures.draw_waiting(seconds=60) == 1
    assert pictures.draw_waiting(seconds=60) == 0


def test_a_photo_with_another_focal_point_is_drawn_again() -> None:
    photo = PhotoFactory()
    pictures.draw_waiting(seconds=60)
    photo.refresh_from_db()
    photo.focal_point_x, photo.focal_point_y = 100, 100
    photo.focal_point_width, photo.focal_point_height = 50, 50
    photo.save()

    assert pictures.draw_waiting(seconds=60) == 1
    assert "image/avif" in markup(fresh(photo))


def test_a_photo_that_changed_while_it_was_drawn_waits_still() -> None:
    old = PhotoFactory()
    Photo.objects.filter(pk=old.pk).update(focal_point_x=7)

    pictures._draw(old)

    assert pictures.waiting().get() == old


def test_a_file_that_cannot_be_read_is_not_tried_again() -> None:
    broken()

    assert pictures.draw_waiting(seconds=60) == 1
    assert pictures.draw_waiting(seconds=60) == 0


def test_the_worker_stops_when_its_time_is_over() -> None:
    PhotoFactory()

    assert pictures.draw_waiting(seconds=-1) == 0


def test_a_story_costs_the_same_however_many_pictures_it_shows(client: Client) -> None:
    def cost(pictures_shown: int) -> int:
        photos = [PhotoFactory() for _ in range(pictures_shown)]
        shop = UmkmPageFactory(story=[("picture", photo) for photo in photos])
        client.get(shop.url)
        with CaptureQueriesContext(connection) as captured:
            client.get(shop.url)
        return len(captured)

    assert cost(1) == cost(5)
