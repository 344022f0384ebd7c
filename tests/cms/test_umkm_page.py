"""The page of a shop: what a visitor reads, and what an editor sees of it beforehand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from wagtail.test.utils.form_data import inline_formset, streamfield

from cms.badge_numbers import BadgeKind
from cms.models import OpeningHours, Photo, UmkmIndexPage, UmkmPage
from cms.timetable import open_sign, week
from marketplace import closing
from tests.cms.details import checked, linked, opened
from tests.cms.factories import PhotoFactory, UmkmPageFactory
from tests.cms.forms import umkm_form
from tests.marketplace.city import small_city
from tests.marketplace.factories import RegionFactory
from tests.marketplace.months import AUGUST, after, neighbours, shop, shops_in

pytestmark = pytest.mark.django_db

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 11, 2, tzinfo=WIB)


def read(client: Client, page: UmkmPage) -> str:
    return client.get(page.url).content.decode()


# --- Open or not ---------------------------------------------------------------------------------


def hours(*rows: tuple[int, int, str, str]) -> list[OpeningHours]:
    page = UmkmPageFactory()
    return [opened(page, *row) for row in rows]


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        (0, 9, "Buka sekarang, sampai 20.00"),
        (0, 6, "Tutup, buka lagi pukul 08.00"),
        (0, 21, "Tutup, buka lagi besok pukul 08.00"),
        (4, 21, "Tutup, buka lagi Senin pukul 08.00"),
    ],
)
def test_the_sign_in_the_door_says_until_when_or_from_when_again(
    day: int, hour: int, words: str
) -> None:
    workdays = hours((0, 4, "08:00", "20:00"))

    sign = open_sign(workdays, at=MONDAY + timedelta(days=day, hours=hour))

    assert sign is not None
    assert (sign.words, sign.is_open) == (words, words.startswith("Buka"))


def test_a_shop_that_never_closes_says_so() -> None:
    sign = open_sign(hours((0, 6, "00:00", "00:00")), at=MONDAY)

    assert sign is not None
    assert sign.words == "Buka 24 jam"


def test_a_shop_of_unknown_hours_hangs_out_no_sign() -> None:
    assert open_sign([], at=MONDAY) is None
    assert week([], at=MONDAY) == []


def test_the_week_runs_from_monday_with_todays_day_marked_and_the_times_in_order() -> None:
    rows = hours((0, 0, "13:00", "17:00"), (0, 0, "08:00", "12:00"), (5, 1, "18:00", "01:00"))

    days = week(rows, at=MONDAY + timedelta(days=2))

    assert [day.name for day in days][::6] == ["Senin", "Minggu"]
    assert days[0].times == ["08.00–12.00", "13.00–17.00", "18.00–01.00"]
    assert days[2].times == []
    assert [day.is_today for day in days].index(True) == 2


def test_an_english_reader_is_told_in_english() -> None:
    workdays = hours((0, 4, "08:00", "20:00"))

    with translation.override("en"):
        sign = open_sign(workdays, at=MONDAY + timedelta(days=5))

    assert sign is not None
    assert sign.words == "Closed now, opens on Monday at 08:00"


def test_the_page_tells_the_hour_of_the_city_not_of_the_server(client: Client) -> None:
    page = UmkmPageFactory(opening_hours="Sampai habis")
    opened(page, 0, 6, "07:00", "20:00")

    with time_machine.travel(datetime(2026, 11, 2, 0, 30, tzinfo=ZoneInfo("UTC"))):
        said = read(client, page)

    assert "Buka sekarang, sampai 20.00" in said
    assert "Sampai habis" in said


# --- Ways to the shop ----------------------------------------------------------------------------


def test_the_chat_begins_with_a_greeting_in_the_shops_language(client: Client) -> None:
    page = UmkmPageFactory(title="Soto & Rawon", whatsapp="0812-3456-7890")

    with translation.override("en"):
        link = page.whatsapp_link

    assert link.startswith("https://wa.me/6281234567890?text=Halo+Soto+%26+Rawon%2C")


def test_maps_and_shops_elsewhere_are_links_and_nothing_is_fetched_from_there(
    client: Client,
) -> None:
    page = UmkmPageFactory(
        title="Soto (Baru)",
        latitude=Decimal("-7.966620"),
        longitude=Decimal("112.632632"),
        story=[("video", {"title": "Dapur kami", "url": "https://www.youtube.com/watch?v=1"})],
    )
    linked(page, "tokopedia", "https://www.tokopedia.com/soto")

    said = read(client, page)

    assert "mlat=-7.966620&amp;mlon=112.632632" in said
    assert "geo:-7.966620,112.632632?q=-7.966620,112.632632(Soto%20%28Baru%29)" in said
    assert '<a class="chip" href="https://www.tokopedia.com/soto"' in said
    assert "Video di youtube.com" in said
    assert "<iframe" not in said


def test_a_shop_without_a_position_is_not_pinned_to_a_map(client: Client) -> None:
    assert "openstreetmap" not in read(client, UmkmPageFactory())


# --- Who checked what ----------------------------------------------------------------------------


def test_a_badge_is_shown_with_who_checked_it_and_when(client: Client) -> None:
    page, today = UmkmPageFactory(), timezone.localdate()
    nib = checked(page, BadgeKind.NIB, on=date(2026, 3, 5))
    halal = checked(page, BadgeKind.HALAL, on=date(2026, 3, 6), until=today)

    said = read(client, page)

    assert "Diperiksa Diskopindag, 5 Maret 2026" in said
    assert halal.number in said
    assert nib.number not in said
    assert "belum terkurasi" not in said.lower()


def test_a_shop_whose_business_number_nobody_checked_is_told_kindly(client: Client) -> None:
    page = UmkmPageFactory()
    yesterday = timezone.localdate() - timedelta(days=1)
    checked(page, BadgeKind.HALAL, on=date(2026, 3, 6), until=yesterday)

    said = read(client, page)

    assert "belum terkurasi" in said
    assert "Tetap boleh dikunjungi" in said
    assert "Halal" not in said


def test_a_card_says_whether_a_shop_is_curated(client: Client, catalogue: UmkmIndexPage) -> None:
    checked(UmkmPageFactory(parent=catalogue), BadgeKind.NIB, on=date(2026, 3, 5))
    UmkmPageFactory(parent=catalogue)

    said = client.get("/umkm/").content.decode()

    assert said.count("belum terkurasi") == 1
    assert said.count("terkurasi") == 2


# --- Neighbours ----------------------------------------------------------------------------------


def at(east: str, **more: Any) -> UmkmPage:
    return UmkmPageFactory(latitude=Decimal("-7.97"), longitude=Decimal(east), **more)


def test_the_nearest_of_the_kecamatan_are_the_neighbours(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    here = RegionFactory()
    page = at("112.630", region=here)
    far = at("112.690", region=here)
    near = at("112.631", region=RegionFactory(parent=here.parent))
    unknown = UmkmPageFactory(region=here)
    at("112.6301", region=here, live=False)

    shown = client.get(page.url).context["neighbours"]

    assert [each.key for each in shown] == [near.pk, far.pk, unknown.pk]


# --- Pictures ------------------------------------------------------------------------------------


def told_in_pictures(photos: list[Photo]) -> UmkmPage:
    cover, logo, first, second, alone = photos
    return UmkmPageFactory(
        photo=cover, logo=logo, story=[("gallery", [first, second]), ("picture", alone)]
    )


def test_photos_that_were_deleted_leave_a_page_without_them(client: Client) -> None:
    photos = [PhotoFactory() for _ in range(5)]
    page = told_in_pictures(photos)

    for photo in photos:
        photo.delete()

    said = read(client, page)
    assert page.title in said
    assert "<figure" not in said


def test_photos_whose_files_are_gone_do_not_break_a_page(client: Client) -> None:
    photos = [PhotoFactory() for _ in range(5)]
    page = told_in_pictures(photos)

    for photo in photos:
        photo.file.storage.delete(photo.file.name)

    assert page.title in read(client, page)


# --- Before it is published ----------------------------------------------------------------------


def full_form(**more: Any) -> dict[str, Any]:
    """A shop with everything that stands below its page."""
    return umkm_form(
        **{
            "title": "Belum Terbit",
            "hours": inline_formset(
                [{"first_day": "0", "last_day": "6", "opens": "00:00", "closes": "00:00"}]
            ),
            "links": inline_formset([{"kind": "shopee", "url": "https://shopee.co.id/soto"}]),
            "badges": inline_formset(
                [
                    {
                        "kind": "nib",
                        "number": "9120 0012 34567",
                        "checked_by_office": "Diskopindag",
                        "checked_on": "2026-03-05",
                        "valid_until": "",
                    }
                ]
            ),
            "story": streamfield([("order", "Telepon dulu.")]),
            **more,
        }
    )


def test_the_preview_shows_hours_links_and_badges_that_were_never_saved(
    desk: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(parent=catalogue, logo=PhotoFactory())
    addresses = [
        f"/admin/pages/add/cms/umkmpage/{catalogue.pk}/preview/",
        f"/admin/pages/{shop.pk}/edit/preview/",
    ]

    for address in addresses:
        assert desk.post(address, full_form()).json()["is_valid"]
        said = desk.get(address).content.decode()
        assert "Belum Terbit" in said
        assert "Buka 24 jam" in said
        assert "https://shopee.co.id/soto" in said
        assert "Diperiksa Diskopindag, 5 Maret 2026" in said


def test_what_the_editor_typed_below_the_page_is_published_with_it(
    desk: Client, client: Client, catalogue: UmkmIndexPage
) -> None:
    address = f"/admin/pages/add/cms/umkmpage/{catalogue.pk}/"

    desk.post(address, full_form(**{"action-publish": "1"}))

    page = UmkmPage.objects.get()
    assert page.badges.get().number == "9120001234567"
    assert "Buka 24 jam" in read(client, page)


# --- How many shopped here -----------------------------------------------------------------------


def test_it_says_how_many_shopped_here_once_that_is_released(client: Client) -> None:
    city = small_city()
    page = UmkmPageFactory(region=city.kelurahan[0])
    shop(neighbours(city.kelurahan[0], 12), [page.umkm], day=AUGUST)
    shop(neighbours(city.kelurahan[0]), shops_in(city.kelurahan[0]), day=AUGUST)
    address = f"/api/v1/umkm/{page.umkm.public_id}"
    assert "sudah belanja di sini" not in read(client, page)
    assert client.get(address).json()["buyers_at_least"] is None

    with after(AUGUST):
        closing.close_month(AUGUST)

    assert "Sedikitnya 10 ASN sudah belanja di sini" in read(client, page)
    assert client.get(address).json()["buyers_at_least"] == 10
