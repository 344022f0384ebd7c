"""The public pages of figures and their file: closed months, blocks, and the same for everyone."""

import csv
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.figures_map import Map, draw_map, outline
from cms.models import HomePage
from cms.models.map import Outline
from cms.templatetags.figures import together_with
from marketplace import closing, releases, tasks
from marketplace.models import BookMonth, CollectiveGoal, LocalSurvey, Umkm
from tests.marketplace.city import City, small_city
from tests.marketplace.months import (
    AUGUST,
    SEPTEMBER,
    after,
    draw_purchases,
    neighbours,
    on,
    shop,
    shops_in,
)

MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 20), date(2026, 9, 14)
FIGURES = "/perputaran/"
FILE = "/perputaran/csv/"


@pytest.fixture(autouse=True)
def drawn_each_time(settings: Any) -> None:
    """What is kept would hide what has changed; test_brief_cache.py looks at that."""
    settings.CATALOGUE_CACHE_SECONDS = 0


@pytest.fixture
def city(home: HomePage) -> City:
    """A small city with a site; each kelurahan has a centroid."""
    city = small_city()
    for number, kelurahan in enumerate(city.kelurahan):
        kelurahan.latitude = -7.9 - number % 3 / 100
        kelurahan.longitude = 112.6 + number // 3 / 100
        kelurahan.save(update_fields=["latitude", "longitude"])
    return city


@pytest.fixture
def august(city: City) -> City:
    """Six people of kelurahan 0, six of 3 and two of 4 spent Rp10,000 each; August is closed."""
    shops = shops_in(city.kelurahan[0])
    for number, count in ((0, 6), (3, 6), (4, 2)):
        shop(neighbours(city.kelurahan[number], count), shops, day=MID_AUGUST)
    close(AUGUST)
    return city


def close(month: date) -> None:
    with after(month):
        closing.close_month(month)


