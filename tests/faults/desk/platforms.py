"""All platforms of a fault run behind one address, with a record of what they published.

    python -m tests.faults.desk.platforms FOLDER PORT SEED SECONDS

They take up to SECONDS to act and again to answer, refuse for now, and lose answers where the post
can be asked for. Instagram fetches its pictures from the city's own server. The record is a line
of JSON for each post that came out, written as it does: what the judge believes, whatever the
city's own tables say.
"""

import json
import random
import sys
import threading
import time
import urllib.request
from collections import deque
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import django

from tests.social.doubles.server import Asked, Fault, Given, Kind, PlatformDouble, serving

RECORD = "published.jsonl"
CERTIFICATE = "City.pem"
REFUSED_FOR_NOW = 0.02
ANSWER_LOST = 0.02
"""How many publishing requests of a hundred, as a share of 1."""
LOST = (Kind.RESET_BEFORE, Kind.RESET_IN_BODY, Kind.ANSWER_AFTER)
CAN_BE_ASKED = ("mastodon", "bluesky")
LOOKS = 2
"""How often a picture is asked for until it is processed."""
PUBLISHING = {
    "telegram": "POST /bot",
    "mastodon": "POST /api/v1/statuses",
    "bluesky": "POST /xrpc/com.atproto.repo.putRecord",
    "webhook": "POST /hook",
    "x": "POST /2/tweets",
    "facebook": "/feed",
    "instagram": "/media_publish",
}


class City(PlatformDouble):
    """Seven platforms, told apart by their paths; each under a lock of its own."""

    def __init__(self, folder: Path, port: int, *, chance: random.Random, slowest: float) -> None:
        super().__init__()
        from tests.faults.desk.published import made_platforms  # only here: it needs the settings

        self.port, self.chance, self.slowest = port, chance, slowest
        self.requests_so_far = 0
        self.lock: Any = nullcontext()
        self.asked: Any = deque(maxlen=1)
        self.platforms = made_platforms(port=port, looks=LOOKS)
        self.fetched: dict[str, str] = {}
        self.record, self.writing = (folder / RECORD).open("a"), threading.Lock()

    def fault_of(self, asked: Asked) -> Fault | None:
        """Refused for now, or lost on its way, by chance; only what publishes."""
        name = self.publishes(asked)
        draw = self.chance.random()
        if name is None or draw > REFUSED_FOR_NOW + ANSWER_LOST:
            return None
        if draw < REFUSED_FOR_NOW:
            return Fault("", Kind.ANSWER_BEFORE, self.platforms[name].too_many())
        if name not in CAN_BE_ASKED:
            return None
        return Fault("", self.chance.choice(LOST), Given(502, body=b"<html>"))

    def handle(self, asked: Asked) -> Given:
        self.requests_so_far += 1
        name = platform_of(asked)
        platform, is_publishing = self.platforms[name], self.publishes(asked) is not None
        if is_publishing:
            time.sleep(self.chance.uniform(0, self.slowest))
        elif name == "instagram" and not self._fetch(asked):
            return platform.not_fetched()
        with platform.double.lock:
            before = platform.published
            given: Given = platform.handle(asked)
            if platform.published > before:
                self._write(name, platform.said(asked, self.fetched))
        if is_publishing:
            time.sleep(self.chance.uniform(0, self.slowest))
        return given

    def publishes(self, asked: Asked) -> str | None:
        """Whose publishing request it is; None where it publishes nothing."""
        name = platform_of(asked)
        return name if PUBLISHING[name] in asked.line and asked.method == "POST" else None

    def _fetch(self, asked: Asked) -> bool:
        """Take a container's picture, as Meta does; whether there is nothing left to take."""
        url = asked.form()["image_url"].text if b"image_url" in asked.body else ""
        if not url:
            return True
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                self.fetched[url] = sha256(answer.read()).hexdigest()
        except OSError:
            return False
        return True

    def _write(self, name: str, said: dict[str, Any]) -> None:
        line = {"platform": name, "at": time.time(), "requests": self.requests_so_far, **said}
        with self.writing:
            self.record.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.record.flush()


def platform_of(asked: Asked) -> str:
    """Whose path it is: no two of them begin alike."""
    from tests.social.doubles.facebook import PAGE

    starts = {
        "/bot": "telegram",
        "/api/": "mastodon",
        "/xrpc/": "bluesky",
        "/hook": "webhook",
        "/2/": "x",
    }
    known = next((name for start, name in starts.items() if asked.path.startswith(start)), None)
    return known or ("facebook" if f"/{PAGE}/" in asked.path else "instagram")


def main(folder: Path, port: int, seed: str, slowest: float) -> None:
    """Serve until we are ended."""
    django.setup()
    with serving(City(folder, port, chance=random.Random(seed), slowest=slowest), folder):
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
