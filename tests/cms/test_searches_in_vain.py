"""The report of what was searched for and not found: words, place and how often."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cms.models.search import SearchMiss
from tests.marketplace.factories import RegionFactory

pytestmark = pytest.mark.django_db

REPORT = "/admin/katalog/laporan-editor/pencarian/"


def missed(words: str, *, times: int, days_ago: int = 0, place: str | None = None) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    SearchMiss.objects.create(words=words, place_id=place, day=day, count=times)


def told(desk: Client) -> list[tuple[str, str, int]]:
    rows = desk.get(REPORT).context["object_list"]
    return [(row["words"], row["where"], row["times"]) for row in rows]


def test_what_is_missed_most_comes_first_summed_over_its_days(desk: Client) -> None:
    dinoyo = RegionFactory(name="Dinoyo")
    missed("seblak", times=2)
    missed("seblak", times=3, days_ago=9)
    missed("seblak", times=4, place=dinoyo.pk)
    missed("pempek", times=9)

    assert told(desk) == [
        ("pempek", "seluruh kota", 9),
        ("seblak", "seluruh kota", 5),
        ("seblak", "Dinoyo", 4),
    ]


def test_what_was_typed_once_or_twice_or_long_ago_is_not_told(desk: Client) -> None:
    missed("nama seseorang", times=2)
    missed("seblak", times=50, days_ago=90)

    assert told(desk) == []
    assert desk.get(REPORT).status_code == 200


def test_it_is_exported_without_formulas(desk: Client) -> None:
    missed("=1+1", times=3)

    csv = b"".join(desk.get(REPORT, {"export": "csv"}).streaming_content).decode()
    xlsx = b"".join(desk.get(REPORT, {"export": "xlsx"}).streaming_content)

    assert "'=1+1,seluruh kota,3" in csv
    assert load_workbook(BytesIO(xlsx)).active["A2"].data_type == "s"
