"""A dry run says what each row would create or change, and why it would be refused."""

from decimal import Decimal

import pytest
from django.utils import translation
from wagtail.models import Page

from cms.imports.checking import bring_file, check_file
from cms.imports.columns import Choices, fold
from cms.imports.reasons import told
from cms.models import ImportLine, ImportRun
from marketplace.models import Region
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.cms.imports import actions, checked, checked_file, line, reasons
from tests.cms.spreadsheets import PRODUCT_HEADINGS, SHOP_HEADINGS, csv_file, xlsx_file
from tests.marketplace.factories import RegionFactory, kecamatan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place", "in_english")]

Action = ImportLine.Action
SHOP = ["Keripik Bu Siti", "Kuliner", "Sukun", "Keripik tempe tipis."]


def test_a_new_shop_would_be_created(place: Region) -> None:
    run = checked(SHOP_HEADINGS, SHOP)

    assert (run.state, run.kind) == (ImportRun.State.CHECKED, ImportRun.Kind.UMKM)
    assert actions(run) == [Action.CREATE]
    assert line(run).values == {
        "title": "Keripik Bu Siti",
        "category_id": "kuliner",
        "region_id": place.code,
        "summary": "Keripik tempe tipis.",
    }
    assert Page.objects.filter(title="Keripik Bu Siti").count() == 0


def test_a_workbook_leads_to_the_same(place: Region) -> None:
    run = checked_file(xlsx_file([SHOP_HEADINGS, SHOP]), name="toko.xlsx")

    assert actions(run) == [Action.CREATE]


def test_a_shop_is_known_by_its_name_and_kelurahan(place: Region) -> None:
    page = UmkmPageFactory(
        title="KERIPIK  Bu-Siti", region=place, category_id="kuliner", summary="Lama."
    )

    run = checked(SHOP_HEADINGS, SHOP)

    assert actions(run) == [Action.CHANGE]
    assert line(run).page_id == page.pk
    assert line(run).before == {"title": "KERIPIK  Bu-Siti", "summary": "Lama."}


def test_the_same_name_in_another_kelurahan_is_another_shop() -> None:
    UmkmPageFactory(title="Keripik Bu Siti", region=RegionFactory(name="Dinoyo"))

    assert actions(checked(SHOP_HEADINGS, SHOP)) == [Action.CREATE]


def test_a_shop_is_known_by_its_code_even_under_a_new_name(place: Region) -> None:
    page = UmkmPageFactory(title="Nama Lama", region=place, category_id="kuliner")

    run = checked(["Kode", "Nama UMKM"], [page.umkm.public_id, "Nama Baru"])

    assert actions(run) == [Action.CHANGE]
    assert line(run).before == {"title": "Nama Lama"}


def test_what_a_page_says_already_changes_nothing(place: Region) -> None:
    UmkmPageFactory(
        title="Keripik Bu Siti", region=place, category_id="kuliner", summary="Keripik tempe tipis."
    )

    assert actions(checked(SHOP_HEADINGS, SHOP)) == [Action.SAME]


def test_an_empty_cell_leaves_what_the_page_says_and_a_dash_empties_it(place: Region) -> None:
    page = UmkmPageFactory(
        title="A", region=place, category_id="kuliner", address="Jl. Satu", payment_ways="Tunai"
    )

    run = checked(
        ["Nama UMKM", "Kelurahan", "Alamat", "Cara bayar"], [page.title, "Sukun", "", "-"]
    )

    assert line(run).before == {"payment_ways": "Tunai"}
    assert line(run).values["payment_ways"] == ""


