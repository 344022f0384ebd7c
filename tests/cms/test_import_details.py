"""Hours, badges and variants come with a file, under the rules by which an editor types them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cms.imports.openings import read_hours, said_hours
from cms.imports.permits import read_days
from cms.imports.reasons import Reason
from cms.models import ImportLine, ProductPage, UmkmPage, Variant
from core.refusals import Refused
from marketplace.models import Region
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.cms.imports import actions, applied, checked, line, outcomes, reasons, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place", "in_english")]

Action, Outcome = ImportLine.Action, ImportLine.Outcome
SHOP = ["Nama UMKM", "Kelurahan", "Kategori", "Ringkasan"]
SITI = ["Keripik Bu Siti", "Sukun", "Kuliner", "Keripik tempe tipis."]
BADGES = ["NIB", "NIB diperiksa oleh", "NIB diperiksa tanggal"]
NIB = ["9120001234567", "Diskopindag", "3-11-2026"]
PRODUCT = ["Nama UMKM", "Kelurahan", "Nama produk", "Harga", "Varian"]


def shop() -> UmkmPage:
    return UmkmPage.objects.get(title="Keripik Bu Siti")


def badges() -> list[tuple[str, str, date | None, str, date | None]]:
    rows = shop().badges.all()
    return [(b.kind, b.number, b.valid_until, b.checked_by_office, b.checked_on) for b in rows]


# --- Hours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Senin-Jumat 08.00-16.00; Sabtu 08.00-12.00", "0-4 08:00-16:00, 5-5 08:00-12:00"),
        ("Senin - Jum'at: 8-16, Sab 08:00 – 12:00", "0-4 08:00-16:00, 5-5 08:00-12:00"),
        ("Senin s/d Kamis pukul 07.30-13.00 WIB", "0-3 07:30-13:00"),
        ("Senin, Rabu dan Jumat 08.00-12.00", "0-0 08:00-12:00, 2-2 08:00-12:00, 4-4 08:00-12:00"),
        ("Sabtu 08.00-12.00, 13.00-17.00", "5-5 08:00-12:00, 5-5 13:00-17:00"),
        ("setiap hari 24 jam", "0-6 00:00-00:00"),
        ("Jumat-Minggu 18.00-02.00; Senin tutup", "4-6 18:00-02:00"),
        ("Ahad 10.00-24.00", "6-6 10:00-00:00"),
    ],
)
def test_hours_are_read_as_people_write_them(said: str, read: str) -> None:
    hours = read_hours(said)

    assert ", ".join("{}-{} {}-{}".format(*row) for row in hours) == read
    assert read_hours(said_hours(hours)) == hours


@pytest.mark.parametrize(
    "said",
    ["08.00-16.00", "Senin", "Senin 08.00", "Senin 25.00-26.00", "Senin 08.61-09.00", "pagi"],
)
def test_what_is_no_hours_is_refused(said: str) -> None:
    run = checked([*SHOP, "Jam buka"], [*SITI, said])

    assert reasons(run) == [
        "2 Jam buka: No opening hours, such as Senin-Jumat 08.00-16.00; Sabtu 08.00-12.00."
    ]


def test_hours_are_written_changed_and_taken_back() -> None:
    headings = [*SHOP, "Jam buka"]
    applied(headings, [*SITI, "Senin-Jumat 08.00-16.00"])
    stood = [str(row) for row in shop().hours.all()]

    run = applied(headings, [*SITI, "Setiap hari 07.00-21.00; Minggu 22.00-23.00"])
    changed = [str(row) for row in shop().hours.all()]
    undone(run)

    assert stood == ["0-4 08.00-16.00"]
    assert changed == ["0-6 07.00-21.00", "6-6 22.00-23.00"]
    assert [str(row) for row in shop().hours.all()] == stood
    assert actions(checked(headings, [*SITI, "Senin-Jumat 8-16"])) == [Action.SAME]


# --- Badges --------------------------------------------------------------------------------------


def test_a_badge_says_who_checked_it_when() -> None:
    applied([*SHOP, *BADGES], [*SITI, *NIB])

    assert badges() == [("nib", "9120001234567", None, "Diskopindag", date(2026, 11, 3))]
    assert actions(checked([*SHOP, *BADGES], [*SITI, *NIB])) == [Action.SAME]


def test_an_unchecked_badge_is_kept_unchecked_and_a_later_file_tells_of_the_check() -> None:
    applied([*SHOP, "NIB"], [*SITI, "9120.0012.34567"])
    unchecked = badges()

    applied([*SHOP, *BADGES[1:]], [*SITI, *NIB[1:]])

    assert unchecked == [("nib", "9120001234567", None, "", None)]
    assert badges() == [("nib", "9120001234567", None, "Diskopindag", date(2026, 11, 3))]


def test_nobody_has_checked_a_badge_tomorrow() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    run = checked([*SHOP, *BADGES], [*SITI, *NIB[:2], tomorrow.isoformat()])

    assert reasons(run) == [
        "2 NIB diperiksa tanggal: Nobody has checked it on a day that is still to come."
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["912", "", ""], "2 NIB: A NIB has 13 digits."),
        (["9,12E+12", "", ""], "2 NIB: The spreadsheet has shortened this number"),
        ([NIB[0], "Diskopindag", ""], "2 NIB diperiksa tanggal: Name both"),
        ([NIB[0], "", "3-11-2026"], "2 NIB diperiksa oleh: Name both"),
        ([NIB[0], "Diskopindag", "11/24/2026"], "2 NIB diperiksa tanggal: No day"),
        (["", "Diskopindag", "3-11-2026"], "2 NIB: Nothing is filled in."),
        ([NIB[0], "A; B", "3-11-2026"], "2 NIB diperiksa oleh: As many as there are numbers"),
    ],
)
def test_a_badge_that_cannot_be_is_refused(cells: list[str], said: str) -> None:
    [told] = reasons(checked([*SHOP, *BADGES], [*SITI, *cells]))

    assert told.startswith(said)


def test_a_number_ends_when_it_says_or_when_the_file_does() -> None:
    applied(
        [*SHOP, "P-IRT", "Halal", "Halal berlaku sampai"],
        [*SITI, "2063573012345-30", "ID35110000123450121", "24 Agustus 2029"],
    )

    assert [(kind, until) for kind, _number, until, _office, _on in badges()] == [
        ("pirt", date(2030, 12, 31)),
        ("halal", date(2029, 8, 24)),
    ]


def test_several_numbers_of_one_kind_have_their_own_checks() -> None:
    headings = [*SHOP, "P-IRT", "P-IRT diperiksa oleh", "P-IRT diperiksa tanggal"]
    row = [*SITI, "206357301234530; 206357301234631", "Dinkes", "1-2-2026; 2-2-2026"]

    applied(headings, row)

    assert [(number, office, on) for _kind, number, _until, office, on in badges()] == [
        ("206357301234530", "Dinkes", date(2026, 2, 1)),
        ("206357301234631", "Dinkes", date(2026, 2, 2)),
    ]
    assert actions(checked(headings, row)) == [Action.SAME]


def test_badges_are_replaced_cleared_and_taken_back_and_others_stay() -> None:
    applied([*SHOP, *BADGES, "P-IRT"], [*SITI, *NIB, "206357301234530"])
    stood = badges()

    run = applied([*SHOP, "NIB"], [*SITI, "9120007654321"])
    replaced = badges()
    undone(run)
    restored = badges()
    cleared = applied([*SHOP, "NIB"], [*SITI, "-"])

    assert [each[1] for each in replaced] == ["9120007654321", "206357301234530"]
    assert replaced[0][3] == ""  # another number was not checked yet
    assert restored == stood
    assert [each[0] for each in badges()] == ["pirt"]
    undone(cleared)
    assert badges() == stood


@pytest.mark.parametrize("said", ["31-2-2026", "besok", "2026", "24-11-26", "3 Brumaire 2026"])
def test_what_is_no_day_is_refused(said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_days(said)

    assert refused.value.refusal.reason == Reason.NO_DAY


# --- Variants ------------------------------------------------------------------------------------


def variants() -> list[tuple[str, int | None, bool]]:
    rows = ProductPage.objects.get(title="Keripik Tempe").variants.all()
    return [(row.name, row.price, row.available) for row in rows]


def test_variants_are_written_renewed_and_taken_back(place: Region) -> None:
    product = ProductPageFactory(
        title="Keripik Tempe", parent__title="Keripik Bu Siti", parent__region=place
    )
    product.variants = [Variant(name="Besar", price=20_000)]
    product.save()
    [large] = product.variants.all()
    row = ["Keripik Bu Siti", "", "Keripik Tempe", "", "Kecil=Rp 9.000; besar=21000 (habis); Asin"]

    run = applied(PRODUCT, row)

    assert variants() == [("Kecil", 9_000, True), ("besar", 21_000, False), ("Asin", None, True)]
    page = ProductPage.objects.get(pk=product.pk)
    assert large.pk in {each.pk for each in page.variants.all()}
    assert page.product.price == 9_000
    assert page.product.variants.listed().count() == 3
    assert actions(checked(PRODUCT, row)) == [Action.SAME]
    undone(run)
    assert variants() == [("Besar", 20_000, True)]
    assert page.product.variants.listed().count() == 1


def test_a_new_product_comes_with_its_variants(place: Region) -> None:
    UmkmPageFactory(title="Keripik Bu Siti", region=place)

    applied(PRODUCT, ["Keripik Bu Siti", "", "Keripik Tempe", "12000", "Kecil; Besar=20000"])

    assert variants() == [("Kecil", None, True), ("Besar", 20_000, True)]
    page = ProductPage.objects.get(title="Keripik Tempe")
    assert (page.product.price, page.product.price_to) == (12_000, 20_000)
    assert len(page.get_latest_revision().content["variants"]) == 2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Kecil=murah", "2 Varian: No price in whole rupiah"),
        ("Kecil=1000; KECIL=2000", "2 Varian: Two variants of one product need two names."),
        (";".join(f"Rasa {n}" for n in range(21)), "2 Varian: More than 20 variants."),
        ("x" * 61, "2 Varian: Longer than 60 characters."),
        ("Kecil; =1000", "2 Varian: No variants, such as"),
    ],
)
def test_variants_that_cannot_be_are_refused(said: str, told: str, place: Region) -> None:
    UmkmPageFactory(title="Keripik Bu Siti", region=place)

    run = checked(PRODUCT, ["Keripik Bu Siti", "", "Keripik Tempe", "12000", said])

    [reason] = reasons(run)
    assert reason.startswith(told)


def test_what_somebody_changed_since_stays_with_all_its_details() -> None:
    run = applied([*SHOP, *BADGES, "Jam buka"], [*SITI, *NIB, "Senin 8-16"])
    page = shop()
    page.address = "Jl. Baru"
    page.save_revision().publish()

    undone(run)

    assert outcomes(run) == [Outcome.KEPT]
    assert line(run).reasons == [{"reason": "edited-since", "column": "", "facts": {}}]
    assert len(badges()) == 1
