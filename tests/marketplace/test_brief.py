"""The page for the mayor's meeting: one page, released figures alone, the same file each time."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PageObject, PdfReader
from pytest_django import DjangoAssertNumQueries

from marketplace import closing, goals
from marketplace.brief import Area, Brief, brief_of
from marketplace.brief_admin import pdf_of
from marketplace.brief_drawing import MARGIN
from marketplace.brief_sheet import HEIGHT, WIDTH, Sheet
from marketplace.models import BookMonth, CollectiveGoal, Evidence, Lens, Region
from marketplace.models.purchases import Ring
from marketplace.multiplier import Multiplier
from marketplace.releases import Figure, Part, Parts, TakingPart
from tests.accounts.factories import UserFactory
from tests.marketplace.city import City
from tests.marketplace.months import (
    AUGUST,
    SEPTEMBER,
    after,
    neighbours,
    on,
    shop,
    shops_in,
)

pytestmark = pytest.mark.django_db

TRILLIONS = 9_876_543_210_987


@pytest.fixture
def august(city: City) -> City:
    """Six people of kelurahan 0, six of 3 and two of 4 spent Rp10,000 each; August is closed."""
    shops = shops_in(city.kelurahan[0])
    for number, count in ((0, 6), (3, 6), (4, 2)):
        shop(neighbours(city.kelurahan[number], count), shops, day=date(2026, 8, 20))
    close(AUGUST)
    return city


def close(month: date) -> None:
    with after(month):
        closing.close_month(month)


def page_of(pdf: bytes) -> PageObject:
    """The only page."""
    [page] = PdfReader(BytesIO(pdf)).pages
    return page


def words_of(pdf: bytes) -> str:
    return " ".join(page_of(pdf).extract_text().split())


def made(month: date) -> str:
    return words_of(pdf_of(brief_of(month)))


def leader(client: Client) -> Client:
    """Someone who works in the admin and may see how many take part."""
    user = UserFactory()
    codenames = ["access_admin", "view_turnout"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d[\d.,]*\d|\d", text))


# --- What it says --------------------------------------------------------------------------------


def test_the_page_says_what_the_release_says_with_every_label_of_evidence(august: City) -> None:
    said = made(AUGUST)

    assert "Agustus 2026" in said
    assert "tepatnya Rp140.000" in said
    for label in ("terukur", "dinyatakan", "perkiraan", "Pembulatan", "Tidak ditampilkan"):
        assert label in said
    assert "3 September 2026" in said  # the day of closing
    assert "Kecamatan 1 Rp60.000" in said
    assert "/perputaran/" in said
    assert "/data/" in said


def test_a_month_is_held_against_the_one_before_in_words(august: City) -> None:
    shop(neighbours(august.kelurahan[0], 7), shops_in(august.kelurahan[0]), day=date(2026, 9, 14))
    close(SEPTEMBER)

    said = made(SEPTEMBER)

    assert "Rp70.000 (50%) di bawah Agustus 2026 (Rp140.000)" in said
    assert "Dibandingkan September 2025: tidak ditampilkan" in said
    assert "2026 sejauh ini (2 dari 2 bulan tertutup)" in said
    assert "Rp210.000" in said
    assert "Rp210.000" not in made(AUGUST)  # a year is told as it stood then


def test_no_number_stands_there_that_the_facts_do_not_hold(august: City) -> None:
    brief = brief_of(AUGUST)
    held = {brief.figure.amount, brief.figure.purchases, brief.figure.buyers, brief.figure.shops}
    held |= {figure.amount for area in brief.areas for figure in (area.home, area.shop) if figure}
    held |= {part.amount for parts in (brief.rings, brief.kinds) if parts for part in parts.parts}
    held |= {each.employed for _month, each in brief.people if each} | set(brief.units)
    held |= {each.buyers for _month, each in brief.people if each}
    held |= {brief.spread.listed, brief.spread.year_shops} if brief.spread else set()
    written = {f"{number:,}".replace(",", ".") for number in held if number is not None}
    rates = {str(each.rate) for _month, each in brief.people if each}
    dates = {"2026", "2025", "3"}
    names = {"1", "2"}  # of both kecamatan, and the rounds of LM3
    course = {"0,1"}  # Rp140.000 in millions
    counted = {"5"}  # "fewer than 5"
    of_months = {"1"}

    said = re.sub(r"https?://\S+|\d+ lainnya|LM3", "", words_of(pdf_of(brief)))

    known = written | rates | dates | names | course | counted | of_months
    assert numbers_in(said) - known == set()


def test_withheld_and_empty_look_alike(august: City) -> None:
    brief = brief_of(AUGUST)
    nothing = replace(brief, areas=(), rings=None, kinds=None, evidence=None, spread=None)
    withheld = replace(nothing, people=tuple((month, None) for month, _each in brief.people))

    said = words_of(pdf_of(withheld))

    assert said.count("Tidak ditampilkan untuk bulan ini") == 6
    assert "Belum ada survei dengan hasil" in said


def test_a_reader_who_asks_for_english_gets_it(august: City) -> None:
    with translation.override("en"):
        said = made(AUGUST)

    assert "exactly Rp140,000" in said
    assert "Taking part" in said


def test_goals_stand_as_they_stood_when_the_month_was_closed(august: City) -> None:
    CollectiveGoal.objects.create(
        name="Sekota", first_month=AUGUST, last_month=SEPTEMBER, amount=1_000_000
    )
    before = pdf_of(brief_of(AUGUST))
    shop(neighbours(august.kelurahan[0], 7), shops_in(august.kelurahan[0]), day=date(2026, 9, 14))
    close(SEPTEMBER)

    assert "Rp140.000 dari Rp1 juta (14%)" in words_of(before)
    assert pdf_of(brief_of(AUGUST)) == before


# --- How it is made ------------------------------------------------------------------------------


def test_the_same_month_is_the_same_file_and_its_structure_is_told(
    august: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with on(date(2026, 9, 10)):
        first = pdf_of(brief_of(AUGUST))
    with on(date(2026, 11, 20)), django_assert_max_num_queries(60):
        second = pdf_of(brief_of(AUGUST))

    assert first == second
    root = PdfReader(BytesIO(first)).trailer["/Root"]
    kinds = {kid.get_object()["/S"] for kid in root["/StructTreeRoot"]["/K"][0]["/K"]}
    assert kinds == {"/H1", "/H2", "/P", "/Figure"}
    assert root["/Lang"] == "id"
    assert PdfReader(BytesIO(first)).metadata.title.endswith("Agustus 2026")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_fullest_page_is_one_page_with_nothing_over_an_edge_or_another_word(
    august: City, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    written: list[Written] = []
    draw = Sheet.write

    def noting(sheet: Sheet, text: str, x: float, y: float, *rest: Any) -> float:
        width = draw(sheet, text, x, y, *rest)
        align = rest[2] if len(rest) > 2 else "left"
        left = x - {"left": 0, "middle": width / 2, "right": width}[align]
        if not sheet._measuring:
            written.append(Written(left, y, left + width, text))
        return width

    monkeypatch.setattr(Sheet, "write", noting)
    with translation.override(language):
        page_of(pdf_of(fullest(brief_of(AUGUST))))

    assert len(written) > 100
    assert [w for w in written if w.left < MARGIN - 1 or w.right > WIDTH - MARGIN + 0.1] == []
    assert [w for w in written if w.y > HEIGHT - 5] == []
    assert [pair for pair in combinations(written, 2) if meet(*pair)] == []


@dataclass(frozen=True)
class Written:
    """Where a text stands, in millimetres."""

    left: float
    y: float
    right: float
    text: str


def meet(one: Written, other: Written) -> bool:
    """Whether two texts stand on one line and touch."""
    return abs(one.y - other.y) < 1.5 and one.left < other.right and other.left < one.right


def fullest(brief: Brief) -> Brief:
    """Long names, trillions, joint sums of twelve places, every lens, thirty kecamatan."""
    long = "Kelurahan dengan Nama yang Sungguh Panjang"
    codes = tuple(f"35.73.09.{1000 + number}" for number in range(12))
    rows = [
        Figure(
            place=Region(code=f"35.73.{number:02}", level="kecamatan", name=f"{long} {number}"),
            first_month=AUGUST,
            month=AUGUST,
            amount=TRILLIONS,
            purchases=5,
            places=codes,
            whole=False,
        )
        for number in range(10, 40)
    ]
    keys = tuple(f"{long} {number}" for number in range(14))
    people = TakingPart(
        agencies=(),
        first_month=AUGUST,
        month=AUGUST,
        closed_on=AUGUST,
        employed=1_234_567,
        buyers=1_234_565,
        rate=95,
        reached=1_234_565,
        first_timers=1_234_565,
        quartiles=(10**9, 10**9, 10**9),
        year_buyers=1_234_565,
    )
    month = replace(brief.figure, amount=TRILLIONS, purchases=9_999_995, buyers=999_995)
    goal = goals.Progress(
        goal=CollectiveGoal(
            name=long * 3, first_month=AUGUST, last_month=SEPTEMBER, amount=TRILLIONS
        ),
        who=goals.Who("x", long * 3, goals.AGENCY),
        state=goals.State.RUNNING,
        amount=TRILLIONS,
        months=1,
        released=2,
        live=(),
    )
    return replace(
        brief,
        figure=month,
        before=replace(month, amount=1),
        year_ago=replace(month, amount=TRILLIONS + 1),
        course=tuple(replace(month, first_month=date(2026, 7, 1)) for _number in range(12)),
        people=tuple((month, people) for month, _each in brief.people),
        areas=tuple(Area(row, replace(row, places=codes[1:]), TRILLIONS) for row in rows),
        rings=parts(Lens.RING, *((ring,) for ring in Ring.values)),
        kinds=parts(Lens.CATEGORY, keys[:12], *((key,) for key in keys)),
        evidence=parts(Lens.EVIDENCE, *((kind,) for kind in Evidence.Kind.values)),
        goals=(goal, goal),
        multiplier=Multiplier(2026, Decimal("1.0"), Decimal("3.0"), 995),
        place_names=dict.fromkeys(codes, long),
    )


def parts(lens: Lens, *blocks: tuple[str, ...]) -> Parts:
    """A lens in such blocks, each of trillions."""
    each = tuple(Part(keys, TRILLIONS, 5, 5, 5) for keys in blocks)
    return Parts(lens, AUGUST, AUGUST, 10**10, each)


def test_the_library_is_loaded_by_who_draws_and_not_by_every_web_worker() -> None:
    at_start = re.compile(r"^(from|import) .*(\bfpdf|brief_sheet|brief_drawing)\b", re.MULTILINE)
    apps = [path for path in Path().glob("*/**/*.py") if path.parts[0] not in ("tests", ".venv")]

    loading = {path.name for path in apps if at_start.search(path.read_text())}

    assert loading == {"brief_sheet.py", "brief_drawing.py"}


# --- Who may have it -----------------------------------------------------------------------------


def test_who_may_see_rates_is_given_the_file_by_month_and_no_cache_keeps_it(
    client: Client, august: City
) -> None:
    answer = leader(client).get(reverse("marketplace_brief"), {"month": "2026-08"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        'inline; filename="perputaran-kota-malang-2026-08.pdf"'
    )
    assert "no-store" in answer["Cache-Control"]
    assert answer.content == leader(client).get(reverse("marketplace_brief")).content


def test_nobody_else_is_given_it(client: Client, august: City) -> None:
    address = reverse("marketplace_brief")
    assert client.get(address).status_code == 302
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    client.force_login(user)

    assert client.get(address)["Location"] == "/admin/"


def test_a_month_without_a_page_is_answered_by_those_that_have_one(
    client: Client, august: City
) -> None:
    client = leader(client)

    for month in ("2026-09", "2026-13", "1826-08", "Agustus", "2026-08-01", "\0"):
        answer = client.get(reverse("marketplace_brief"), {"month": month})

        assert answer.status_code == 404
        assert "?month=2026-08" in answer.content.decode()


def test_before_the_first_closing_it_says_so(client: Client, city: City) -> None:
    answer = leader(client).get(reverse("marketplace_brief"))

    assert answer.status_code == 404
    assert "Belum ada halaman" in answer.content.decode()


def test_months_released_together_have_one_page(city: City) -> None:
    shops = shops_in(city.kelurahan[0])
    shop(neighbours(city.kelurahan[0], 2), shops, day=date(2026, 8, 20))
    close(AUGUST)
    assert BookMonth.objects.get(month=AUGUST).state == BookMonth.State.WITHHELD
    shop(neighbours(city.kelurahan[0], 6), shops, day=date(2026, 9, 14))
    close(SEPTEMBER)

    said = made(AUGUST)

    assert said == made(SEPTEMBER)
    assert "Agustus 2026 – September 2026" in said


def test_a_command_writes_it_to_a_file(august: City, tmp_path: Path) -> None:
    file = tmp_path / "ringkasan.pdf"

    call_command("write_brief", str(file), "--month", "2026-08", verbosity=0)

    assert file.read_bytes() == pdf_of(brief_of(AUGUST))
    with pytest.raises(CommandError):
        call_command("write_brief", str(file), "--month", "2026-09")
