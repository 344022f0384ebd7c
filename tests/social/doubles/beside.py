"""Three platforms behind one address of https, for the walk of `make journey`.

    python -m tests.social.doubles.beside FOLDER PORT

Telegram, Mastodon and Bluesky, as strict as in the tests. Who walks asks at /keys what an
administrator would bring from each, and at /standing which words stand there now.
"""

import sys
import threading
from pathlib import Path

from tests.social.doubles.bluesky import BlueskyDouble
from tests.social.doubles.mastodon import MastodonDouble
from tests.social.doubles.server import Asked, Given, PlatformDouble, serving
from tests.social.doubles.telegram import TelegramDouble

Standing = dict[str, list[str]]


class Beside(PlatformDouble):
    """Three platforms, told apart by their paths."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.telegram, self.mastodon = TelegramDouble(), MastodonDouble()
        self.bluesky = BlueskyDouble()
        self.starts = {"/bot": self.telegram, "/api/": self.mastodon, "/xrpc/": self.bluesky}
        for double in self.starts.values():
            double.port = port

    def handle(self, asked: Asked) -> Given:
        """What the platform answers that the path belongs to."""
        if asked.line == "GET /keys":
            return Given(200, self.keys())
        if asked.line == "GET /standing":
            return Given(200, self.standing())
        for start, double in self.starts.items():
            if asked.path.startswith(start):
                return double.handle(asked)
        return Given(404, {"error": "Not Found"})

    def keys(self) -> dict[str, dict[str, str]]:
        """What is brought to connect each."""
        return {
            "telegram": {
                "token": self.telegram.token,
                "chat": "@" + self.telegram.chat["username"],
            },
            "mastodon": {"address": self.url, "token": self.mastodon.token},
            "bluesky": {"handle": self.bluesky.identifier, "password": self.bluesky.password},
        }

    def standing(self) -> Standing:
        """The words of each post that stands now; one that came out twice is there twice."""
        return {
            "telegram": [
                sent["text"]
                for number, sent in enumerate(self.telegram.sent, start=1)
                if 100 * number in self.telegram.standing
            ],
            "mastodon": [status["content"] for status in self.mastodon.statuses],
            "bluesky": [record["text"] for record in self.bluesky.records.values()],
        }


def main(folder: Path, port: int) -> None:
    """Serve until we are ended."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(Beside(port), folder):
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
