"""Locks of our own in PostgreSQL, by number: work that one process at a time may do."""

from django.db import connection

RELAY_OUTBOX = 7_310_001
SEAL_AUDIT = 7_310_002
WRITE_PERSONNEL = 7_310_003
LISTS_OF_THANKS = 7_310_004
SENDING = 7_310_005


def alone(lock: int) -> bool:
    """Whether this transaction holds the lock until it ends; False while another one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        return bool(cursor.fetchone()[0])


def wait_shared(lock: int) -> None:
    """Hold the lock beside others who share it until this transaction ends, after `wait_alone`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [lock])


def wait_alone(lock: int) -> None:
    """Hold the lock until this transaction ends, after whoever holds it now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
