"""The index of one's own purchases holds what is summed of them, and is read without the table.

PostgreSQL reads an index alone where a vacuum has been since: by default a ledger waits for a fifth
of itself to be new, which at ten million is most of a year.
"""

from django.db import migrations, models

VACUUM_SOONER = (
    "ALTER TABLE marketplace_purchase SET (autovacuum_vacuum_insert_scale_factor = 0.02)"
)
AS_BEFORE = "ALTER TABLE marketplace_purchase RESET (autovacuum_vacuum_insert_scale_factor)"


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0018_goals_and_survey'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='purchase',
            index=models.Index(fields=['buyer', '-day', '-public_id'], include=('id', 'ring', 'umkm', 'amount'), name='purchase_by_buyer_with_sums'),
        ),
        migrations.RemoveIndex(
            model_name='purchase',
            name='purchase_by_buyer_and_day',
        ),
        migrations.RunSQL(VACUUM_SOONER, AS_BEFORE),
    ]
