"""What a person types stays with them and the ledger: planted everywhere, it is found nowhere."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery.app.task import Task

from core.logs import JsonFormatter, PrivacyFilter
from marketplace.api import purchases
from tests.journeys.api_world import CALLS, World, small_world
from tests.marketplace.factories import AsnFactory

pytestmark = pytest.mark.django_db

NAME, NIP, AMOUNT = "Kenari Senja Wibisana", "198508172010011777", 734_519_283
CANARIES = (NAME, "Kenari", NIP, str(AMOUNT), f"{AMOUNT:_}")


class Planting(World):
    """A world whose every body holds canaries where texts and numbers were."""

    def call(self, method: str, path: str, *, by: Any = None, body: Any = None) -> Any:
        answer = super().call(method, path, by=by, body=planted(body))
        if method == "get" and "?" not in path:
            super().call(method, f"{path}?q={NAME}&nip={NIP}&amount={AMOUNT}", by=by)
        return answer


def planted(body: Any) -> Any:
    """The same body with a canary in place of each text and number; files stay."""
    if isinstance(body, dict):
        return {name: planted(value) for name, value in body.items()}
    if isinstance(body, list):
        return [planted(value) for value in body]
    if isinstance(body, int):
        return AMOUNT
    if isinstance(body, str):
        return NIP if body.isdecimal() else NAME
    return body


@pytest.fixture
def said() -> Iterator[list[str]]:
    """Every line of the logs, as it is written in production."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    listener = Listener(logging.DEBUG)
    listener.setFormatter(JsonFormatter())
    listener.addFilter(PrivacyFilter())
    logging.getLogger().addHandler(listener)
    yield lines
    logging.getLogger().removeHandler(listener)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every task was queued with; none is."""
    tasks: list[str] = []

    def keep(task: Task, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        tasks.append(repr((task.name, args, kwargs, options)))

    monkeypatch.setattr(Task, "apply_async", keep)
    return tasks


@pytest.fixture
def world() -> Planting:
    """A world of somebody whose own facts are canaries too."""
    made = small_world()
    made.asn = AsnFactory(
        digits=NIP, name=NAME, home__region=made.city.kelurahan[0], home__rw=3, home__rt=2
    )
    return Planting(**vars(made))


def test_what_is_typed_is_in_no_log_task_or_address(
    world: Planting, said: list[str], queued: list[str]
) -> None:
    addresses = []
    for call in CALLS.values():
        try:
            answer = call(world)
        except (KeyError, TypeError):  # what it was to read of an answer was refused
            continue
        addresses.append(answer.headers.get("Location", ""))

    told = [*said, *queued, *addresses]
    assert len(said) > len(CALLS)
    assert [line for line in told if any(canary in line for canary in CANARIES)] == []


def test_an_error_nobody_thought_of_tells_nothing_of_what_was_typed(
    world: Planting, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**facts: Any) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(purchases, "record_purchase", fail)
    body = {
        "umkm": str(world.product.get_parent().specific.umkm_row.public_id),
        "amount": AMOUNT,
        "note": NAME,
    }
    answer = World.call(world, "post", "/purchases", by=world.asn.user, body=body)

    told = [*said, json.dumps(answer.json())]
    assert answer.status_code == 500
    assert any("unforeseen" in line for line in said)
    assert [line for line in told if any(canary in line for canary in CANARIES)] == []
