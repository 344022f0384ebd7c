"""A city with three years of purchases, drawn by PostgreSQL itself, and its months closed.

python -m bench.figures_city city PEOPLE SHOPS FILE
python -m bench.figures_city fill COUNT

Each number comes from a hash of the purchase's own number. While the ledger is filled its triggers
are off and its indexes and constraints are away; all are made afterwards, so that what does not
hold ends the run. Each rollup is summed from the ledger by one statement. The CLOSED months before
the last that is due are closed by the real closing: that one is left to be timed.
"""

import io
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from core.calendar import first_of_month, months_before

MONTHS = int(os.environ.get("MONTHS", "36"))
CLOSED = int(os.environ.get("CLOSED", "12"))
"""How many months are closed by the real closing; those before are closed with nothing released."""
TOKENS = 64
LEDGER = ["marketplace_purchase", "marketplace_evidence", "marketplace_void"]
ROLLUPS = [
    "marketplace_buyermonth",
    "marketplace_circulationcell",
    "marketplace_circulationmonth",
]
MEMORY = (
    "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB';"
    " SET LOCAL maintenance_work_mem = '1GB'"
)

PEOPLE = """
CREATE TEMP TABLE bench_people ON COMMIT DROP AS
SELECT (row_number() OVER (ORDER BY a.id) - 1)::int AS n, a.buyer_id, h.region_id AS home,
    r.parent_id AS kecamatan, p.agency_id
FROM marketplace_asn a
    JOIN marketplace_home h ON h.asn_id = a.id
    JOIN marketplace_region r ON r.code = h.region_id
    LEFT JOIN marketplace_posting p ON p.asn_id = a.id;
CREATE TEMP TABLE bench_shops ON COMMIT DROP AS
SELECT (row_number() OVER (ORDER BY u.id) - 1)::int AS n, u.id, u.region_id AS place,
    r.parent_id AS kecamatan
FROM marketplace_umkm u JOIN marketplace_region r ON r.code = u.region_id
WHERE u.status = 'listed';
CREATE TEMP TABLE bench_near ON COMMIT DROP AS
SELECT place, array_agg(n ORDER BY n) AS shops FROM bench_shops GROUP BY 1;
ANALYZE bench_people, bench_shops, bench_near;
"""

# 45 of 100 purchases are made in one's own kelurahan, the others anywhere in the city.
PURCHASES = """
INSERT INTO marketplace_purchase (
    public_id, buyer_id, umkm_id, amount, day, payment, note, home_id, shop_place_id, agency_id,
    ring, book_month, client_key, fingerprint, recorded_at
)
SELECT gen_random_uuid(), t.buyer_id, s.id, 5000 + 500 * (t.price %% 200), t.day,
    CASE WHEN t.price %% 2 = 0 THEN 'cash' ELSE 'qris' END, '', t.home, s.place, t.agency_id,
    CASE WHEN t.home = s.place AND t.price %% 20 = 0 THEN 'rt'
        WHEN t.home = s.place AND t.price %% 20 < 4 THEN 'rw'
        WHEN t.home = s.place THEN 'kelurahan'
        WHEN t.kecamatan = s.kecamatan THEN 'kecamatan' ELSE 'city' END,
    date_trunc('month', t.day)::date, 'bench-' || t.i, repeat('0', 64),
    t.day + interval '5 hours'
FROM (
    SELECT d.*, p.buyer_id, p.home, p.kecamatan, p.agency_id,
        CASE WHEN d.nearness %% 100 < 45
            THEN near.shops[1 + (d.choice %% cardinality(near.shops))::int]
            ELSE (d.choice %% %(shops)s)::int END AS shop
    FROM (
        SELECT i, %(first)s::date + (i * %(days)s / %(count)s)::int AS day,
            hashint8extended(i, 1) & 1073741823 AS who,
            hashint8extended(i, 2) & 1073741823 AS nearness,
            hashint8extended(i, 3) & 1073741823 AS choice,
            hashint8extended(i, 4) & 1073741823 AS price
        FROM generate_series(0::bigint, %(count)s - 1) AS i
    ) AS d
    JOIN bench_people p ON p.n = (d.who %% %(people)s)::int
    JOIN bench_near near ON near.place = p.home
) AS t JOIN bench_shops s ON s.n = t.shop
"""

EVIDENCE = """
INSERT INTO marketplace_evidence (purchase_id, kind, at)
SELECT id, 'declared', recorded_at FROM marketplace_purchase ORDER BY id
"""

