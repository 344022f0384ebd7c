"""What the personnel file said last of a home: until now nothing else wrote one."""

from django.db import migrations

FILL = """
UPDATE marketplace_asn AS asn
SET home_in_file = said.line
FROM (
    SELECT DISTINCT ON (home.asn_id) home.asn_id,
        home.region_id || '/' || coalesce(home.rw::text, '') || '/' || coalesce(home.rt::text, '')
            AS line
    FROM marketplace_home AS home
    ORDER BY home.asn_id, home.valid_from DESC
) AS said
WHERE said.asn_id = asn.id AND asn.home_in_file = ''
"""


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0007_personnel_import")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
