"""Locks of our own in PostgreSQL, by number: work that one process at a time may do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

RELAY_OUTBOX = 7_310_001
SEAL_AUDIT = 7_310_002
WRITE_PERSONNEL = 7_310_003
LISTS_OF_THANKS = 7_310_004
SENDING = 7_310_005

# The first of two numbers: taken by a session, for one thing each.
CHANNEL = 7_311
WAITS_FOR_ROOM = 7_312


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


@contextmanager
def turn(kind: int, number: int) -> Iterator[bool]:
    """Whether this session is alone at one thing of a kind until the end; False where one is.

    For order and thrift only, never for what must hold: it ends with the connection, and behind a
    pooler sessions may be shared.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])
