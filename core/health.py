"""Whether this process can do its work."""

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from redis.exceptions import RedisError

from core.models import SelfCheck


def failing() -> list[str]:
    """The names of what does not work: `database`, `migrations`, `durability`, `cache`."""
    if not _database_answers():
        return ["database"]
    checks = {
        "migrations": _migrations_applied,
        "durability": _commits_are_durable,
        "cache": _cache_answers,
    }
    return [name for name, works in checks.items() if not works()]


def degraded() -> list[str]:
    """The names of checks that found a difference when they were last made.

    The process does its work all the same: what is kept beside the ledger has to be mended.
    """
    found = SelfCheck.objects.filter(differences__gt=0).order_by("name")
    return list(found.values_list("name", flat=True))


def note_check(name: str, *, differences: int) -> None:
    """Keep what a check found; the row of the time before is written over."""
    found = {"differences": differences, "checked_at": timezone.now()}
    SelfCheck.objects.update_or_create(name=name, defaults=found)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _migrations_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _commits_are_durable() -> bool:
    """An acknowledged purchase must survive a power cut."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('fsync') = 'on'"
            " AND current_setting('synchronous_commit') <> 'off'"
        )
        return bool(cursor.fetchone()[0])


def _cache_answers() -> bool:
    try:
        cache.set("health", "ok", timeout=5)
        return bool(cache.get("health") == "ok")
    except RedisError:
        return False
