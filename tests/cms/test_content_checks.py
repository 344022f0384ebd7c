"""What an editor is told after saving, and the report of rights to photos."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageDraw, ImageFilter
from pytest_django import Settings

from cms.admin.photo_rights import places_of
from cms.content_checks import advice, can_be_whatsapp
from cms.models import Photo, UmkmIndexPage, UmkmPage
from cms.photo_quality import PhotoQuality, quality_of
from cms.photo_rights import may_be_posted
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory
from tests.cms.forms import umkm_form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def scene(*, size: tuple[int, int] = (1200, 800), soft: int = 0) -> ImageFile:
    """Tiles with crisp edges, or the same out of focus."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for x in range(0, size[0], 40):
        for y in range((x // 40 % 2) * 40, size[1], 80):
            pen.rectangle((x, y, x + 39, y + 39), fill="maroon")
    out = BytesIO()
    image.filter(ImageFilter.GaussianBlur(soft)).save(out, "JPEG", quality=90)
    out.seek(0)
    return ImageFile(out, name="soto.jpg")


def good_photo(**facts: object) -> Photo:
    rights = {"allowed_by": "Pemilik toko", "allowed_use": "any", "allowed_on": date(2026, 3, 1)}
    photo: Photo = PhotoFactory(**{"file": scene(), **rights, **facts})
    return photo


def test_a_good_page_is_left_in_peace() -> None:
    shop = UmkmPageFactory(whatsapp="0812 3456 7890", photo=good_photo())

    assert advice(shop) == []
    assert advice(ProductPageFactory(parent=shop, photo=good_photo())) == []


def test_a_page_without_price_and_photo_hears_of_both() -> None:
    assert len(advice(ProductPageFactory(price=None))) == 2


@pytest.mark.parametrize("alt", ["", "IMG_2041", "WhatsApp Image 2026-03-01", "DSC01"])
def test_a_files_name_is_no_alternative_text(alt: str) -> None:
    assert len(advice(UmkmPageFactory(photo=good_photo(alt=alt)))) == 1


@pytest.mark.parametrize("number", ["0812 3456 7890", "+62 857-1234-5678", "62895123456789"])
def test_a_number_of_an_operator_can_be_whatsapp(number: str) -> None:
    assert can_be_whatsapp(number)


@pytest.mark.parametrize(
    "number", ["0800 6849 0000", "0811 1111 1111", "0341 123456", "081234", ""]
)
def test_no_operator_has_such_a_number(number: str) -> None:
    assert not can_be_whatsapp(number)


def test_a_photo_out_of_focus_is_told_from_a_sharp_one() -> None:
    assert quality_of(good_photo()) == PhotoQuality()
    assert quality_of(good_photo(file=scene(soft=12))).blurry


def test_a_tiny_photo_and_one_whose_file_is_gone_are_named() -> None:
    gone = good_photo()
    gone.file.storage.delete(gone.file.name)
    gone = Photo.objects.get(pk=gone.pk)

    assert quality_of(gone).unreadable
    assert len(advice(UmkmPageFactory(photo=gone))) == 1
    assert quality_of(good_photo(file=scene(size=(300, 200)))).tiny


def test_advice_is_shown_after_saving_and_blocks_no_draft(
    admin_client: Client, catalogue: UmkmIndexPage
) -> None:
    address = reverse("wagtailadmin_pages:add", args=["cms", "umkmpage", catalogue.pk])

    answer = admin_client.post(address, umkm_form(whatsapp="0811 1111 1111"), follow=True)

    assert UmkmPage.objects.get().whatsapp == "0811 1111 1111"
    said = [message.level_tag for message in answer.context["messages"]]
    assert said.count("warning") == 2


def test_the_report_begins_with_photos_of_which_nobody_knows(desk: Client) -> None:
    good_photo(title="Dikenal")
    PhotoFactory(title="Entah")

    page = desk.get("/admin/katalog/izin-foto/").content.decode()

    assert page.index("Entah") < page.index("Dikenal")


def test_the_report_says_what_may_be_posted_and_where_a_photo_stands() -> None:
    shown, other = good_photo(), good_photo(allowed_use="site")
    UmkmPageFactory(photo=shown)
    UmkmPageFactory(photo=shown)
    ProductPageFactory(photo=shown)
    call_command("rebuild_references_index", verbosity=0)

    assert [may_be_posted(photo) for photo in (shown, other, PhotoFactory())] == [
        True,
        False,
        False,
    ]
    with translation.override("en"):
        assert set(places_of([shown, other])[shown.pk]) == {"UMKM pages 2", "product pages 1"}
    assert places_of([shown, other])[other.pk] == []
