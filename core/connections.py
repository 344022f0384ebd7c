"""What a new connection to PostgreSQL is told that its options cannot say."""

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

ENDS_TRANSACTIONS_FROM = 170_000
"""PostgreSQL 17: an older server refuses a connection with an option that it does not know."""


def limit_transactions(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let PostgreSQL end transactions that last longer than TRANSACTION_TIMEOUT_MS, if it can."""
    most = int(settings.TRANSACTION_TIMEOUT_MS)
    if most and connection.pg_version >= ENDS_TRANSACTIONS_FROM:  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(f"SET transaction_timeout = {most}")
