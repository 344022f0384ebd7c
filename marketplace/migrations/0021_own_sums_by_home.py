"""The index of one's own purchases also holds what one's own neighbourhood sums."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0020_recognition_and_takings'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='purchase',
            name='purchase_by_buyer_with_sums',
        ),
        migrations.AddIndex(
            model_name='purchase',
            index=models.Index(fields=['buyer', '-day', '-public_id'], include=('id', 'ring', 'umkm', 'amount', 'home', 'book_month'), name='purchase_by_buyer_with_sums'),
        ),
    ]