VOIDS = """
INSERT INTO marketplace_void (purchase_id, reason, book_month, voided_at)
SELECT id, 'Salah ketik', book_month, recorded_at + interval '10 minutes'
FROM marketplace_purchase WHERE id %% 100 = 7 ORDER BY id
"""

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('u', 'f', 'c')
ORDER BY contype = 'f', conname
"""

INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""


def main(what: str, *arguments: str) -> None:
    """Make a city in an empty database, or fill one that was made."""
    django.setup()
    if what == "city":
        people, shops, file = arguments
        Path(file).write_text(json.dumps(made_city(int(people), int(shops))))
    else:
        fill(int(*arguments))


def fill(count: int) -> None:
    """Ledger, rollups and closed months, telling how long each part took."""
    for part, work in (
        ("ledger", lambda: fill_ledger(count)),
        ("rollups", fill_rollups),
        ("closing", close_months),
    ):
        began = time.monotonic()
        work()
        sys.stdout.write(f"{count:,} purchases: {part} in {time.monotonic() - began:,.0f} s\n")
        sys.stdout.flush()


def made_city(people: int, shops: int) -> dict[str, Any]:
    """A city without purchases: some people with a token and a session each, and an auditor."""
    from bench import purchases_city as city

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        call_command("load_regions", "data/malang_regions.csv", stdout=io.StringIO())
        call_command("write_roles", stdout=io.StringIO())
        call_command("lay_site", stdout=io.StringIO())
        listed = city.made_shops(shops)
        users = city.made_people(people)[:TOKENS]
        told = [
            {
                "token": token,
                "session": session_of(user),
                "shop": listed[number % len(listed)],
                "buyer": str(user.asn.buyer_id),
            }
            for number, (user, token) in enumerate(zip(users, city.made_tokens(users), strict=True))
        ]
        return {"people": told, "auditor": auditor_token()}


def session_of(user: Any) -> str:
    """The key of a session in which somebody is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def auditor_token() -> str:
    """The token of somebody who may read the rollups, and how agencies take part."""
    from django.contrib.auth.models import Permission

    from accounts.models import User
    from bench import purchases_city as city

    user, _made = User.objects.get_or_create(username="bench-auditor")
    may = Permission.objects.filter(codename__in=["view_circulationcell", "view_turnout"])
    user.user_permissions.add(*may)
    return city.made_tokens([user])[0]


def fill_ledger(count: int) -> None:
    """Purchases over three years up to yesterday, one in a hundred taken back."""
    yesterday = timezone.localdate() - timedelta(days=1)
    first = months_before(first_of_month(yesterday), MONTHS - 1)
    values: dict[str, Any] = {
        "count": count,
        "first": first,
        "days": (yesterday - first).days + 1,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEMORY)
        cursor.execute(PEOPLE)
        for name in ("people", "shops"):
            cursor.execute(f"SELECT count(*) FROM bench_{name}")
            values[name] = cursor.fetchone()[0]
        with bare(cursor, LEDGER):
            for statement in (PURCHASES, EVIDENCE, VOIDS):
                cursor.execute(statement, values)
    vacuum(LEDGER)


def fill_rollups() -> None:
    """Each by one statement, as a repair fills a month."""
    from marketplace.circulation import ROLLUPS as rollups

    ever = {"first": date(1, 1, 1), "end": date(9999, 1, 1)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEMORY)
        for rollup in rollups:
            cursor.execute(rollup.refill, ever)
    vacuum(ROLLUPS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def close_months() -> None:
    """Close what is due, but for the last month; of the oldest nothing is released."""
    from marketplace import closing
    from marketplace.models import BookMonth

    due = closing.months_due(timezone.localdate())[:-1]
    old = BookMonth.State.RELEASED
    BookMonth.objects.bulk_create(BookMonth(month=each, state=old) for each in due[:-CLOSED])
    for month in due[-CLOSED:]:
        closing.close_month(month)


@contextmanager
def bare(cursor: Any, tables: list[str]) -> Iterator[None]:
    """The tables without triggers, indexes and constraints; what was away holds afterwards."""
    cursor.execute(INDEXES, [tables])
    indexes = cursor.fetchall()
    cursor.execute(CONSTRAINTS, [tables])
    constraints = cursor.fetchall()
    for table, name, _what in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _what in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    cursor.execute("SET LOCAL session_replication_role = origin")
    for _name, what in indexes:
        cursor.execute(what)
    for table, name, what in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {what}')


def vacuum(tables: list[str]) -> None:
    """What autovacuum does within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")
        cursor.execute("RESET statement_timeout")


if __name__ == "__main__":
    main(*sys.argv[1:])
