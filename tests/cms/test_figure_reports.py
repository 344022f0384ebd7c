"""The reports of figures in the admin: what is released, to whom, and as files."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cms.admin.figure_rows import lens_rows, money_rows, range_of, turnout_rows
from cms.models import HomePage
from marketplace import closing, releases
from marketplace.models import Agency, Lens, Region
from tests.journeys.roles_table import users_of_roles
from tests.marketplace.city import City, small_city
from tests.marketplace.months import AUGUST, SEPTEMBER, after, neighbours, shop, shops_in

MONEY, TURNOUT, LENSES = (
    "/admin/angka/perputaran/",
    "/admin/angka/partisipasi/",
    "/admin/angka/lensa/",
)
KELURAHAN = Region.Level.KELURAHAN
ALL = (date(2000, 1, 1), date(2100, 1, 1))
FORMULAS = ("=", "+", "-", "@")


@pytest.fixture
def city(home: HomePage) -> City:
    """Six people of kelurahan 0 and six of 3 shopped in August and September; two of 4 in August.

    Of 5 nobody did. Both months are closed.
    """
    city = small_city()
    people = [neighbours(city.kelurahan[number], 6) for number in (0, 3)]
    shops = [shops_in(city.kelurahan[number], 4) for number in (0, 3)]
    few = neighbours(city.kelurahan[4], 2)
    for month in (AUGUST, SEPTEMBER):
        for buyers, there in zip(people, shops, strict=True):
            shop(buyers, there, day=month.replace(day=20), amount=90_000)
        if month == AUGUST:
            shop(few, shops[1], day=month.replace(day=20))
        with after(month):
            closing.close_month(month)
    return city


@pytest.fixture
def leader(client: Client, city: City) -> Client:
    client.force_login(users_of_roles()["leadership"])
    return client


def as_csv(client: Client, address: str, **asked: str) -> list[dict[str, str]]:
    response = client.get(address, {**asked, "export": "csv"})
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def as_xlsx(client: Client, address: str, **asked: str) -> list[dict[str, Any]]:
    response = client.get(address, {**asked, "export": "xlsx"})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    head, *rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


# --- Who -----------------------------------------------------------------------------------------


def test_the_reports_open_to_who_looks_after_people_and_to_nobody_else(
    client: Client, city: City
) -> None:
    opened = set()
    for role, user in users_of_roles().items():
        client.force_login(user)
        codes = [client.get(address).status_code for address in (MONEY, TURNOUT, LENSES)]
        if codes == [200, 200, 200]:
            opened.add(role)
        else:
            assert codes == [302, 302, 302]

    assert opened == {"coordinator", "leadership"}


# --- What ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lens", Lens.by_place())
def test_the_rows_are_the_released_figures_newest_first_then_by_code(
    lens: Lens, city: City
) -> None:
    rows = money_rows(lens, KELURAHAN, period="month", within=ALL)

    said = [(row.last, row.code, row.amount or row.joint) for row in rows]
    assert said == [
        (f"{month:%Y-%m}", figure.place.code, figure.amount)
        for month in (SEPTEMBER, AUGUST)
        for figure in releases.kelurahan_figures(month, lens=lens)
    ]


def test_outside_the_city_stands_beside_the_kecamatan(city: City) -> None:
    within = (SEPTEMBER, SEPTEMBER)

    rows = money_rows(Lens.SHOP, Region.Level.KECAMATAN, period="month", within=within)

    told = [
        releases.figure(place, SEPTEMBER, lens=Lens.SHOP)
        for place in (*city.kecamatan, city.outside)
    ]
    assert [(row.code, row.amount or row.joint) for row in rows] == [
        (figure.place.code, figure.amount) for figure in told
    ]


def test_a_year_is_the_sum_of_the_months_in_which_a_place_stands_alone(city: City) -> None:
    for period, last in (("quarter", date(2026, 9, 1)), ("year", date(2026, 12, 1))):
        rows = {
            row.code: row for row in money_rows(Lens.HOME, KELURAHAN, period=period, within=ALL)
        }

        for place in city.kelurahan:
            first = date(2026, 7 if period == "quarter" else 1, 1)
            told = releases.sum_of(place, first=first, last=last)
            row = rows[place.code]
            assert (row.amount, row.months, row.closed) == (told.amount, told.months, told.closed)


def test_withheld_and_empty_look_alike(leader: Client, city: City) -> None:
    withheld, nobody = city.kelurahan[4], city.kelurahan[5]
    for period in ("month", "year"):
        rows = {
            (row["Kode"], row["Bulan terakhir"]): row
            for row in as_csv(leader, MONEY, period=period)
        }
        last = "2026-08" if period == "month" else "2026-12"

        found = [
            {**rows[place.code, last], "Kode": "", "Tempat": "", "Bersama": ""}
            for place in (withheld, nobody)
        ]

        assert found[0] == found[1]
        assert (found[0]["Tanda"], found[0]["Rupiah"]) == ("bersama", "")


def test_who_took_part_is_what_the_api_says_with_its_denominator(city: City) -> None:
    rows = turnout_rows(agency="", within=ALL)

    told = [each for month in (SEPTEMBER, AUGUST) for each in releases.turnouts(month)]
    assert [(row.employed, row.buyers, row.rate) for row in rows] == [
        (each.employed, each.buyers, each.rate) for each in told
    ]
    assert rows[0].agency == "Seluruh kota"


@pytest.mark.parametrize("lens", [lens for lens in Lens if lens not in Lens.by_place()])
def test_every_other_lens_shows_each_of_its_blocks(lens: Lens, city: City) -> None:
    rows = lens_rows(lens, within=ALL)

    told = [part for month in (AUGUST, SEPTEMBER) for part in releases.parts(lens, month).parts]
    assert sorted(row.amount for row in rows) == sorted(part.amount for part in told)
    assert all(row.name for row in rows)


def test_a_month_and_a_year_leave_over_their_own_months(city: City) -> None:
    assert range_of(year=None, month=SEPTEMBER) == (SEPTEMBER, SEPTEMBER)
    assert range_of(year=2026, month=None) == (date(2026, 1, 1), date(2026, 12, 1))


# --- Files ---------------------------------------------------------------------------------------


def test_both_files_hold_whole_rupiah_and_the_day_of_closing(leader: Client, city: City) -> None:
    asked = {"level": "city", "month": "2026-09"}
    [text], [cells] = as_csv(leader, MONEY, **asked), as_xlsx(leader, MONEY, **asked)

    amount = releases.figure(city.city, SEPTEMBER).amount
    assert cells["Rupiah"] == amount == int(text["Rupiah"])
    assert isinstance(cells["Rupiah"], int)
    assert text["Ditutup pada"] == "2026-10-03"
    assert (cells["Label"], cells["Dibulatkan ke (Rp)"]) == ("terukur", 1)
    named = leader.get(MONEY, {**asked, "export": "csv"}).headers["Content-Disposition"]
    assert "perputaran-home-city-month-2026-09.csv" in named


def test_a_name_that_begins_like_a_formula_is_text(leader: Client, city: City) -> None:
    Region.objects.filter(pk=city.kelurahan[0].pk).update(name="=1+1")
    Agency.objects.update(name="@SUM(A1)", abbreviation="+1")

    for address in (MONEY, TURNOUT):
        cells = [cell for row in as_csv(leader, address) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(FORMULAS)]
    assert "=1+1" in [row["Tempat"] for row in as_xlsx(leader, MONEY)]


# --- What was asked ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "asked", "declared"),
    [
        (MONEY, {"month": "2019-13"}, "2026-09, 2026-08"),
        (MONEY, {"year": "200"}, "2026"),
        (MONEY, {"lens": "foo"}, "home, shop"),
        (MONEY, {"level": "rw"}, "kelurahan, kecamatan, city"),
        (MONEY, {"period": "week"}, "month, quarter, year"),
        (MONEY, {"ordering": "-amount"}, "year, month, lens, level, period"),
        (TURNOUT, {"agency": "\x00"}, "year, month, agency"),
        (TURNOUT, {"buyer": "1"}, "year, month, agency"),
        (LENSES, {"lens": "home"}, "ring, category, evidence, payment, day, flow, agency"),
    ],
)
def test_what_is_not_declared_is_refused_with_what_is(
    address: str, asked: dict[str, str], declared: str, leader: Client
) -> None:
    for export in ({}, {"export": "xlsx"}):
        response = leader.get(address, {**asked, **export})

        assert response.status_code == 400
        said = response.content.decode()
        assert declared in said or "\x00" in asked.values()


def test_no_column_can_be_sorted_by(leader: Client) -> None:
    for address in (MONEY, TURNOUT, LENSES):
        assert "ordering=" not in leader.get(address).content.decode()


def test_as_many_statements_for_two_months_as_for_one(leader: Client) -> None:
    for address in (MONEY, TURNOUT, LENSES):
        counts = []
        for asked in ({}, {"month": "2026-08"}, {}):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                leader.get(address, asked)
            counts.append(len(seen))
        assert counts[1] == counts[2] <= 25, address
