"""Which figures are asked for: one's own, the auditor's, and the released ones."""

import json
import os
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import psycopg

from bench.figures_released import Figure, one, released, year_before

ONLY = os.environ.get("ONLY", "")
PERIODS = ("month", "week", "day")
PURPOSE = "purpose=bench"
STANDING = (
    "FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id"
    " WHERE v.id IS NULL"
)

SEEN_ALONE = """
SELECT b.keys[1] FROM marketplace_block b
    JOIN marketplace_release r ON r.id = b.release_id AND r.lens IN ('home', 'shop')
    JOIN marketplace_region place ON place.code = b.keys[1] AND place.level = 'kelurahan'
WHERE r.month BETWEEN %s AND %s AND cardinality(b.keys) = 1
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


def figures(connection: psycopg.Connection, told: dict[str, Any]) -> list[Figure]:
    """All of them, for the people and months of one city."""
    month = one(connection, "SELECT max(month) FROM marketplace_bookmonth WHERE state='released'")
    today = one(connection, "SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date")
    home, other = (
        one(
            connection,
            f"SELECT code FROM marketplace_region WHERE level = 'kelurahan'"
            f" ORDER BY code OFFSET {offset} LIMIT 1",
        )
        for offset in (3, 9)
    )
    own = [_participation(told, period, today) for period in PERIODS]
    closed = released(month, _seen_alone(connection, month), told["auditor"]) if month else []
    around = [_neighbourhood(told, month)] if month else []
    last = month or today.replace(day=1)
    audited = _audited(told, last, home, other)
    all_of_them = [*own, *_pages(told, today), *around, *closed, *audited]
    return [figure for figure in all_of_them if re.search(ONLY, figure.name)]


def _seen_alone(connection: psycopg.Connection, month: date) -> str:
    """The kelurahan that stands alone most often in the months of a year, as home and as shop's."""
    return str(one(connection, SEEN_ALONE, [month.replace(month=1), month]))


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
        return one(connection, f"SELECT coalesce(sum(p.amount), 0)::bigint {year}", asked)

    return [
        Figure(
            "own page",
            lambda turn: ("/partisipasi/", _signed_in(people[turn % len(people)])),
            of_ledger,
            lambda body, amount: f"Rp{amount:,}".replace(",", ".").encode() in body,
        )
    ]


def _neighbourhood(told: dict[str, Any], month: date) -> Figure:
    people = told["people"]
    own = f"{STANDING} AND p.buyer_id = %s AND p.home_id = %s AND p.day >= %s"

    def of_ledger(connection: psycopg.Connection) -> Any:
        buyer = people[0]["buyer"]
        home = one(
            connection,
            "SELECT h.region_id FROM marketplace_home h JOIN marketplace_asn a ON a.id = h.asn_id"
            " WHERE a.buyer_id = %s",
            [buyer],
        )
        mine = [buyer, home, month.replace(month=1)]
        spent = year_before(month, home)(connection)
        return spent, one(connection, f"SELECT coalesce(sum(p.amount), 0)::bigint {own}", mine)

    def holds(body: bytes, expected: Any) -> bool:
        found = json.loads(body)["neighbourhood"]
        spent, own = expected
        told = found["spent"]["amount"] or 0
        if found["spent"]["months"] < found["spent"]["closed"]:  # a sum that is said to be a least
            return bool(told <= spent and found["own"] == own)
        return bool(told == spent and found["own"] == own)

    return Figure(
        "own neighbourhood",
        lambda turn: (
            "/api/v1/me/neighbourhood",
            {"Authorization": f"Token {people[turn % len(people)]['token']}"},
        ),
        of_ledger,
        holds,
    )


def _signed_in(person: Mapping[str, str]) -> dict[str, str]:
    return {"Cookie": f"sesi={person['session']}"}


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
