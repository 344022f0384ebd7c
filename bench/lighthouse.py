"""The marks that Lighthouse gives the pages people open first, on its simulated slow phone.

    make bench-lighthouse [ADDRESS=http://localhost:8000]

Walks the demo that runs in this checkout (or the address given). Each page is measured three times;
its marks are the medians. Needs Node 18 or newer and Chromium; what Lighthouse itself needs comes
from bench/lighthouse/package-lock.json. The last line is one JSON object: the lowest mark of each
kind, as a share of 1.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from config.state import state_of

TOOL = Path(__file__).parent / "lighthouse"
KINDS = ["performance", "accessibility", "best-practices", "seo"]
RUNS = 3
CHROME = "--headless=new --no-sandbox --disable-gpu"


def main(arguments: list[str]) -> int:
    """Measure, tell, and answer 0 if every page could be measured."""
    address = arguments[0] if arguments else str(state_of("demo").noted().get("address", ""))
    if not address:
        print("No demo runs here: start `make demo`, or name an address.")
        return 1
    install()
    marks = {name: measure(f"{address}{path}") for name, path in pages(address).items()}
    tell(marks)
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


def measure(url: str) -> dict[str, float]:
    """The median of each mark over the runs."""
    runs = [one_run(url) for _ in range(RUNS)]
    return {kind: median(run[kind] for run in runs) for kind in KINDS}


def one_run(url: str) -> dict[str, float]:
    """One run of Lighthouse with its mobile settings."""
    command = [
        str(TOOL / "node_modules" / ".bin" / "lighthouse"), url, "--quiet", "--output=json",
        f"--only-categories={','.join(KINDS)}", f"--chrome-flags={CHROME}",
    ]  # fmt: skip
    chromium = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    found = json.loads(done.stdout)["categories"]
    return {kind: found[kind]["score"] for kind in KINDS}


def tell(marks: dict[str, dict[str, float]]) -> None:
    """A table for people, then one object for programs."""
    print(f"{'page':12}" + "".join(f"{kind:>16}" for kind in KINDS))
    for name, page in marks.items():
        print(f"{name:12}" + "".join(f"{page[kind]:16.2f}" for kind in KINDS))
    print(json.dumps({kind: min(page[kind] for page in marks.values()) for kind in KINDS}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
