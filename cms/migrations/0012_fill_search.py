"""Fill the search's table from the pages that are there already.

The rule itself is called: it reads single columns that were there before it, and a new database has
no pages to read.
"""

from django.db import migrations


def fill(apps, schema_editor):
    from cms.search_entries import rebuild

    if apps.get_model("cms", "UmkmPage").objects.exists():
        rebuild()


class Migration(migrations.Migration):
    dependencies = [("cms", "0011_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
