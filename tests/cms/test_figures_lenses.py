"""The public pages of figures in every lens, and the open data: the same numbers and marks."""

import csv
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cms import open_data
from cms.models import HomePage
from marketplace import closing, releases
from marketplace.models import Lens
from tests.marketplace.city import City, small_city
from tests.marketplace.months import AUGUST, after, neighbours, shop, shops_in

MID_AUGUST = date(2026, 8, 20)
FIGURES = "/perputaran/"


@pytest.fixture(autouse=True)
def drawn_each_time(settings: Any) -> None:
    """What is kept would hide what has changed; test_brief_cache.py looks at that."""
    settings.CATALOGUE_CACHE_SECONDS = 0


@pytest.fixture
def august(home: HomePage) -> City:
    """Six people of kelurahan 0 and six of 3 shopped in their own; two of 4 did in 3. Closed."""
    city = small_city()
    for number, count in ((0, 6), (3, 6)):
        shops = shops_in(city.kelurahan[number], 4)
        shop(neighbours(city.kelurahan[number], count), shops, day=MID_AUGUST, amount=90_000)
    shop(neighbours(city.kelurahan[4], 2), shops_in(city.kelurahan[3]), day=MID_AUGUST)
    with after(AUGUST):
        closing.close_month(AUGUST)
    return city


def seen(client: Client, address: str = FIGURES, **query: str) -> str:
    """The words of a page's main part, in one line."""
    response = client.get(address, query)
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def address_of(place: Any) -> str:
    return f"{FIGURES}{place.code.replace('.', '-')}/"


# --- The pages -----------------------------------------------------------------------------------


def test_the_citys_page_shows_every_lens_that_is_released_and_says_which_is_not(
    client: Client, august: City
) -> None:
    shown = seen(client)

    assert "Seberapa dekat" in shown
    assert "Dari kecamatan ke kecamatan" in shown
    assert "tidak harus cocok bila dijumlahkan" in shown
    assert "Apakah merata?" in shown
    assert "Triwulan 3 2026" in shown
    for lens in (Lens.RING, Lens.CATEGORY, Lens.EVIDENCE, Lens.PAYMENT, Lens.DAY, Lens.FLOW):
        assert releases.parts(lens, AUGUST).unit >= 100_000


def test_people_are_told_as_least_ones_of_the_city_and_of_no_agency(
    client: Client, august: City
) -> None:
    told = releases.turnouts(AUGUST)[0]

    assert told.agencies == ()
    assert f"Sekurangnya {told.buyers} dari {told.employed} ASN" in seen(client)


def test_the_switch_shows_the_places_of_shops_and_no_other_side_is_declared(
    client: Client, august: City
) -> None:
    for query in ({"lensa": "toko"}, {"lensa": "toko", "bulan": "2026-08"}):
        assert "Ke UMKM di lingkungan mana" in seen(client, **query)
    for address in (FIGURES, f"{FIGURES}csv/"):
        assert client.get(address, {"lensa": "opd"}).status_code == 404


def test_a_place_shows_both_lenses_and_what_it_would_be_beside_it(
    client: Client, august: City
) -> None:
    place = august.kelurahan[0]
    assert releases.residents(place, AUGUST)

    shown = seen(client, address_of(place))

    assert "Diterima UMKM di sini" in shown
    assert "Jika setiap ASN di sini belanja" in shown
    assert "hitungan, bukan hasil ukur" in shown


def test_withheld_and_empty_places_look_alike_in_both_lenses(client: Client, august: City) -> None:
    withheld, nobody = august.kelurahan[4], august.kelurahan[5]

    def shown(place: Any) -> str:
        return seen(client, address_of(place)).replace(withheld.name, "").replace(nobody.name, "")

    assert shown(withheld) == shown(nobody)


# --- Open data -----------------------------------------------------------------------------------

