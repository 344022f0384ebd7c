"""Several acts at once in an order that a test chooses: who goes on, at each SQL statement.

    ended = take_turns([edit, send], [7, 3])     # seven statements of edit, three of send, the rest

Each act runs in a thread with a connection of its own, and stands still before the first statement
of a transaction, after each of its statements, and so before its commit as well. One goes on at a
time. Whoever waits for a lock in PostgreSQL is passed over until it has it. So the same turns make
the same history each time, and a history that is wrong can be shrunk and told.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

from core.errors import Refusal

Act = Callable[[], Any]

PATIENCE = 60.0
LOOKS_EVERY = 0.01
NO_TIMEOUTS = "SET lock_timeout = 0; SET statement_timeout = 0"  # a busy machine is no failure
WAITING_FOR_LOCKS = "SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid = ANY(%s)"


@dataclass(frozen=True)
class Ended:
    """What came of an act: its value, or the rule that refused it; from when to when."""

    value: Any
    refusal: Refusal | None
    began: datetime
    ended: datetime

    @property
    def was_done(self) -> bool:
        return self.refusal is None


def take_turns(acts: Sequence[Act], turns: Sequence[int]) -> list[Ended]:
    """Run the acts at once: the first for so many statements, then the next, and so on.

    After the last turn each goes on to its end, one after the other. A `Refusal` is an answer;
    anything else that an act raises is raised here, a deadlock too.
    """
    actors = _Actor.start_all(acts)
    try:
        _go_round(actors, iter(turns))
    finally:
        for actor in actors:
            actor.go_free()
        for actor in actors:
            actor.join(PATIENCE)
    return [actor.told() for actor in actors]


class _Actor(threading.Thread):
    """One act in a thread that stands still at each statement until it is let go on."""

    def __init__(self, act: Act, changed: threading.Condition) -> None:
        super().__init__(daemon=True)
        self.act, self.changed = act, changed
        self.backend = 0
        self.stands = self.is_over = self.is_free = False
        self.is_held_up = False
        """Whether it waited for a lock when it was looked at last."""
        self.value: Any = None
        self.refusal: Refusal | None = None
        self.fault: BaseException | None = None

    @classmethod
    def start_all(cls, acts: Iterable[Act]) -> "list[_Actor]":
        changed = threading.Condition()
        actors = [cls(act, changed) for act in acts]
        for actor in actors:
            actor.start()
        return actors

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(NO_TIMEOUTS)
            self.backend = connection.connection.info.backend_pid
            self._stand()
            with connection.execute_wrapper(self._statement):
                self._act()
        except BaseException as fault:  # told by `told`, not by the thread
            self.fault = fault
        finally:
            connection.close()
            with self.changed:
                self.is_over = True
                self.changed.notify_all()

    def _act(self) -> None:
        self.began = timezone.now()
        try:
            self.value = self.act()
        except Refusal as refusal:
            self.refusal = refusal
        self.ended = timezone.now()

    def _statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE")):  # nobody else can tell the difference
            return execute(sql, params, many, context)
        if self._is_between_transactions():
            self._stand()
        answer = execute(sql, params, many, context)
        if not self._is_between_transactions():
            self._stand()
        return answer

    @staticmethod
    def _is_between_transactions() -> bool:
        return connection.connection.info.transaction_status == TransactionStatus.IDLE

    def _stand(self) -> None:
        with self.changed:
            self.stands = not self.is_free
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.stands, PATIENCE)

    def go_on(self) -> None:
        with self.changed:
            self.stands = False
            self.changed.notify_all()

    def go_free(self) -> None:
        with self.changed:
            self.is_free, self.stands = True, False
            self.changed.notify_all()

    @property
    def is_running(self) -> bool:
        """Whether it does something, or waits for a lock."""
        return not self.stands and not self.is_over

    def told(self) -> Ended:
        if self.fault is not None:
            raise self.fault
        assert self.is_over, "an act did not come to its end"
        return Ended(self.value, self.refusal, self.began, self.ended)


def _go_round(actors: list[_Actor], turns: Iterable[int]) -> None:
    turns = iter(turns)
    current, left = 0, next(turns, None)
    while True:
        _until_all_stand(actors)
        if all(actor.is_over for actor in actors):
            return
        if left == 0 or not actors[current].stands:
            current = _next(actors, current)
            left = next(turns, None)
        if not actors[current].stands:  # all wait for each other: PostgreSQL ends that
            time.sleep(LOOKS_EVERY)
            continue
        actors[current].go_on()
        left = None if left is None else left - 1


def _next(actors: list[_Actor], current: int) -> int:
    """The one after the current that can go on; the current one where no other can."""
    ring = [(current + ahead) % len(actors) for ahead in range(1, len(actors) + 1)]
    return next((number for number in ring if actors[number].stands), current)


def _until_all_stand(actors: list[_Actor]) -> None:
    """Return when each stands still, is over, or waits for a lock that another one holds."""
    changed, ends = actors[0].changed, time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with changed:
            changed.wait_for(
                lambda: not any(one.is_running and not one.is_held_up for one in actors),
                LOOKS_EVERY,
            )
            running = [one for one in actors if one.is_running]
        waiting = _waiting_for_locks([one.backend for one in running])
        for one in actors:
            one.is_held_up = one in running and one.backend in waiting
        if all(one.is_held_up for one in running):
            return
    raise AssertionError("an act neither went on nor waited for a lock")


def _waiting_for_locks(backends: list[int]) -> set[int]:
    if not backends:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(WAITING_FOR_LOCKS, [backends])
        return {pid for (pid,) in cursor.fetchall()}
