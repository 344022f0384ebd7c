"""What rows that never change let happen to them in one case: the erasure of a person.

The transaction says so to PostgreSQL, for itself alone; it holds against mistakes, not against
whoever owns the database.
"""

from collections.abc import Sequence

import pgtrigger
from django.db import connection

MARK = "abu.erasing"
NOT_ERASING = pgtrigger.Condition(f"coalesce(current_setting('{MARK}', true), '') <> 'on'")


def begin() -> None:
    """Say that this transaction erases a person; it ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [MARK])


def deleted_in_an_erasure_alone() -> pgtrigger.Trigger:
    """Refuses every other DELETE."""
    return pgtrigger.Protect(
        name="kept_but_for_erasure", operation=pgtrigger.Delete, condition=NOT_ERASING
    )


def changed_in_an_erasure_alone(*words: str) -> Sequence[pgtrigger.Trigger]:
    """Refuse every DELETE, and every UPDATE but that of these columns in an erasure."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.Protect(name="insert_only", operation=pgtrigger.Update, condition=NOT_ERASING),
        pgtrigger.Protect(
            name="facts_never_changed",
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(exclude=list(words)),
        ),
    ]
