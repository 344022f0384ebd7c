"""Six platforms behind one address, which take their time and fail by order; with their record.

    python -m bench.social_platforms FOLDER PORT

They are the strict doubles of the tests. Before each answer they take as long as the file HOW says,
and where it says so every tenth publishing request is refused for now and the answer to another
tenth is lost. The record is that of the fault runs: a line of JSON for each post that came out.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path

import django

from tests.faults.desk.platforms import City
from tests.social.doubles.server import Asked, Fault, Given, Kind, serving

HOW = "how.json"
EACH = 10
"""Of so many publishing requests one is refused and one loses its answer."""


class Platforms(City):
    """The city's platforms, with pictures that are processed at once."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, port, chance=random.Random(1), slowest=0.0)
        from tests.faults.desk.published import made_platforms

        self.platforms = made_platforms(port=port, looks=1)
        self.how, self.publishing_so_far = folder / HOW, 0

    def fault_of(self, asked: Asked) -> Fault | None:
        """What the file says, counted over all platforms."""
        name = self.publishes(asked)
        if name is None or not json.loads(self.how.read_text())["faults"]:
            return None
        self.publishing_so_far += 1
        match self.publishing_so_far % EACH:
            case 3:
                return Fault("", Kind.ANSWER_BEFORE, self.platforms[name].too_many())
            case 7:
                return Fault("", Kind.ANSWER_AFTER, Given(502, body=b"<html>"))
            case _:
                return None

    def handle(self, asked: Asked) -> Given:
        time.sleep(json.loads(self.how.read_text())["seconds"])
        return super().handle(asked)


def tell(folder: Path, *, seconds: float, faults: bool = False) -> None:
    """Say from now on how long each answer takes, and whether some fail."""
    partial = folder / f"{HOW}.new"
    partial.write_text(json.dumps({"seconds": seconds, "faults": faults}))
    partial.replace(folder / HOW)


def main(folder: Path, port: int) -> None:
    """Serve until we are ended."""
    django.setup()
    with serving(Platforms(folder, port), folder):
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
