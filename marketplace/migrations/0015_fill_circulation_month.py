"""Sum what there is by month: from the cells, which equal the ledger at every commit."""

from django.db import migrations

FILL = """
INSERT INTO marketplace_circulationmonth (month, home_id, shop_place, ring, amount, purchases)
SELECT date_trunc('month', day)::date AS month, home_id, coalesce(shop_place_id, ''), ring,
    sum(amount)::bigint, sum(purchases)::int
FROM marketplace_circulationcell
GROUP BY GROUPING SETS (
    (date_trunc('month', day)::date, home_id, shop_place_id, ring),
    (date_trunc('month', day)::date, home_id, ring)
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0014_circulation_month"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
