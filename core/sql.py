"""SQL that we write: texts with their parameters, sent alone or many in one message.

The texts are ours, from one end to the other; what comes from outside is a parameter.
"""

import functools
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
T = TypeVar("T")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Sql:
    """A statement, a condition or an expression, and the parameters it names by %s."""

    text: str
    params: tuple[Any, ...] = ()


def all_of(conditions: Iterable[Sql]) -> Sql:
    """That every condition is met."""
    return _joined(conditions, " AND ")


def any_of(conditions: Iterable[Sql]) -> Sql:
    """That one of the conditions is met."""
    return _joined(conditions, " OR ")


def listed(parts: Iterable[Sql]) -> Sql:
    """One after the other, with commas."""
    given = list(parts)
    return Sql(", ".join(part.text for part in given), _params(given))


def in_one_transaction(rule: Callable[P, T]) -> Callable[P, T]:
    """Decorate a rule to run in the caller's transaction, or in one of its own.

    Unlike `atomic` it sets no savepoint: what it raises is for the caller's whole transaction, so
    it has to refuse before it writes, or the caller lets the refusal end all.
    """

    @functools.wraps(rule)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        within = nullcontext() if connection.in_atomic_block else transaction.atomic()
        with within:
            return rule(*args, **kwargs)

    return run


def fetch(query: Sql) -> Rows:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        return cursor.fetchall()


def fetch_together(*queries: Sql, timeout_ms: int) -> list[Rows]:
    """All rows of each query, by one message to PostgreSQL, which ends a query after that time.

    A message is one transaction; in one that is open the time holds for the rest of it. Raises
    `OperationalError` for what took too long.
    """
    limit = Sql(f"SET LOCAL statement_timeout = {int(timeout_ms)}")
    within = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with within:
        return _sent([limit, *queries])[1:]


def send(*statements: Sql) -> list[Rows]:
    """What each statement returns, by one message, inside the caller's transaction.

    They are done in their order, and each sees what is committed when its turn comes: a lock that
    one waited for holds for the next. One that fails ends the transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("statements are sent in a transaction")
    return _sent(statements)


def _sent(statements: Iterable[Sql]) -> list[Rows]:
    given = list(statements)
    with connection.cursor() as cursor:
        cursor.execute("; ".join(each.text for each in given), _params(given))
        found = [_rows(cursor)]
        while cursor.nextset():
            found.append(_rows(cursor))
    return found


def _rows(cursor: Any) -> Rows:
    return cursor.fetchall() if cursor.description else []


def _joined(parts: Iterable[Sql], word: str) -> Sql:
    given = list(parts)
    text = word.join(f"({part.text})" for part in given)
    return Sql(f"({text})", _params(given))


def _params(parts: Iterable[Sql]) -> tuple[Any, ...]:
    return sum((part.params for part in parts), ())