OF_DATASET = {
    "@type": str, "identifier": str, "title": str, "description": str, "keyword": list,
    "modified": str, "temporal": str, "accrualPeriodicity": str, "spatial": str,
    "language": list, "accessLevel": str, "license": str, "publisher": dict,
    "contactPoint": dict, "landingPage": str, "describedBy": str, "describedByType": str,
    "distribution": list,
}  # fmt: skip
OF_DISTRIBUTION = {"@type": str, "title": str, "downloadURL": str, "mediaType": str, "format": str}


def assert_shaped(found: dict[str, Any], shape: dict[str, type]) -> None:
    assert {name: type(value) for name, value in found.items()} == shape
    assert all(found.values())


def test_the_catalogue_has_the_shape_that_harvesters_read_and_every_file_answers(
    client: Client, august: City
) -> None:
    answer = client.get("/data.json")

    found = answer.json()
    assert answer["Content-Type"] == "application/json"
    assert found["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    assert len(found["dataset"]) == len(open_data.DATASETS)
    for each in found["dataset"]:
        assert_shaped(each, OF_DATASET)
        assert each["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert re.fullmatch(r"2026-08-01/2026-09-01", each["temporal"])
        for distribution in each["distribution"]:
            assert_shaped(distribution, OF_DISTRIBUTION)
            file = client.get(distribution["downloadURL"])
            assert file.status_code == 200
            assert file["Content-Type"].startswith(distribution["mediaType"])


def test_both_formats_hold_the_same_rows_under_the_columns_that_the_dictionary_names(
    client: Client, august: City
) -> None:
    dictionary = client.get("/data/").content.decode()

    for each in open_data.DATASETS:
        rows = client.get(f"/data/{each.slug}.json").json()
        lines = list(
            csv.DictReader(client.get(f"/data/{each.slug}.csv").content.decode().splitlines())
        )
        names = [column.name for column in each.columns]
        assert len(rows) == len(lines)
        assert all(list(row) == names for row in (*rows, *lines)), each.slug
        assert [{name: "" if v is None else str(v) for name, v in row.items()} for row in rows] == (
            lines
        )
        assert all(f"<code>{name}</code>" in dictionary for name in names)


def test_withheld_and_empty_places_carry_the_same_mark(client: Client, august: City) -> None:
    withheld, nobody = august.kelurahan[4].code, august.kelurahan[5].code

    homes = client.get("/data/rumah.json").json()
    stayed = {row["kode"]: row for row in client.get("/data/tinggal.json").json()}

    of_both = [row for row in homes if {withheld, nobody} & set(row["kunci"].split(";"))]
    assert len(of_both) == 1
    assert of_both[0]["tanda"] == "bersama"
    assert stayed[withheld]["tanda"] == stayed[nobody]["tanda"] == "tidak-ditampilkan"
    assert sum(row["rupiah"] for row in homes) == releases.figure(august.city, AUGUST).amount


@pytest.mark.parametrize("address", ["/data/rumah.csv", "/data/rumah.json", "/data.json"])
def test_a_filter_on_a_file_is_refused_with_the_files_there_are(
    client: Client, august: City, address: str
) -> None:
    refused = client.get(address, {"dari": "2026-08-02"})

    assert refused.status_code == 400
    said = refused.json()
    assert said["type"] == "/problems/figure-unknown"
    assert said["detail"] == "Berkas tidak menerima saringan; masing-masing memuat semua bulan."
    assert said["declared"]["filters"] == []
    assert all(client.get(path).status_code == 200 for path in said["declared"]["files"])


def test_there_is_no_file_of_agencies(client: Client, august: City) -> None:
    for slug in ("opd", "agency", "rt"):
        assert client.get(f"/data/{slug}.json").status_code == 404


def test_before_the_first_release_the_catalogue_is_empty(client: Client, home: HomePage) -> None:
    small_city()

    assert client.get("/data.json").json()["dataset"] == []
    assert client.get("/data/rumah.json").json() == []
