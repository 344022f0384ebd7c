"""Loading a city's tables: whole or not at all, each bad row named, twice the same as once."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from marketplace.agencies import load_agencies
from marketplace.categories import load_categories
from marketplace.models import OUTSIDE, Agency, Category, Region
from marketplace.regions import load_regions
from marketplace.tables import Loaded, TableRefused
from tests.marketplace.city import City

pytestmark = pytest.mark.django_db

DATA = settings.BASE_DIR / "data"
REGIONS = "code,level,name,parent_code,latitude,longitude,postal_code,alias\n"
SMALL = (
    REGIONS
    + "12,province,Provinsi,,,,,\n"
    + "12.01,city,Kota Lain,12,-7.9,112.6,,\n"
    + "12.01.01,kecamatan,Utara,12.01,,,,\n"
    + "12.01.01.1001,kelurahan,Melati,12.01.01,,,65141,Mlati\n"
)


@pytest.fixture
def table(tmp_path: Path):
    """Writes a table to a file."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def reasons(refused: pytest.ExceptionInfo[TableRefused]) -> dict[int, str]:
    return {bad.line: str(bad.reason) for bad in refused.value.bad}


# --- The real city -------------------------------------------------------------------------------


def test_malang_loads_and_loading_it_again_changes_nothing() -> None:
    load_regions(DATA / "malang_regions.csv", city="35.73")

    again = load_regions(DATA / "malang_regions.csv", city="35.73")

    assert again == Loaded(unchanged=65)
    assert Region.objects.kelurahan().count() == 57
    assert Region.objects.kecamatan().count() == 5
    assert Region.objects.get(pk="35.73.05.1012").alias == "Tasikmadu"
    assert Region.objects.get(pk=OUTSIDE).level == Region.Level.OUTSIDE


def test_malangs_agencies_load_with_the_units_under_them() -> None:
    load_agencies(DATA / "malang_opd.csv")

    again = load_agencies(DATA / "malang_opd.csv")

    assert again == Loaded(unchanged=39)
    assert Agency.objects.get(code="DINKES-RSUD").parent == Agency.objects.get(code="DINKES")


def test_categories_load_in_the_order_of_their_lines() -> None:
    load_categories(DATA / "umkm_categories.csv")

    assert load_categories(DATA / "umkm_categories.csv") == Loaded(unchanged=12)
    assert Category.objects.first() == Category.objects.get(slug="kuliner")


# --- Any city ------------------------------------------------------------------------------------


def test_another_city_of_the_same_columns_loads(table) -> None:
    loaded = load_regions(table(SMALL), city="12.01")

    assert loaded.created == 5  # its four rows, and the one outside
    assert Region.objects.get(pk="12.01.01.1001").parent_id == "12.01.01"


def test_rows_of_other_cities_are_skipped(table) -> None:
    more = SMALL + "12.02,city,Kota Ketiga,12,,,,\n12.02.01,kecamatan,X,12.02,,,,\n"

    assert load_regions(table(more), city="12.01").skipped == 2


def test_a_changed_row_is_changed_in_place(table) -> None:
    load_regions(table(SMALL), city="12.01")

    loaded = load_regions(table(SMALL.replace("Melati", "Mawar")), city="12.01")

    assert (loaded.created, loaded.changed) == (0, 1)
    assert Region.objects.get(pk="12.01.01.1001").name == "Mawar"


def test_every_bad_region_is_named_and_nothing_is_loaded(table) -> None:
    bad = (
        SMALL
        + "12.01.01.1002,kelurahan,,12.01.01,,,,\n"  # 6: no name
        + "12.01.01.1003,desa,Kenanga,12.01.01,,,,\n"  # 7: no such level
        + "12.01.01.1004,kecamatan,Kenanga,12.01.01,,,,\n"  # 8: a kelurahan's code
        + "12.01.01.1005,kelurahan,Kenanga,12.01.02,,,,\n"  # 9: another parent
        + "12.01.02.1001,kelurahan,Kenanga,12.01.02,,,,\n"  # 10: parent not there
        + "12.01.01.1006,kelurahan,Kenanga,12.01.01,north,,,\n"  # 11
        + "12.01.01.1007,kelurahan,Kenanga,12.01.01,,,6514,\n"  # 12
        + f"12.01.01.1008,kelurahan,{'x' * 81},12.01.01,,,,\n"  # 13
    )

    with pytest.raises(TableRefused) as refused:
        load_regions(table(bad), city="12.01")

    assert list(reasons(refused)) == [6, 7, 8, 9, 10, 11, 12, 13]
    assert all(reasons(refused).values())
    assert not Region.objects.exists()


def test_a_repeated_code_is_named_with_both_lines(table) -> None:
    with pytest.raises(TableRefused) as refused:
        load_regions(table(SMALL + SMALL.splitlines()[-1] + "\n"), city="12.01")

    assert "5" in reasons(refused)[6]


def test_a_file_without_the_city_is_refused(table) -> None:
    with pytest.raises(TableRefused):
        load_regions(table(SMALL), city="99.99")


def test_an_agency_above_itself_is_refused(table) -> None:
    loop = "code,abbrev,name,type,parent_code\nA,A,Dinas A,dinas,B\nB,B,Dinas B,dinas,A\n"
    orphan = "C,C,Dinas C,dinas,NOWHERE\n"

    with pytest.raises(TableRefused) as refused:
        load_agencies(table(loop + orphan))

    assert list(reasons(refused)) == [2, 3, 4]


def test_an_agency_that_ended_names_its_successor(table) -> None:
    load_agencies(
        table(
            "code,abbrev,name,type,parent_code,successor_code,valid_from,valid_until\n"
            "OLD,Old,Dinas Lama,dinas,,NEW,2010-01-01,2026-12-31\n"
            "NEW,New,Dinas Baru,dinas,,,2027-01-01,\n"
        )
    )

    old = Agency.objects.get(code="OLD")
    assert old.successor == Agency.objects.get(code="NEW")
    assert str(old.valid_until) == "2026-12-31"


# --- Any file ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_what_a_spreadsheet_writes_is_read(table, encoding: str) -> None:
    text = "slug;name_id;name_en\r\nkopi;Café & Kopi;Café\r\n\r\n"

    load_categories(table(text.encode(encoding)))

    assert Category.objects.get().name == "Café & Kopi"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04\x00\x00",
        b"slug,name_id,name_en\n",
        b"slug,name\nkopi,Kopi\n",
        b'slug,name_id,name_en\n"kopi,Kopi,Coffee\n',
        b"slug,name_id,name_en\nkopi,Kopi,Coffee,more\n",
        "slug,name_id,name_en\nkopi,Kopi,Coffee\n".encode("utf-16"),
    ],
)
def test_what_is_no_table_is_refused(table, content: bytes) -> None:
    with pytest.raises(TableRefused):
        load_categories(table(content))

    assert not Category.objects.exists()


def test_a_command_names_the_lines_and_fails(table, capsys) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("load_categories", table("slug,name_id,name_en\nA B,Kopi,Coffee\n"))

    assert "2" in str(failed.value)


def test_a_missing_file_is_refused(city: City, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("load_agencies", tmp_path / "nowhere.csv")
