"""Clients that record, send again and take back, and write down what became of every request."""

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["acknowledged", "refused", "unknown"]

TIMEOUT_SECONDS = 10.0
PAUSE_SECONDS = 0.3
"""Before what is unknown is sent again."""
LONGEST_SECONDS = 300.0
"""A request that is still unknown after this long stays so, which fails the run."""
STILL_RUNNING = "/problems/idempotency-running"
"""Nothing is said yet, as by a 429 or a 5xx; any other 409 is a refusal."""


@dataclass
class Diary:
    """What was asked and what became of it, by all clients together."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        return sum(entry["outcome"] == "acknowledged" for entry in list(self.entries))

    def begin(self, **facts: Any) -> dict[str, Any]:
        """A request as it is about to be sent for the first time: unknown until it is answered."""
        entry = {**facts, "outcome": "unknown", "answers": []}
        with self.lock:
            self.entries.append(entry)
        return entry

    def count(self) -> None:
        with self.lock:
            self.requests += 1

    def __str__(self) -> str:
        return f"{self.requests} requests, {self.acknowledged} acknowledged"


class Client(threading.Thread):
    """One client of some people, until the diary is closed and all that it asked is known."""

    def __init__(
        self, port: int, diary: Diary, chance: random.Random, people: list[dict[str, Any]]
    ) -> None:
        super().__init__(daemon=True)
        self.port, self.diary, self.chance, self.people = port, diary, chance, people
        self.done: list[dict[str, Any]] = []

    def run(self) -> None:
        while not self.diary.closing.is_set():
            act = self.chance.choices(
                [self.record, self.record_twice_at_once, self.send_again, self.take_back],
                weights=[12, 2, 3, 3],
            )[0]
            act()

    def record(self) -> None:
        """A purchase, under a key of its own."""
        self.settle(self.new_purchase())

    def record_twice_at_once(self) -> None:
        """The same purchase under the same key by two threads, as a nervous thumb does."""
        entry = self.new_purchase()
        twin = threading.Thread(target=self.settle, args=[entry], daemon=True)
        twin.start()
        self.settle(entry)
        twin.join()

    def send_again(self) -> None:
        """One that was acknowledged before, as a phone does that never saw the answer."""
        if self.done:
            self.settle(self.chance.choice(self.done))

    def take_back(self) -> None:
        """One of the purchases, each at most once under one key."""
        standing = [entry for entry in self.done if not entry["taken_back"]]
        if not standing:
            return
        entry = self.chance.choice(standing)
        entry["taken_back"] = True
        path = f"/api/v1/purchases/{entry['answers'][0]}/void"
        body = {"reason": "Tertukar dengan struk lain."}
        asked = self.diary.begin(
            kind="void", key=str(uuid.uuid4()), path=path, body=body, token=entry["token"],
        )  # fmt: skip
        self.settle(asked)

    def new_purchase(self) -> dict[str, Any]:
        person = self.chance.choice(self.people)
        body = {
            "umkm": self.chance.choice(person["shops"]),
            "amount": self.chance.randrange(1_000, 200_000),
            "payment": "cash",
        }
        return self.diary.begin(
            kind="record", key=str(uuid.uuid4()), path="/api/v1/purchases", body=body,
            token=person["token"], taken_back=False,
        )  # fmt: skip

    def settle(self, entry: dict[str, Any]) -> None:
        """Send it under its key until it is known what became of it."""
        ends = time.monotonic() + LONGEST_SECONDS
        while (told := self.send(entry)) is None:
            if time.monotonic() > ends:
                return
            time.sleep(PAUSE_SECONDS)
        outcome, what = told
        entry["answers"].append(what)
        if entry["outcome"] == "unknown":
            entry["outcome"] = outcome
            if entry["kind"] == "record" and outcome == "acknowledged":
                self.done.append(entry)

    def send(self, entry: dict[str, Any]) -> tuple[Outcome, str] | None:
        """What the answer says, with the id it names; None while that is unknown."""
        self.diary.count()
        headers = {
            "Authorization": f"Token {entry['token']}",
            "Content-Type": "application/json",
            "Idempotency-Key": f'"{entry["key"]}"',
        }
        connection = http.client.HTTPConnection("localhost", self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", entry["path"], json.dumps(entry["body"]), headers)
            answer = connection.getresponse()
            said = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        if answer.status in (200, 201):
            return "acknowledged", said["id"]
        if answer.status >= 500 or answer.status == 429 or said["type"] == STILL_RUNNING:
            return None
        return "refused", f"{answer.status} {said['type']}"
