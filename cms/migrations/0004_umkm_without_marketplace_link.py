from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("cms", "0003_fill_shop_links")]

    operations = [
        migrations.RemoveField(model_name="umkmpage", name="marketplace_link"),
    ]
