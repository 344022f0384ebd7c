"""Which figures are asked for, and the same ones summed from the ledger."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

ONLY = os.environ.get("ONLY", "")
PERIODS = ("month", "week", "day")
PURPOSE = "purpose=bench"
STANDING = (
    "FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id"
    " WHERE v.id IS NULL"
)
BOOKED = """
SELECT (SELECT coalesce(sum(amount), 0) FROM marketplace_purchase p WHERE {where})
    - (SELECT coalesce(sum(p.amount), 0) FROM marketplace_void v
        JOIN marketplace_purchase p ON p.id = v.purchase_id WHERE {where_void})
"""


@dataclass(frozen=True)
class Figure:
    """One figure: how it is asked for, what the ledger says, and whether an answer says so."""

    name: str
    request: Callable[[int], tuple[str, Mapping[str, str]]]
    of_ledger: Callable[[psycopg.Connection], Any]
    holds: Callable[[bytes, Any], bool]


def figures(connection: psycopg.Connection, told: dict[str, Any]) -> list[Figure]:
    """All of them, for the people and months of one city."""
    month = _one(connection, "SELECT max(month) FROM marketplace_bookmonth WHERE state='released'")
    today = _one(connection, "SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date")
    home, other = (
        _one(
            connection,
            f"SELECT code FROM marketplace_region WHERE level = 'kelurahan'"
            f" ORDER BY code OFFSET {offset} LIMIT 1",
        )
        for offset in (3, 9)
    )
    own = [_participation(told, period, today) for period in PERIODS]
    released = _released(month, home) if month else []
    last = month or today.replace(day=1)
    all_of_them = [*own, *_pages(told, today), *released, *_audited(told, last, home, other)]
    return [figure for figure in all_of_them if re.search(ONLY, figure.name)]


# --- One's own -----------------------------------------------------------------------------------


def _participation(told: dict[str, Any], period: str, today: date) -> Figure:
    people = told["people"]
    starts = {
        "month": today.replace(day=1),
        "week": today - timedelta(days=today.weekday()),
        "day": today,
    }[period]
    mine = f"{STANDING} AND p.buyer_id = %s AND p.day >= %s"

    def of_ledger(connection: psycopg.Connection) -> Any:
        buyer = people[0]["buyer"]
        said = [
            connection.execute(
                f"SELECT coalesce(sum(p.amount), 0)::bigint, count(p.id)::int {mine}",
                [buyer, since],
            ).fetchone()
            for since in (starts, today.replace(month=1, day=1))
        ]
        shops = connection.execute(
            f"SELECT count(DISTINCT p.umkm_id) {mine}", [buyer, today.replace(month=1, day=1)]
        ).fetchone()
        return [*said, shops]

    def holds(body: bytes, expected: Any) -> bool:
        (amount, purchases), (year, in_year), (shops,) = expected
        found = json.loads(body)
        return [
            found["current"]["amount"],
            found["current"]["purchases"],
            found["year"]["amount"],
            found["year"]["purchases"],
            found["year_shops"],
        ] == [amount, purchases, year, in_year, shops]

    return Figure(
        f"own participation, by {period}",
        lambda turn: (
            f"/api/v1/me/participation?period={period}",
            {"Authorization": f"Token {people[turn % len(people)]['token']}"},
        ),
        of_ledger,
        holds,
    )


def _pages(told: dict[str, Any], today: date) -> list[Figure]:
    people = told["people"]
    year = f"{STANDING} AND p.buyer_id = %s AND p.day >= %s"

    def of_ledger(connection: psycopg.Connection) -> Any:
        since = today.replace(month=1, day=1)
        asked = [people[0]["buyer"], since]
        return _one(connection, f"SELECT coalesce(sum(p.amount), 0)::bigint {year}", asked)

    return [
        Figure(
            "own page",
            lambda turn: ("/partisipasi/", _signed_in(people[turn % len(people)])),
            of_ledger,
            lambda body, amount: f"Rp{amount:,}".replace(",", ".").encode() in body,
        )
    ]


def _signed_in(person: Mapping[str, str]) -> dict[str, str]:
    return {"Cookie": f"sesi={person['session']}"}


# --- Released ------------------------------------------------------------------------------------


def _released(month: date, home: str) -> list[Figure]:
    named = f"{month:%Y-%m}"
    year = ["book_month >= %s AND book_month <= %s", [month.replace(month=1), month]]
    one = ["book_month = %s", [month]]
    there = f"/api/v1/circulation/regions/{home}"
    page = f"/perputaran/{home.replace('.', '-')}/"
    return [
        _figure("city, a month", f"/api/v1/circulation?month={named}", one, None, "month"),
        _figure("city, a year", f"/api/v1/circulation?year={month.year}", year, None, "year"),
        _figure("kelurahan, a month", f"{there}?month={named}", one, home, "month"),
        _figure("kelurahan, a year", f"{there}?year={month.year}", year, home, "year"),
        _shown("city's page", "/perputaran/", one, None),
        _shown("kelurahan's page", page, one, home),
        _shown("month's file", f"/perputaran/csv/?bulan={named}", one, home),
    ]


def _figure(name: str, path: str, when: list[Any], home: str | None, kind: str) -> Figure:
    def holds(body: bytes, expected: Any) -> bool:
        found = json.loads(body)[kind]
        whole = found["whole"] if kind == "month" else found["months"] == found["closed"]
        return bool(whole and found["amount"] == expected)

    return Figure(name, lambda turn: (path, _phone(turn)), _booked(when, home), holds)


def _shown(name: str, path: str, when: list[Any], home: str | None) -> Figure:
    def holds(body: bytes, expected: Any) -> bool:
        written = [f"Rp{expected:,}".replace(",", "."), f",{expected},"]
        return any(each.encode() in body for each in written)

    return Figure(name, lambda turn: (path, _phone(turn)), _booked(when, home), holds)


def _booked(when: list[Any], home: str | None) -> Callable[[psycopg.Connection], Any]:
    where, params = when
    there = " AND p.home_id = %s" if home else ""
    places = [home] if home else []
    text = BOOKED.format(where=f"p.{where}{there}", where_void=f"v.{where}{there}")
    text = text.replace("AND book_month", "AND p.book_month")
    voided = text.rindex("FROM marketplace_void")
    text = text[:voided] + text[voided:].replace("p.book_month", "v.book_month")
    return lambda connection: int(_one(connection, text, [*params, *places] * 2))


def _phone(turn: int) -> dict[str, str]:
    """Each time as from a phone with an address of its own."""
    return {"X-Forwarded-For": f"10.1.{turn >> 8 & 255}.{turn & 255}"}


# --- The auditor's -------------------------------------------------------------------------------


def _audited(told: dict[str, Any], month: date, home: str, other: str) -> list[Figure]:
    in_month = f"month={month:%Y-%m}"
    day = month + timedelta(days=9)
    of_month = ("date_trunc('month', p.day)::date = %s", month)
    of_home, of_shop = ("p.home_id = %s", home), ("p.shop_place_id = %s", other)
    of_ring, of_day = ("p.ring = %s", "city"), ("p.day = %s", day)
    asked: list[tuple[str, str, list[tuple[str, Any]]]] = [
        ("all", "", []),
        ("a home", f"&home={home}", [of_home]),
        ("a shop's place", f"&shop={other}", [of_shop]),
        ("a ring", "&ring=city", [of_ring]),
        ("a day", f"&day={day}", [of_day]),
        ("a month", f"&{in_month}", [of_month]),
        ("home and shop's place", f"&home={home}&shop={other}", [of_home, of_shop]),
        ("home in a month", f"&home={home}&{in_month}", [of_home, of_month]),
        ("shop's place in a month", f"&shop={other}&{in_month}", [of_shop, of_month]),
        ("home on a day", f"&home={home}&day={day}", [of_home, of_day]),
    ]
    return [_audit(told["auditor"], *each) for each in asked]


def _audit(token: str, name: str, query: str, filters: list[tuple[str, Any]]) -> Figure:
    text = " AND ".join([STANDING, *(condition for condition, _value in filters)])

    def of_ledger(connection: psycopg.Connection) -> Any:
        values = [value for _condition, value in filters]
        return connection.execute(
            f"SELECT coalesce(sum(p.amount), 0)::bigint, count(p.id)::int {text}", values
        ).fetchone()

    def holds(body: bytes, expected: Any) -> bool:
        found = json.loads(body)
        return (found["amount"], found["purchases"]) == expected

    headers = {"Authorization": f"Token {token}"}
    path = f"/api/v1/audit/circulation?{PURPOSE}{query}"
    return Figure(f"auditor: {name}", lambda _turn: (path, headers), of_ledger, holds)


def _one(connection: psycopg.Connection, text: str, values: list[Any] | None = None) -> Any:
    found = connection.execute(text.encode(), values).fetchone()
    assert found
    return found[0]
