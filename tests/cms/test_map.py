"""The map's points and its list: the same shops, at their own place or somewhere in theirs."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from cms.map import REACH, places, spread, tiles_host
from cms.models import HomePage, Outline
from marketplace.models import Region
from tests.cms.factories import UmkmPageFactory
from tests.cms.test_pages import queries
from tests.marketplace.factories import CategoryFactory, RegionFactory

pytestmark = pytest.mark.django_db

VENDOR = project.BASE_DIR / "static/vendor/leaflet"
KASIN = "35.73.09.1901"


@pytest.fixture
def kasin(home: HomePage) -> Region:
    return RegionFactory(
        code=KASIN, name="Kasin", latitude=Decimal("-7.99"), longitude=Decimal("112.62")
    )


def points(client: Client, **query: str) -> list[list[Any]]:
    return client.get("/peta/toko.json", query).json()["shops"]


def test_a_shop_stands_at_its_own_position(client: Client, kasin: Region) -> None:
    UmkmPageFactory(
        title="Soto Pak Karim",
        slug="soto",
        region=kasin,
        latitude=Decimal("-7.981234"),
        longitude=Decimal("112.631234"),
    )

    assert points(client) == [[0, "Soto Pak Karim", "soto", -7.98123, 112.63123, 0]]


def test_a_shop_without_a_position_stands_near_the_middle_of_its_kelurahan(
    client: Client, kasin: Region
) -> None:
    for _ in range(3):
        UmkmPageFactory(region=kasin)

    found = points(client)

    assert len({tuple(point[3:5]) for point in found}) == 3
    assert all(point[5] == 1 for point in found)
    assert all(abs(point[3] + 7.99) <= REACH for point in found)
    assert all(abs(point[4] - 112.62) <= REACH for point in found)


def test_shops_around_one_middle_do_not_lie_on_each_other() -> None:
    around = [spread((-8.0, 112.6), number=number, total=40) for number in range(40)]

    apart = min(
        (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
        for number, a in enumerate(around)
        for b in around[number + 1 :]
    )
    assert apart**0.5 > REACH / 10


def test_a_kelurahan_without_a_middle_is_in_the_list_only(client: Client, home: HomePage) -> None:
    UmkmPageFactory(title="Entah di Mana", region=RegionFactory(name="Tak Terpeta"))

    assert points(client) == []
    assert "Entah di Mana" in client.get("/peta/").content.decode()


def test_drafts_and_closed_shops_are_not_on_the_map(client: Client, kasin: Region) -> None:
    UmkmPageFactory(region=kasin, live=False)
    UmkmPageFactory(region=kasin).unpublish()

    assert points(client) == []
    assert client.get("/peta/").context["total"] == 0


def test_the_map_narrows_by_category(client: Client, kasin: Region) -> None:
    crafts = CategoryFactory(slug="kerajinan", name="Kerajinan", name_en="Crafts")
    UmkmPageFactory(region=kasin, title="Soto")
    UmkmPageFactory(region=kasin, title="Topeng", category=crafts)

    assert [point[1] for point in points(client, category="kerajinan")] == ["Topeng"]
    assert len(points(client, category="tidak-ada")) == 2
    page = client.get("/peta/", {"category": "kerajinan"})
    assert page.context["total"] == 1
    assert "/peta/toko.json?category=kerajinan" in page.content.decode()


def test_only_who_is_open_is_shown_on_request(client: Client, kasin: Region) -> None:
    UmkmPageFactory(region=kasin, title="Tanpa jam")

    assert points(client, open="on") == []


@pytest.mark.parametrize("query", [{"category": "x" * 10_000}, {"open": "\x00"}, {"a": "b"}])
def test_a_hostile_query_is_answered(client: Client, home: HomePage, query: dict[str, str]) -> None:
    assert client.get("/peta/", query).status_code == 200
    assert client.get("/peta/toko.json", query).status_code == 200


def test_the_list_names_some_shops_and_leads_to_the_rest(client: Client, kasin: Region) -> None:
    for number in range(14):
        UmkmPageFactory(region=kasin, title=f"Warung {number:02}")

    shown = client.get("/peta/").content.decode()

    assert "Warung 11" in shown
    assert "Warung 12" not in shown
    assert f'href="/umkm/?place={KASIN}"' in shown


def test_the_map_costs_the_same_however_many_shops_there_are(client: Client, kasin: Region) -> None:
    def cost() -> tuple[int, int]:
        page = queries(lambda: client.get("/peta/"))
        return page, queries(lambda: client.get("/peta/toko.json"))

    UmkmPageFactory(region=kasin)
    few = cost()
    for _ in range(4):
        UmkmPageFactory()

    assert cost() == few
    assert few[1] <= 5


def test_what_the_browser_has_is_not_sent_again_until_a_shop_changes(
    client: Client, kasin: Region
) -> None:
    shop = UmkmPageFactory(region=kasin, title="Lama")
    first = client.get("/peta/toko.json")
    headers = {"If-None-Match": first["ETag"]}

    assert client.get("/peta/toko.json", headers=headers).status_code == 304
    shop.title = "Baru"
    shop.save()
    assert client.get("/peta/toko.json", headers=headers).json()["shops"][0][1] == "Baru"


# --- Tiles ---------------------------------------------------------------------------------------


def test_without_tiles_the_policy_allows_no_other_host(client: Client, home: HomePage) -> None:
    assert "http" not in client.get("/peta/")["Content-Security-Policy"]


def test_tiles_are_allowed_on_the_map_alone(
    client: Client, home: HomePage, settings: Settings
) -> None:
    settings.MAP_TILES_URL = "https://{s}.tiles.example.id/{z}/{x}/{y}.png"

    allowed = client.get("/peta/")["Content-Security-Policy"].split("; ")

    assert "img-src 'self' https://*.tiles.example.id" in allowed
    assert [each for each in allowed if "tiles" in each] == [
        "img-src 'self' https://*.tiles.example.id"
    ]
    assert "tiles" not in client.get("/umkm/")["Content-Security-Policy"]


def test_tiles_of_our_own_need_no_leave() -> None:
    assert tiles_host("/tiles/{z}/{x}/{y}.png") == ""
    assert tiles_host("") == ""


# --- Outlines ------------------------------------------------------------------------------------

SQUARE = [[[112.6, -7.9], [112.7, -7.9], [112.7, -8.0000001], [112.6, -7.9]]]


def feature(code: str, kind: str = "Polygon", coordinates: Any = SQUARE) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def geojson(folder: Path, *features: Any) -> Path:
    path = folder / "batas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_outlines_are_loaded_for_places_of_the_city_and_served(
    client: Client, kasin: Region, tmp_path: Path
) -> None:
    path = geojson(tmp_path, feature(KASIN), feature("99.99.99.9999"), feature(KASIN, "Point", [1]))

    call_command("load_outlines", path, verbosity=0)
    call_command("load_outlines", path, verbosity=0)

    served = client.get("/peta/batas.json").json()["features"]
    assert [one["id"] for one in served] == [KASIN]
    assert served[0]["geometry"]["coordinates"][0][2] == [112.7, -8.0]
    assert "/peta/batas.json" in client.get("/peta/").content.decode()


def test_a_sketch_keeps_the_corners_and_leaves_out_what_a_small_drawing_cannot_show(
    kasin: Region, tmp_path: Path
) -> None:
    sides = [(0, 0, 1, 0), (1, 0, 1, 1), (1, 1, 0, 1), (0, 1, 0, 0)]
    ring = [
        [112.6 + (x + (u - x) * step / 50) / 100, -7.9 + (y + (v - y) * step / 50) / 100]
        for x, y, u, v in sides
        for step in range(50)
    ]
    hole = [[112.601, -7.899], [112.602, -7.899], [112.602, -7.898], [112.601, -7.899]]
    several = feature(KASIN, "MultiPolygon", [[[*ring, ring[0]], hole]])

    call_command("load_outlines", geojson(tmp_path, several), verbosity=0)

    corners = [[112.6, -7.9], [112.61, -7.9], [112.61, -7.89], [112.6, -7.89], [112.6, -7.9]]
    assert Outline.objects.get().sketch == [corners]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"features": 1}',
        "[" * 100_000,
        json.dumps({"features": []}),
        json.dumps({"features": [1]}),
        json.dumps({"features": [feature(KASIN, coordinates=[[["x", 1]]])]}),
        json.dumps({"features": [feature(KASIN, coordinates=[[[1], [1], [1], [1]]])]}),
        json.dumps({"features": [feature(KASIN, coordinates=[1])]}),
        json.dumps({"features": [feature("99.99.99.9999")]}),
    ],
)
def test_a_bad_file_is_refused_whole(kasin: Region, tmp_path: Path, content: str) -> None:
    Outline.objects.create(region=kasin, geometry={})
    path = tmp_path / "batas.geojson"
    path.write_text(content)

    with pytest.raises(CommandError):
        call_command("load_outlines", path)

    assert Outline.objects.count() == 1


# --- What we serve of others ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", (VENDOR / "SHA256SUMS").read_text().splitlines(), ids=lambda line: line[66:]
)
def test_a_file_of_leaflet_is_the_one_that_was_published(line: str) -> None:
    digest, name = line.split()

    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_places_come_by_kecamatan_and_name(kasin: Region) -> None:
    RegionFactory(name="Bareng")

    assert [place.region.name for place in places()] == ["Bareng", "Kasin"]
