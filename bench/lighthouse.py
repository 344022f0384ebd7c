"""The marks that Lighthouse gives the pages people open first, on its simulated slow phone.

    make bench-lighthouse [ADDRESS=http://localhost:8000]

Walks the demo that runs in this checkout (or the address given). Each page is measured three times;
its marks are the medians. Needs Node 18 or newer and Chromium; what Lighthouse itself needs comes
from bench/lighthouse/package-lock.json. The last line is one JSON object: the lowest mark of each
kind, as a share of 1.

Beside the marks stands the machine's benchmark index as Lighthouse measures it in each run. Its
slow phone is this machine made four times slower, which is right for an index of 1500; on a slower
or a busy one performance is marked too low. CALIBRATED=1 slows it down as much as the index says,
so that the phone is the same (Lighthouse, docs/throttling.md).
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from config.state import state_of

TOOL = Path(__file__).parent / "lighthouse"
KINDS = ["performance", "accessibility", "best-practices", "seo"]
RUNS = 3
CHROME = "--headless=new --no-sandbox --disable-gpu"
USUAL_SLOWDOWN = 4.0


@dataclass(frozen=True)
class Run:
    """One run's marks, the speed of the machine as it was then, and how much it was slowed down."""

    marks: dict[str, float]
    benchmark: float
    slowdown: float


def main(arguments: list[str]) -> int:
    """Measure, tell, and answer 0 if every page could be measured."""
    address = arguments[0] if arguments else str(state_of("demo").noted().get("address", ""))
    if not address:
        print("No demo runs here: start `make demo`, or name an address.")
        return 1
    install()
    calibrated = os.environ.get("CALIBRATED") == "1"
    runs = {
        name: measure(f"{address}{path}", calibrated=calibrated)
        for name, path in pages(address).items()
    }
    tell(runs)
    return 0


def pages(address: str) -> dict[str, str]:
    """The front page, the catalogue, and a shop and a product that have a picture."""
    shop = first(f"{address}/api/v1/umkm?page_size=50")
    product = first(f"{address}/api/v1/products?page_size=50")
    return {"front": "/", "catalogue": "/umkm/", "umkm": shop, "product": product}


def first(listing: str) -> str:
    """The path of the first listed page with a picture."""
    with urlopen(Request(listing, headers={"Accept": "application/json"})) as answer:
        results = json.load(answer)["results"]
    pictured = [each for each in results if each["photo"]] or results
    return "/" + pictured[0]["url"].split("/", 3)[3]


def install() -> None:
    """Bring Lighthouse as the lock says it, once."""
    if not (TOOL / "node_modules").exists():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=TOOL, check=True, stdout=subprocess.DEVNULL)


def measure(url: str, *, calibrated: bool) -> Run:
    """The median of each number over the runs; calibrated by a run before them."""
    slowdown = right_slowdown(one_run(url).benchmark) if calibrated else USUAL_SLOWDOWN
    runs = [one_run(url, slowdown=slowdown) for _ in range(RUNS)]
    return Run(
        marks={kind: median(run.marks[kind] for run in runs) for kind in KINDS},
        benchmark=median(run.benchmark for run in runs),
        slowdown=slowdown,
    )


def right_slowdown(benchmark: float) -> float:
    """What makes a machine of this index the phone that four times makes of one of 1533.

    The lines are those of the calculator that Lighthouse's docs/throttling.md names; below 150 a
    machine is slower than the phone.
    """
    if benchmark >= 1300:
        return 3 + (benchmark - 1300) / 233
    if benchmark >= 800:
        return 2 + (benchmark - 800) / 500
    return max(1.0, 1 + (benchmark - 150) / 650)


def one_run(url: str, *, slowdown: float = USUAL_SLOWDOWN) -> Run:
    """One run of Lighthouse with its mobile settings."""
    command = [
        str(TOOL / "node_modules" / ".bin" / "lighthouse"), url, "--quiet", "--output=json",
        f"--only-categories={','.join(KINDS)}", f"--chrome-flags={CHROME}",
        f"--throttling.cpuSlowdownMultiplier={slowdown:.2f}",
    ]  # fmt: skip
    chromium = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    report = json.loads(done.stdout)
    return Run(
        marks={kind: report["categories"][kind]["score"] for kind in KINDS},
        benchmark=report["environment"]["benchmarkIndex"],
        slowdown=slowdown,
    )


def tell(runs: dict[str, Run]) -> None:
    """A table for people, then one object for programs."""
    columns = [*KINDS, "benchmark index", "slowed down"]
    print(f"{'page':12}" + "".join(f"{column:>17}" for column in columns))
    for name, run in runs.items():
        marks = "".join(f"{run.marks[kind]:17.2f}" for kind in KINDS)
        print(f"{name:12}{marks}{run.benchmark:17.0f}{run.slowdown:16.1f}x")
    print(json.dumps({kind: min(run.marks[kind] for run in runs.values()) for kind in KINDS}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