def test_a_draft_is_compared_with_what_its_editor_sees(place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner", live=False)
    page.summary = "Keripik tempe tipis."
    page.save_revision()

    assert actions(checked(SHOP_HEADINGS, SHOP)) == [Action.SAME]


def test_a_page_whose_edits_are_not_published_is_left_to_its_editor(place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner")
    page.address = "Jl. Baru"
    page.save_revision()

    run = checked(SHOP_HEADINGS, SHOP)

    assert reasons(run) == ["2 The page has edits that are not published yet, or is locked."]


def test_every_cell_that_cannot_be_taken_is_told_with_row_and_column() -> None:
    run = checked(
        [*SHOP_HEADINGS, "RW", "RT", "WhatsApp", "Lintang", "Bujur", "Antar"],
        ["x" * 121, "Kulinr", "Sukn", "-", "0", "", "08", "91", "", "mungkin"],
        ["", "", "", "", "", "2", "", "", "", ""],
        [*SHOP, "", "2", "", "-7.9", "", ""],
    )

    assert actions(run) == [Action.REFUSE] * 3
    assert reasons(run) == [
        "2 Nama UMKM: Longer than 120 characters.",
        "2 Kategori: There is no such category: see the list in the template.",
        "2 Kelurahan: There is no such kelurahan: see the list in the template.",
        "2 RW: No whole number from 1 to 999.",
        "2 WhatsApp: No Indonesian mobile number, such as 081234567890.",
        "2 Lintang: No coordinate from -11 to 6.",
        "2 Antar: Neither ya nor tidak.",
        "3 Nama UMKM: Nothing is filled in.",
        "4 RT: An RT lies in an RW: please give both.",
        "4 Lintang: A position needs latitude and longitude.",
    ]


def test_reasons_are_told_in_the_language_of_whoever_reads() -> None:
    run = checked(SHOP_HEADINGS, ["A", "Kuliner", "Entah", "B"])

    with translation.override("id"):
        said = told(line(run).reasons[0])

    assert said == "Kelurahan: Kelurahan ini tidak ada: lihat daftar di templat."


def test_a_new_shop_needs_a_category_and_a_summary() -> None:
    run = checked(["Nama UMKM", "Kelurahan"], ["A", "Sukun"])

    assert reasons(run) == [
        "2 Kategori: Nothing is filled in.",
        "2 Ringkasan: Nothing is filled in.",
    ]


def test_the_second_row_about_one_shop_is_refused() -> None:
    run = checked(SHOP_HEADINGS, SHOP, ["keripik bu siti", *SHOP[1:]])

    assert actions(run) == [Action.CREATE, Action.REFUSE]
    assert reasons(run) == ["3 The same as row 2."]


def test_a_merged_cell_leaves_the_rows_below_without_a_value() -> None:
    rows = [SHOP_HEADINGS, SHOP, ["Dua", *SHOP[1:]]]
    run = checked_file(xlsx_file(rows, merged="C2:C3"))

    assert run.has_merged_cells
    assert reasons(run) == ["3 Kelurahan: Nothing is filled in."]


def test_a_kelurahan_of_two_kecamatan_is_told_apart() -> None:
    other = RegionFactory(name="Sukun", parent=kecamatan("35.73.05"))

    run = checked(
        SHOP_HEADINGS,
        SHOP,
        ["B", "Kuliner", "Sukun (Kecamatan 35.73.05)", "C"],
        ["C", "Kuliner", other.code, "C"],
    )

    assert reasons(run) == [
        "2 Kelurahan: More than one kelurahan has this name: please add the kecamatan."
    ]
    assert line(run, 3).values["region_id"] == line(run, 4).values["region_id"] == other.code


def test_a_product_stands_under_its_shop(place: Region) -> None:
    UmkmPageFactory(title="Keripik Bu Siti", region=place)

    run = checked(PRODUCT_HEADINGS, ["keripik bu siti", "Sukun", "Keripik Tempe", "12.000", "pak"])

    assert run.kind == ImportRun.Kind.PRODUCT
    assert actions(run) == [Action.CREATE]
    assert line(run).values["price"] == 12_000
    assert line(run).name == "Keripik Tempe (keripik bu siti)"


def test_a_product_is_known_by_shop_and_name_or_by_its_code(place: Region) -> None:
    product = ProductPageFactory(title="Soto", price=15_000, parent__region=place)
    shop = product.get_parent().title

    by_name = checked(PRODUCT_HEADINGS, [shop, "", "soto", "16000", "porsi"])
    by_code = checked(["Kode", "Nama produk"], [product.product.public_id, "Soto Daging"])

    assert line(by_name).before == {"title": "Soto", "price": 15_000}
    assert line(by_code).before == {"title": "Soto"}


def test_a_product_of_no_shop_or_of_one_of_several_is_refused() -> None:
    UmkmPageFactory(title="Warung", region=RegionFactory(name="Satu"))
    UmkmPageFactory(title="Warung", region=RegionFactory(name="Dua"))

    run = checked(
        ["Nama UMKM", "Kelurahan", "Nama produk"],
        ["Warung", "", "A"],
        ["Toko Lain", "", "A"],
        ["", "", "A"],
        ["Warung", "Dua", ""],
        ["Warung", "Dua", "A"],
    )

    assert actions(run) == [*[Action.REFUSE] * 4, Action.CREATE]
    assert reasons(run) == [
        "2 Nama UMKM: More than one page is called so: please give the code.",
        "3 Nama UMKM: The catalogue has no such shop: please import the shops first.",
        "4 Nama UMKM: Nothing is filled in.",
        "5 Nama produk: Nothing is filled in.",
    ]


def test_a_code_that_nothing_has_is_refused(place: Region) -> None:
    run = checked(
        ["Kode", "Nama UMKM"], ["019ab7c2-0000-7000-8000-000000000000", "A"], ["abc", "B"]
    )

    assert reasons(run) == [
        "2 Kode: Nothing in the catalogue has this code.",
        "3 Kode: Nothing in the catalogue has this code.",
    ]


@pytest.mark.parametrize(
    "said", ["12000", "12.000", "12,000", "Rp12.000", "Rp 12.000,00", "12.000,-", "12000.0"]
)
def test_one_price_is_written_in_many_ways(said: str, place: Region) -> None:
    UmkmPageFactory(title="A", region=place)

    run = checked(PRODUCT_HEADINGS, ["A", "", "B", said, ""])

    assert line(run).values["price"] == 12_000


@pytest.mark.parametrize("said", ["12.5", "1.2.3", "12.00.000", "-5", "0", "9" * 12, "gratis"])
def test_what_is_no_price_is_refused(said: str, place: Region) -> None:
    UmkmPageFactory(title="A", region=place)

    run = checked(PRODUCT_HEADINGS, ["A", "", "B", said, ""])

    assert reasons(run) == ["2 Harga: No price in whole rupiah, such as 12000 or 12.000."]


def test_a_range_of_prices_is_in_order(place: Region) -> None:
    UmkmPageFactory(title="A", region=place)

    run = checked(
        ["Nama UMKM", "Nama produk", "Harga", "Harga sampai", "Pesan berapa hari sebelumnya"],
        ["A", "Satu", "10.000", "25.000", "2"],
        ["A", "Dua", "10.000", "9.000", ""],
        ["A", "Tiga", "", "9.000", "seminggu"],
    )

    assert line(run).values["price_to"] == 25_000
    assert line(run).values["preorder_days"] == 2
    assert reasons(run)[0] == "3 Harga sampai: Not below the price, which comes with it."
    assert actions(run) == [Action.CREATE, Action.REFUSE, Action.REFUSE]


def test_a_number_from_which_a_spreadsheet_took_the_zero_is_mended(place: Region) -> None:
    run = checked_file(xlsx_file([[*SHOP_HEADINGS, "WhatsApp"], [*SHOP, 81234567890]]))

    assert line(run).values["whatsapp"] == "081234567890"


def test_a_position_is_kept_to_six_places(place: Region) -> None:
    UmkmPageFactory(
        title="A",
        region=place,
        category_id="kuliner",
        latitude=Decimal("-7.96"),
        longitude=Decimal("112.63"),
    )

    run = checked(
        ["Nama UMKM", "Kelurahan", "Lintang", "Bujur"], ["A", "Sukun", "-7,96", "112.630000"]
    )

    assert actions(run) == [Action.SAME]


def test_remarks_titles_and_strange_columns_are_passed_over() -> None:
    run = checked(
        ["Daftar UMKM Sukun 2026"],
        [],
        ["No", *SHOP_HEADINGS],
        ["# nomor", "as on its sign"],
        ["1", *SHOP],
    )

    assert [(each.row, each.action) for each in run.lines.all()] == [(5, Action.CREATE)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Toko", "Jenis"], ["A", "B"]], "No row of headings was found: "),
        ([SHOP_HEADINGS], "Below the headings stands no row."),
        ([[*SHOP_HEADINGS, "kategori"], SHOP], "kategori: Two columns have this heading."),
    ],
)
def test_a_table_without_our_headings_fails_whole(rows: list[list[str]], said: str) -> None:
    run = checked(*rows)

    assert run.state == ImportRun.State.FAILED
    assert told(run.refusal).startswith(said)
    assert not run.lines.exists()


def test_a_row_with_more_cells_than_headings_is_refused() -> None:
    run = checked(SHOP_HEADINGS, [*SHOP, "tergeser"])

    assert reasons(run) == ["2 More cells than headings."]


def test_the_file_is_kept_only_until_it_is_read() -> None:
    run = bring_file(content=csv_file([SHOP_HEADINGS, SHOP]), file_name="toko.csv")
    assert run.content

    check_file(run.pk)
    check_file(run.pk)  # delivered twice

    run.refresh_from_db()
    assert run.content is None
    assert run.lines.count() == 1
    assert len(run.digest) == 64


def test_a_file_too_large_is_not_kept_at_all() -> None:
    run = bring_file(content=b"x" * (10 * 1024**2 + 1), file_name="besar.csv")

    assert (run.state, run.content) == (ImportRun.State.FAILED, None)


def test_a_file_that_ends_its_reader_is_opened_three_times_only() -> None:
    run = bring_file(content=csv_file([SHOP_HEADINGS, SHOP]), file_name="toko.csv")
    ImportRun.objects.filter(pk=run.pk).update(attempts=3)

    check_file(run.pk)

    run.refresh_from_db()
    assert run.state == ImportRun.State.FAILED


def test_names_are_compared_without_case_signs_and_spaces() -> None:
    assert fold("  Warung_Bu-Siti (Baru) ") == "warung bu siti baru"


def test_a_category_is_known_by_any_of_its_names() -> None:
    choices = Choices()

    assert {choices.categories[fold(name)] for name in ("kuliner", "Ready-to-eat food")} == {
        "kuliner"
    }
