"""The released figures that are asked for, and the same ones summed from the ledger."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

BOOKED = """
SELECT p.id, p.amount, 1 AS purchases FROM marketplace_purchase p
WHERE p.book_month BETWEEN %s AND %s
UNION ALL
SELECT p.id, -p.amount, -1 FROM marketplace_void v
    JOIN marketplace_purchase p ON p.id = v.purchase_id
WHERE v.book_month BETWEEN %s AND %s
"""
ROWS = f"""
FROM ({BOOKED}) b JOIN marketplace_purchase p ON p.id = b.id
    JOIN marketplace_umkm u ON u.id = p.umkm_id
    JOIN marketplace_region home ON home.code = p.home_id
    JOIN marketplace_region shop ON shop.code = p.shop_place_id
    LEFT JOIN marketplace_agency agency ON agency.id = p.agency_id
"""
KEYS = {
    "home": "p.home_id",
    "shop": "p.shop_place_id",
    "agency": "coalesce(agency.code, '')",
    "ring": "p.ring",
    "category": "coalesce(u.category_id, '')",
    "evidence": "'declared'",
    "payment": "p.payment",
    "day": "p.day::text",
    "flow": "coalesce(home.parent_id, home.code) || '>' || coalesce(shop.parent_id, shop.code)",
}
FILES = {
    "rumah": "home",
    "toko": "shop",
    "kedekatan": "ring",
    "jenis": "category",
    "bukti": "evidence",
    "bayar": "payment",
    "hari": "day",
    "arus": "flow",
}
NO_KEY = "-"

Ask = Callable[[psycopg.Connection], Any]
Months = tuple[date, date]


@dataclass(frozen=True)
class Figure:
    """One figure: how it is asked for, what the ledger says, and whether an answer says so."""

    name: str
    request: Callable[[int], tuple[str, Mapping[str, str]]]
    of_ledger: Ask
    holds: Callable[[bytes, Any], bool]


def released(month: date, place: str, token: str) -> list[Figure]:
    """All of them, of one month and one kelurahan; `token` is somebody's who may see agencies."""
    return [
        *_sums(month, place),
        *(_parts(lens, month) for lens in KEYS),
        _spread("spread, a month", f"/api/v1/circulation/spread?month={month:%Y-%m}", month),
        _live(month),
        _turnout("taking part, a month", f"/api/v1/turnout?month={month:%Y-%m}", month),
        _agencies(month, token),
        *_pages(month, place),
        *(_file(slug, lens, month) for slug, lens in FILES.items()),
    ]


def year_before(month: date, home: str) -> Ask:
    """What the people at home in a place spent in the year, up to a month."""
    return _booked((month.replace(month=1), month), "home", home)


# --- Sums of the city and of a place -------------------------------------------------------------


