"""Filled the search's table from the pages that were there; 0014 does, with all of its columns."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0011_search")]

    operations = [migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)]
