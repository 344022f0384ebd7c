"""The site of every city, laid once by each process and copied from then on.

Laying it takes longer than most tests; the copy is one statement, and the same rows.
"""

import json
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from wagtail.models import Site

from cms import site
from cms.models import HomePage

COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
GROUP BY table_name
"""


@dataclass(frozen=True)
class Change:
    """What laying the site does to a table: rows as JSON, those that go and those that come."""

    table: str
    columns: str
    gone: list[str]
    new: list[str]


_kept: list[Change] = []


@transaction.atomic
def lay_site() -> HomePage:
    """What `cms.site.lay_site` leaves on a new database; what is there already stays."""
    home = HomePage.objects.first()
    if home is not None:
        return home
    if Group.objects.filter(name="editor").exists():  # whose rights would be another's
        return site.lay_site()
    with connection.cursor() as cursor:
        if _kept:
            _repeat(cursor)
        else:
            _lay_and_keep(cursor)
    Site.clear_site_root_paths_cache()
    return HomePage.objects.get()


def _lay_and_keep(cursor: CursorWrapper) -> None:
    cursor.execute(COLUMNS)
    columns = dict(cursor.fetchall())
    before = {table: _rows(cursor, table, names) for table, names in columns.items()}
    site.lay_site()
    for table, names in columns.items():
        after = _rows(cursor, table, names)
        gone, new = before[table] - after, after - before[table]
        if gone or new:
            _kept.append(Change(table, names, sorted(gone), sorted(new)))


def _rows(cursor: CursorWrapper, table: str, columns: str) -> set[str]:
    cursor.execute(f'SELECT to_jsonb(told)::text FROM (SELECT {columns} FROM "{table}") told')
    return {row for (row,) in cursor.fetchall()}


def _repeat(cursor: CursorWrapper) -> None:
    """Foreign keys are deferred to the commit, so the order of the tables does not matter."""
    for change in _kept:
        table, columns = f'"{change.table}"', change.columns
        if change.gone:
            told = f"(SELECT to_jsonb(told) FROM (SELECT {columns}) told)"
            cursor.execute(f"DELETE FROM {table} WHERE {told}::text = ANY(%s)", [change.gone])
        rows = f"jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows}",
            [json.dumps([json.loads(row) for row in change.new])],
        )
