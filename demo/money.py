"""Some 100,000 invented purchases over the last twelve months, drawn by PostgreSQL itself.

Each number comes from a hash of the seed and the purchase's own number: the same city on the same
day gets the same purchases. What the rule would have frozen (home, shop place, agency, ring, book
month) is frozen here by the same meaning; a test compares the rings with `ring_between`.
"""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from core.calendar import first_of_month
from marketplace import circulation
from marketplace.models import Purchase

SEED = "kota-contoh"
ACTIVE_SHARE = 0.8
"""Of the people; the others never record anything, which is nobody's business."""

PEOPLE = """
CREATE TEMP TABLE demo_people ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY a.id) AS n, a.buyer_id, h.region_id AS home,
    r.parent_id AS kecamatan, h.rw, h.rt, p.agency_id
FROM marketplace_asn a
    JOIN marketplace_home h ON h.asn_id = a.id
    JOIN marketplace_region r ON r.code = h.region_id
    LEFT JOIN marketplace_posting p ON p.asn_id = a.id;
CREATE UNIQUE INDEX ON demo_people (n);
"""

SHOPS = """
CREATE TEMP TABLE demo_shops ON COMMIT DROP AS
SELECT u.id, u.region_id AS place, r.parent_id AS kecamatan, u.rw, u.rt
FROM marketplace_umkm u JOIN marketplace_region r ON r.code = u.region_id
WHERE u.status IN ('listed', 'pending') AND r.level = 'kelurahan';
CREATE UNIQUE INDEX ON demo_shops (id);
CREATE TEMP TABLE demo_near ON COMMIT DROP AS
SELECT place || ':' || rw AS area, array_agg(id ORDER BY id) AS ids
    FROM demo_shops WHERE rw IS NOT NULL GROUP BY 1
UNION ALL SELECT place, array_agg(id ORDER BY id) FROM demo_shops GROUP BY 1
UNION ALL SELECT kecamatan, array_agg(id ORDER BY id) FROM demo_shops GROUP BY 1
UNION ALL SELECT 'city', array_agg(id ORDER BY id) FROM demo_shops;
CREATE UNIQUE INDEX ON demo_near (area);
"""

# Eight even numbers in [0, 1) for each purchase: who, when, how near, which shop, how much, how
# paid, what hour, taken back or not.
DRAWS = """
CREATE TEMP TABLE demo_draws ON COMMIT DROP AS
WITH hashes AS (
    SELECT i, md5(%(seed)s || ':a:' || i) AS a, md5(%(seed)s || ':b:' || i) AS b
    FROM generate_series(1, %(count)s) AS i
)
SELECT i,
    ('x' || substr(a, 1, 8))::bit(32)::bigint / 4294967296.0::float8 AS who,
    ('x' || substr(a, 9, 8))::bit(32)::bigint / 4294967296.0::float8 AS moment,
    ('x' || substr(a, 17, 8))::bit(32)::bigint / 4294967296.0::float8 AS nearness,
    ('x' || substr(a, 25, 8))::bit(32)::bigint / 4294967296.0::float8 AS choice,
    ('x' || substr(b, 1, 8))::bit(32)::bigint / 4294967296.0::float8 AS price,
    ('x' || substr(b, 9, 8))::bit(32)::bigint / 4294967296.0::float8 AS way,
    ('x' || substr(b, 17, 8))::bit(32)::bigint / 4294967296.0::float8 AS hour,
    ('x' || substr(b, 25, 8))::bit(32)::bigint / 4294967296.0::float8 AS regret
FROM hashes
"""

# Who buys often stands early; more is bought towards the present. 12 of 100 go to a shop of their
# own RW where there is one, 55 stay in their kelurahan, 73 in their kecamatan.
PICKS = """
CREATE TEMP TABLE demo_picks ON COMMIT DROP AS
SELECT d.*, p.buyer_id, p.home, p.kecamatan, p.rw, p.rt, p.agency_id,
    %(first)s::date + floor(power(d.moment, 0.85) * %(days)s)::int AS day,
    CASE WHEN d.nearness < 0.12 AND a.ids IS NOT NULL
            THEN a.ids[1 + floor(d.choice * cardinality(a.ids))::int]
        WHEN d.nearness < 0.55 AND k.ids IS NOT NULL
            THEN k.ids[1 + floor(d.choice * cardinality(k.ids))::int]
        WHEN d.nearness < 0.73 AND c.ids IS NOT NULL
            THEN c.ids[1 + floor(d.choice * cardinality(c.ids))::int]
        ELSE e.ids[1 + floor(d.choice * cardinality(e.ids))::int] END AS umkm_id
FROM demo_draws d
    JOIN demo_people p
        ON p.n = 1 + floor((0.4 * d.who + 0.6 * power(d.who, 2)) * %(active)s
            * (SELECT count(*) FROM demo_people))
    LEFT JOIN demo_near a ON a.area = p.home || ':' || p.rw
    LEFT JOIN demo_near k ON k.area = p.home
    LEFT JOIN demo_near c ON c.area = p.kecamatan
    JOIN demo_near e ON e.area = 'city'
"""