def _sums(month: date, place: str) -> list[Figure]:
    there = f"/api/v1/circulation/regions/{place}"
    city = "/api/v1/circulation"
    named = f"month={month:%Y-%m}"
    quarter = f"quarter={month.year}-Q{(month.month + 2) // 3}"
    year = f"year={month.year}"
    of_quarter = (month.replace(month=(month.month - 1) // 3 * 3 + 1), month)
    of_year = (month.replace(month=1), month)
    of_month = (month, month)
    return [
        _sum("city, a month", f"{city}?{named}", "month", _booked(of_month)),
        _sum("city, a quarter", f"{city}?{quarter}", "quarter", _booked(of_quarter)),
        _sum("city, a year", f"{city}?{year}", "year", _booked(of_year)),
        *(
            _sum(f"{lens}, {kind}", f"{there}?{asked}&lens={lens}", kind, _booked(of, lens, place))
            for lens in ("home", "shop")
            for kind, asked, of in (
                ("month", named, of_month),
                ("quarter", quarter, of_quarter),
                ("year", year, of_year),
            )
        ),
    ]


def _sum(name: str, path: str, kind: str, of_ledger: Ask) -> Figure:
    def holds(body: bytes, expected: Any) -> bool:
        found = json.loads(body)[kind]
        whole = found["whole"] if kind == "month" else found["months"] == found["closed"]
        return bool(whole and found["amount"] == expected)

    return Figure(name, lambda turn: (path, _phone(turn)), of_ledger, holds)


def _pages(month: date, place: str) -> list[Figure]:
    one_month = (month, month)
    page = f"/perputaran/{place.replace('.', '-')}/"
    city, home = _booked(one_month), _booked(one_month, "home", place)
    shop = _booked(one_month, "shop", place)
    return [
        _shown("city's page", "/perputaran/", city),
        _shown("city's page, to shops", "/perputaran/?lensa=toko", shop),
        _shown("kelurahan's page", page, home),
        _shown("month's file", f"/perputaran/csv/?bulan={month:%Y-%m}", home),
    ]


def _shown(name: str, path: str, of_ledger: Ask) -> Figure:
    def holds(body: bytes, expected: Any) -> bool:
        written = [f"Rp{expected:,}".replace(",", "."), f",{expected},"]
        return any(each.encode() in body for each in written)

    return Figure(name, lambda turn: (path, _phone(turn)), of_ledger, holds)


def _booked(months: Months, lens: str = "", place: str = "") -> Ask:
    where = f" WHERE {KEYS[lens]} = %s" if lens else ""
    asked = [*months, *months, *([place] if lens else [])]
    return lambda connection: int(
        one(connection, f"SELECT coalesce(sum(b.amount), 0) {ROWS}{where}", asked)
    )


# --- A month in parts, and the files -------------------------------------------------------------

Of = dict[str, tuple[int, int]]
"""Of each key of a lens: rupiah and purchases."""


@dataclass(frozen=True)
class _Part:
    keys: Sequence[str]
    amount: int
    purchases: int
    unit: int


def _parts(lens: str, month: date) -> Figure:
    path = f"/api/v1/circulation/parts?lens={lens}&month={month:%Y-%m}"

    def holds(body: bytes, expected: Of) -> bool:
        found = json.loads(body)
        parts = [
            _Part(each["keys"], each["amount"], each["purchases"], found["unit"])
            for each in found["parts"]
        ]
        return _are(parts, expected)

    return Figure(f"by {lens}", lambda turn: (path, _phone(turn)), _by_key(lens, month), holds)


def _file(slug: str, lens: str, month: date) -> Figure:
    """All months; those of the last are looked at."""

    def holds(body: bytes, expected: Of) -> bool:
        rows = [row for row in json.loads(body) if row["bulan_akhir"] == f"{month:%Y-%m}"]
        parts = [
            _Part(
                ["" if key == NO_KEY else key for key in row["kunci"].split(";")],
                row["rupiah"],
                row["pembelian"],
                row["dibulatkan_ke"],
            )
            for row in rows
        ]
        return _are(parts, expected)

    path = f"/data/{slug}.json"
    return Figure(f"file by {lens}", lambda turn: (path, _phone(turn)), _by_key(lens, month), holds)


def _by_key(lens: str, month: date) -> Ask:
    text = f"SELECT {KEYS[lens]}, sum(b.amount)::bigint, sum(b.purchases)::int {ROWS} GROUP BY 1"

    def ask(connection: psycopg.Connection) -> Of:
        found = connection.execute(text.encode(), [month] * 4).fetchall()
        return {key: (amount, purchases) for key, amount, purchases in found}

    return ask


def _are(parts: Sequence[_Part], expected: Of) -> bool:
    """Whether every part is the sum of its keys, as it is rounded, and no key is without a part."""
    for part in parts:
        of_keys = [expected.get(key, (0, 0)) for key in part.keys]
        amount, purchases = (sum(column) for column in zip(*of_keys, strict=True))
        if 2 * abs(part.amount - amount) > (part.unit if part.unit > 1 else 0):
            return False
        if part.purchases != _fives(purchases):
            return False
    return expected.keys() <= {key for part in parts for key in part.keys}


# --- People and shops ----------------------------------------------------------------------------


def _turnout(name: str, path: str, month: date) -> Figure:
    def holds(body: bytes, expected: int) -> bool:
        return bool(json.loads(body)["now"]["buyers"] == _fives(expected))

    return Figure(name, lambda turn: (path, _phone(turn)), _distinct("p.buyer_id", month), holds)


def _agencies(month: date, token: str) -> Figure:
    """Of each agency that stands alone, or with those of whom nobody bought: who took part."""
    text = f"""
    SELECT code, count(*) FROM (
        SELECT coalesce(agency.code, '') AS code, p.buyer_id {ROWS}
        GROUP BY 1, 2 HAVING sum(b.amount) <> 0
    ) AS buyers GROUP BY 1
    """
    path = f"/api/v1/turnout/agencies?month={month:%Y-%m}"
    headers = {"Authorization": f"Token {token}"}

    def of_ledger(connection: psycopg.Connection) -> dict[str, int]:
        return dict(connection.execute(text.encode(), [month] * 4).fetchall())

    def holds(body: bytes, expected: dict[str, int]) -> bool:
        told = [
            (each["buyers"], [code for code in each["agencies"] if code in expected])
            for each in json.loads(body)["agencies"]
        ]
        alone = {codes[0]: buyers for buyers, codes in told if len(codes) == 1}
        return bool(alone) and alone == {code: _fives(expected[code]) for code in alone}

    return Figure("taking part, by agency", lambda _turn: (path, headers), of_ledger, holds)


def _spread(name: str, path: str, month: date) -> Figure:
    of_year = _distinct("p.umkm_id", month, since=month.replace(month=1))

    def holds(body: bytes, expected: int) -> bool:
        return bool(json.loads(body)["year_shops"] == _fives(expected))

    return Figure(name, lambda turn: (path, _phone(turn)), of_year, holds)


def _live(month: date) -> Figure:
    """It moves nightly or waits, and is never more than what was booked since."""
    since = _booked((month.replace(day=2), date(9999, 1, 1)))

    def holds(body: bytes, expected: int) -> bool:
        return bool((json.loads(body)["amount"] or 0) <= expected)

    path = "/api/v1/circulation/live"
    return Figure("the nightly counter", lambda turn: (path, _phone(turn)), since, holds)


def _distinct(column: str, month: date, since: date | None = None) -> Ask:
    text = f"""
    SELECT count(*) FROM (
        SELECT {column} {ROWS} GROUP BY 1 HAVING sum(b.amount) <> 0
    ) AS found
    """
    return lambda connection: int(one(connection, text, [since or month, month] * 2))


def _fives(count: int) -> int:
    return count // 5 * 5


def _phone(turn: int) -> dict[str, str]:
    """Each time as from a phone with an address of its own."""
    return {"X-Forwarded-For": f"10.1.{turn >> 8 & 255}.{turn & 255}"}


def one(connection: psycopg.Connection, text: str, values: list[Any] | None = None) -> Any:
    """The only column of the only row."""
    found = connection.execute(text.encode(), values).fetchone()
    assert found
    return found[0]