def seen(client: Client, address: str = FIGURES, **query: str) -> str:
    """The words of a page's main part, in one line."""
    response = client.get(address, query)
    assert response.status_code == 200
    main = response.content.decode().split("<main")[1].split("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def address_of(place: Any) -> str:
    return f"{FIGURES}{place.code.replace('.', '-')}/"


def statements(do: Callable[[], object]) -> int:
    do()
    with CaptureQueriesContext(connection) as found:
        do()
    return len(found)


# --- The city ------------------------------------------------------------------------------------


def test_before_the_first_closing_the_page_says_when_figures_appear(
    client: Client, city: City
) -> None:
    shop(neighbours(city.kelurahan[0], 6), shops_in(city.kelurahan[0]), day=MID_AUGUST)

    assert "Rp" not in seen(client)
    assert client.get(FILE).status_code == 404
    assert client.get(address_of(city.kelurahan[0])).status_code == 404


def test_the_open_month_shows_the_citys_counter_and_nothing_by_place(
    client: Client, august: City
) -> None:
    people = neighbours(august.kelurahan[0], 6)
    shop(people, shops_in(august.kelurahan[0]), day=MID_SEPTEMBER, amount=20_555_000)
    for address in (FIGURES, "/"):
        assert "Rp123 juta" not in seen(client, address)
    before = seen(client, address_of(august.kelurahan[0]))

    with on(date(2026, 9, 15)):
        tasks.step_counter()

    assert "September 2026 sudah Rp123 juta" in seen(client)
    assert "per 15 September" in seen(client)
    assert "September 2026 sudah Rp123 juta , per 15 September." in seen(client, "/")
    assert seen(client, address_of(august.kelurahan[0])) == before


def test_a_goal_stands_on_the_page_of_its_place_and_the_citys_on_the_front_page(
    client: Client, august: City
) -> None:
    months = {"first_month": AUGUST, "last_month": AUGUST, "amount": 1_000_000}
    joint, place = august.kelurahan[4], august.kecamatan[1]
    CollectiveGoal.objects.create(name="Seluruh kota bersama", **months)
    CollectiveGoal.objects.create(name="Sekecamatan", region=place, **months)
    CollectiveGoal.objects.create(name="Sekelurahan", region=joint, **months)

    with on(MID_SEPTEMBER):
        whole, own, other = (
            seen(client, each) for each in (FIGURES, *map(address_of, (place, joint)))
        )
    with on(MID_AUGUST):
        front = seen(client, "/")

    assert all(name in whole for name in ("Seluruh kota bersama", "Sekecamatan", "Sekelurahan"))
    assert "Sekecamatan" in own
    assert "Sekelurahan" not in own
    assert "Rp80.000 tercapai bersama. Terima kasih" in own
    assert "Dari target 8%" in own
    assert "Diisi bersama: Rp1 juta. Sejauh ini hanya tampil dalam jumlah bersama" in other
    assert "Seluruh kota bersama" in front
    assert "Sekecamatan" not in front
    assert not re.search(r"\bkurang\b", whole + own + other + front)


def test_the_multiplier_is_a_range_with_its_method_and_labelled_as_estimated(
    client: Client, august: City
) -> None:
    assert "LM3" not in seen(client).replace("seperti LM3 di sini", "")
    LocalSurvey.objects.create(
        year=2025, closed_at=timezone.now(), answers_counted=17, low="1.5", high="2.0"
    )

    said = seen(client)

    assert "1,5–2,0 perkiraan" in said
    assert "sekurangnya 15 jawaban" in said
    assert "New Economics Foundation" in said


def test_the_citys_page_shows_its_month_its_year_and_every_place(
    client: Client, august: City
) -> None:
    shown = seen(client)

    assert "Rp140.000" in shown
    assert all(place.name in shown for place in (*august.kecamatan, *august.kelurahan))


def test_the_map_is_drawn_with_a_bubble_per_kelurahan_and_says_what_holds_its_numbers(
    client: Client, august: City
) -> None:
    response = client.get(FIGURES).content.decode()

    assert response.count("<circle class=") == len(august.kelurahan)
    assert re.search(r'<svg[^>]* role="img"\s+aria-label="[^"]+"', response)


def test_an_earlier_month_stays_at_its_address(client: Client, august: City) -> None:
    before = seen(client, bulan="2026-08")
    shop(neighbours(august.kelurahan[3], 8), Umkm.objects.all(), day=MID_SEPTEMBER)
    close(SEPTEMBER)

    earlier = seen(client, bulan="2026-08")

    assert "Rp80.000" in seen(client)
    assert "Rp140.000" in earlier
    for place in august.kelurahan:
        assert before.count(place.name) == earlier.count(place.name)


def test_a_month_released_with_the_next_is_shown_as_both(client: Client, city: City) -> None:
    few = neighbours(city.kelurahan[0], 2)
    shops = shops_in(city.kelurahan[0])
    shop(few, shops, day=MID_AUGUST)
    close(AUGUST)
    shop(neighbours(city.kelurahan[0], 6), shops, day=MID_SEPTEMBER)
    close(SEPTEMBER)

    for month in ("2026-08", "2026-09"):
        assert re.search(r"Rp80\.000 \w+ 2026 – \w+ 2026", seen(client, bulan=month))


def test_a_closed_month_says_why_it_shows_nothing_yet(client: Client, august: City) -> None:
    waiting = BookMonth.objects.create(month=SEPTEMBER)

    assert str(waiting.get_state_display()) in seen(client, bulan="2026-08")
    assert client.get(FIGURES, {"bulan": "2026-09"}).status_code == 404


def test_a_month_that_is_not_released_is_not_found(client: Client, august: City) -> None:
    for month in ("2026-09", "2026-07", "2026", "kemarin", "\x00", "2026-8-1"):
        for address in (FIGURES, FILE):
            assert client.get(address, {"bulan": month}).status_code == 404, (address, month)


# --- A place -------------------------------------------------------------------------------------


def test_a_joint_sum_names_the_places_it_is_joint_with(client: Client, august: City) -> None:
    shown = seen(client, address_of(august.kelurahan[4]))

    assert "Rp80.000" in shown
    assert august.kelurahan[3].name in shown
    assert august.kelurahan[5].name in shown


def test_nothing_and_withheld_look_alike(client: Client, august: City) -> None:
    withheld, nobody = august.kelurahan[4], august.kelurahan[5]

    def shown(place: Any) -> str:
        return seen(client, address_of(place)).replace(withheld.name, "").replace(nobody.name, "")

    assert shown(withheld) == shown(nobody)


def test_a_kecamatan_has_a_page_with_its_kelurahan(client: Client, august: City) -> None:
    address = address_of(august.kecamatan[1])

    shown, markup = seen(client, address), client.get(address).content.decode()

    assert "Rp80.000" in shown
    assert all(place.name in shown for place in august.kelurahan[3:])
    assert address_of(august.kelurahan[3]) in markup
    assert address_of(august.kelurahan[0]) not in markup


def test_a_kecamatan_is_not_joint_with_its_own_kelurahan(august: City) -> None:
    joint = releases.figure(august.kecamatan[0], AUGUST)

    said = together_with(joint, {code: f"Tempat {code}" for code in joint.places})

    assert not joint.whole
    assert said == f"Tempat {august.outside.code}"


def test_homes_outside_the_city_have_a_page(client: Client, august: City) -> None:
    assert "Rp60.000" in seen(client, address_of(august.outside))


def test_a_least_sum_of_the_year_says_of_how_many_months(client: Client, august: City) -> None:
    shop(neighbours(august.kelurahan[3], 6), Umkm.objects.all(), day=MID_SEPTEMBER)
    close(SEPTEMBER)

    shown = seen(client, address_of(august.kecamatan[1]))

    assert re.search(r"Rp80\.000", shown)
    assert re.search(r"\(1 (of|dari) 2 ", shown)


def test_a_place_that_is_none_is_not_found(client: Client, august: City) -> None:
    for slug in ("35-73-99-9999", "35-73", "35", "csv2", "35.73.01.1001"):
        assert client.get(f"{FIGURES}{slug}/").status_code == 404, slug


# --- The file ------------------------------------------------------------------------------------


def test_the_file_holds_what_the_page_shows(client: Client, august: City) -> None:
    response = client.get(FILE, {"bulan": "2026-08"})

    rows = {row["kode"]: row for row in csv.DictReader(response.content.decode().splitlines())}
    joint = rows[august.kelurahan[4].code]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == len(august.kelurahan) + 1
    assert (joint["rupiah"], joint["pembeli"], joint["bulan_akhir"]) == ("80000", "5", "2026-08")
    assert joint["bersama"].split() == [august.kelurahan[3].code, august.kelurahan[5].code]


# --- Frozen, and flat ----------------------------------------------------------------------------


def test_nothing_bought_or_recorded_late_changes_a_byte_of_what_is_shown(
    client: Client, august: City
) -> None:
    addresses = [FIGURES, FILE, *map(address_of, (*august.kecamatan, *august.kelurahan))]

    def public() -> list[str]:
        answers = [client.get(address).content.decode() for address in addresses]
        return [re.sub(r'nonce="[^"]*"|value="[^"]{64}"', "", text) for text in answers]

    before = public()
    buyers = neighbours(august.kelurahan[5], 7)
    shop(buyers, Umkm.objects.all(), day=MID_SEPTEMBER)

    assert public() == before


def test_the_pages_cost_the_same_however_much_lies_behind_them(
    client: Client, august: City
) -> None:
    asked = {FIGURES: 50, FILE: 15, address_of(august.kecamatan[1]): 30}

    def settled(address: str) -> int:
        """Of a second visit: what is frozen is read."""
        client.get(address)
        return statements(lambda: client.get(address))

    few = {address: settled(address) for address in asked}
    shops = shops_in(august.kelurahan[3], 8)
    draw_purchases(august.kelurahan, shops, month=SEPTEMBER, count=500, seed=3)
    close(SEPTEMBER)

    for address, most in asked.items():
        many = settled(address)
        # The city's page looks for the months before, too, and what is not there is asked twice.
        assert many == few[address] or (address == FIGURES and many < few[address]), address
        assert few[address] <= most, address


# --- The map -------------------------------------------------------------------------------------


def drawn(city: City) -> Map:
    figures = releases.kelurahan_figures(AUGUST)
    found = draw_map(figures, {place.code: n for n, place in enumerate(city.kecamatan, 1)})
    assert found is not None
    return found


def test_the_map_lies_within_its_frame_north_up(august: City) -> None:
    found = drawn(august)

    north, south = august.kelurahan[0], august.kelurahan[2]
    height = {bubble.figure.place.code: float(bubble.y) for bubble in found.bubbles}
    assert all(0 < float(bubble.x) < 400 for bubble in found.bubbles)
    assert all(0 < float(bubble.y) < found.height for bubble in found.bubbles)
    assert height[north.code] < height[south.code]
    assert {bubble.mark for bubble in found.bubbles} == {1, 2}
    assert [field.name for field in found.fields] == [place.name for place in august.kecamatan]


def test_kelurahan_that_share_one_sum_are_named_once_with_it(client: Client, city: City) -> None:
    buyers = neighbours(city.kelurahan[0], 3) + neighbours(city.kelurahan[1], 3)
    shop(buyers, shops_in(city.kelurahan[0]), day=MID_AUGUST)
    close(AUGUST)
    figures = releases.kelurahan_figures(AUGUST)
    assert len({figure.places for figure in figures}) == 1

    words = seen(client)

    both = [place for place in city.kelurahan if place.parent_id == city.kecamatan[0].code]
    named = " , ".join(place.name for place in both)
    assert f"Tampil bersama, tidak ada yang sendiri: {named} ; bersama " in words


def test_outlines_that_the_operator_loads_stand_in_the_place_of_the_fields(
    client: Client, august: City
) -> None:
    place = august.kelurahan[0]
    x, y = float(place.longitude or 0), float(place.latitude or 0)
    ring = [[x - 1, y - 1], [x + 1, y - 1], [x + 1, y + 1], [x - 1, y - 1]]
    before = client.get(FIGURES).content.decode()

    Outline.objects.create(region=place, geometry={}, sketch=[ring])
    after = client.get(FIGURES).content.decode()

    assert before.count("figure-map__field") == len(august.kecamatan)
    assert "figure-map__shape" not in before
    assert after.count("figure-map__shape") == 1
    assert "figure-map__field" not in after
    shape = draw_map(releases.kelurahan_figures(AUGUST), {}, {place.code: [ring]})
    assert shape is not None
    assert shape.shapes[0].path.startswith("M33.3 ")  # the frame holds the whole outline


def test_a_place_without_a_centroid_is_left_out(august: City) -> None:
    codes = {bubble.figure.place.code for bubble in drawn(august).bubbles}

    assert august.outside.code not in codes
    assert draw_map([], {}) is None


def test_the_outline_goes_around_all_points() -> None:
    corners = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]

    assert sorted(outline([*corners, (2.0, 2.0), (1.0, 3.0), (4.0, 4.0)])) == sorted(corners)
    assert outline([(1.0, 1.0)]) == [(1.0, 1.0)]
    assert sorted(outline([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)])) == [(0.0, 0.0), (2.0, 2.0)]