PURCHASES = """
INSERT INTO marketplace_purchase (
    public_id, buyer_id, umkm_id, amount, day, payment, note, home_id, shop_place_id, agency_id,
    ring, book_month, client_key, fingerprint, recorded_at
)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || '7' || substr(md5('id:' || i), 1, 3) || '8' || substr(md5('id:' || i), 4, 15))::uuid,
    buyer_id, umkm_id, amount, day, payment, '', home, place, agency_id, ring,
    date_trunc('month', day)::date, 'demo-' || i,
    encode(sha256(('demo-' || i)::bytea), 'hex'), at
FROM (
    SELECT t.*, s.place,
        8000 + 500 * round(560 * power(t.price, 3))::int AS amount,
        (t.day + interval '7 hours' + t.hour * interval '14 hours') AT TIME ZONE %(zone)s AS at,
        CASE WHEN way < 0.45 THEN 'cash' WHEN way < 0.85 THEN 'qris'
            WHEN way < 0.95 THEN 'transfer' ELSE 'ewallet' END AS payment,
        CASE WHEN t.home = 'outside' THEN 'outside'
            WHEN t.home <> s.place AND t.kecamatan = s.kecamatan THEN 'kecamatan'
            WHEN t.home <> s.place THEN 'city'
            WHEN t.rw IS NULL OR t.rw IS DISTINCT FROM s.rw THEN 'kelurahan'
            WHEN t.rt IS NULL OR t.rt IS DISTINCT FROM s.rt THEN 'rw'
            ELSE 'rt' END AS ring
    FROM demo_picks t JOIN demo_shops s ON s.id = t.umkm_id
) AS ready
ORDER BY at, i
"""

# What an auditor has to look at: three recorded twice, and two far above what is usual.
IMPROBABLE = """
INSERT INTO marketplace_purchase (
    public_id, buyer_id, umkm_id, amount, day, payment, note, home_id, shop_place_id, agency_id,
    ring, book_month, client_key, fingerprint, recorded_at
)
SELECT
    (left(p.public_id::text, 14) || '7' || substr(md5('again:' || p.client_key), 1, 3) || '8'
        || substr(md5('again:' || p.client_key), 4, 15))::uuid, p.buyer_id, p.umkm_id,
    CASE WHEN p.n <= 3 THEN p.amount ELSE 4500000 END, p.day, p.payment, '', p.home_id,
    p.shop_place_id, p.agency_id, p.ring, p.book_month, p.client_key || '-again',
    encode(sha256((p.client_key || '-again')::bytea), 'hex'), p.recorded_at + interval '4 minutes'
FROM (
    SELECT row_number() OVER (ORDER BY t.who, t.i) AS n, p.*
    FROM demo_picks t JOIN marketplace_purchase p
        ON p.client_key = 'demo-' || t.i AND p.buyer_id = t.buyer_id
    WHERE t.day = %(last)s AND t.regret >= 0.01
) AS p
WHERE p.n <= 5
"""

# Of these alone: what is older than the outbox keeps was looked at long ago.
EVENTS = """
INSERT INTO core_outboxevent (stream, event, public_id, version, created_at)
SELECT 'purchases', 'purchase.recorded', public_id, 1, recorded_at
FROM marketplace_purchase WHERE client_key LIKE 'demo-%%-again' ORDER BY id
"""

EVIDENCE = """
INSERT INTO marketplace_evidence (purchase_id, kind, at)
SELECT id, 'declared', recorded_at FROM marketplace_purchase WHERE client_key LIKE 'demo-%%'
"""

VOIDS = """
INSERT INTO marketplace_void (purchase_id, reason, book_month, voided_at)
SELECT p.id, 'Salah ketik (data contoh)', p.book_month, p.recorded_at + interval '10 minutes'
FROM demo_picks t JOIN marketplace_purchase p
    ON p.client_key = 'demo-' || t.i AND p.buyer_id = t.buyer_id
WHERE t.regret < 0.01
"""


@transaction.atomic
def load_purchases(count: int) -> None:
    """Draw the purchases and fill the rollups, or do neither; does nothing a second time."""
    if Purchase.objects.exists():
        return
    yesterday = timezone.localdate() - timedelta(days=1)
    first = a_year_before(yesterday)
    values: dict[str, str | int | float | date] = {
        "seed": SEED,
        "count": count,
        "first": first,
        "last": yesterday,
        "days": (yesterday - first).days + 1,
        "active": ACTIVE_SHARE,
        "zone": timezone.get_default_timezone_name(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(PEOPLE)
        cursor.execute(SHOPS)
        for statement in (DRAWS, PICKS, PURCHASES, IMPROBABLE, EVENTS, EVIDENCE, VOIDS):
            cursor.execute(statement, values)
    circulation.repair()


def a_year_before(day: date) -> date:
    """The first of the month a year back: twelve whole months and the one that runs."""
    return first_of_month(day).replace(year=day.year - 1)
