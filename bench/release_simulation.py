"""How many kelurahan a month shows exactly, and whether an attack isolates anybody.

python -m bench.release_simulation [MONTHS [FILE]]
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import django

SMALL_MONTHS = 500
"""Small months are the dangerous ones: so many are attacked."""
LARGE_MONTHS = 3
GOAL = 0.9


def main(months: int = SMALL_MONTHS, file: Path | None = None) -> int:
    """Print the numbers, or write them to a file.

    The code is 0 if 90% are exact and nobody is isolated; with a file that is its reader's to say.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = simulate(months)
    if file is not None:
        file.write_text(json.dumps(found))
        return 0
    sys.stdout.write(json.dumps(found) + "\n")
    is_met = min(found["home_exact"], found["shop_exact"]) >= GOAL and not found["isolated"]
    return 0 if is_met else 1


def simulate(months: int = SMALL_MONTHS) -> dict[str, float]:
    """Shares of the kelurahan shown exactly at 3,000 buyers and 500 UMKM, and sets under five.

    The shares are the smallest median over three habits of shopping near home.
    """
    from bench.release_months import Shape

    homes, shops = [], []
    for own in (0.35, 0.6, 0.9):
        shape = Shape(buyers=3_000, shops=500, own=own)
        exact = [_exact(shape, seed) for seed in range(LARGE_MONTHS)]
        homes.append(median(home for home, _shop in exact))
        shops.append(median(shop for _home, shop in exact))
    isolated = sum(_isolates(shape, seed) for shape, seed in _small_months(months))
    return {"home_exact": min(homes), "shop_exact": min(shops), "isolated": isolated}


def _small_months(count: int) -> Iterator[tuple[Any, int]]:
    """Months of few people, of many who stay near home, and of some who shop everywhere."""
    from bench.release_months import Shape

    for seed in range(count):
        yield (
            Shape(
                buyers=(60, 100, 200)[seed % 3],
                shops=(30, 60)[seed % 2],
                kelurahan=(7, 12)[seed % 2],
                kecamatan=2,
                own=(0.35, 0.6, 0.9, 0.97)[seed % 4],
                wanderers=(0.0, 0.1)[seed // 4 % 2],
            ),
            seed,
        )


def _exact(shape: Any, seed: int) -> tuple[float, float]:
    from bench.release_months import MONTH, draw, world_of
    from marketplace.blocks import Safety
    from marketplace.lenses import cut_month
    from marketplace.models import Lens

    month = cut_month(
        draw(shape, seed=seed), world=world_of(shape), months=[MONTH], safety=Safety()
    )
    if month is None:
        return 0.0, 0.0
    home, shop = (
        sum(len(cut.keys) == 1 and "outside" not in cut.keys for cut in month.of(lens))
        for lens in Lens.by_place()
    )
    return home / shape.kelurahan, shop / shape.kelurahan


def _isolates(shape: Any, seed: int) -> bool:
    from bench.release_attack import smallest_isolated
    from bench.release_months import MONTH, draw, world_of
    from marketplace.blocks import Safety
    from marketplace.lenses import cut_month
    from marketplace.models import Lens

    rows = draw(shape, seed=seed)
    month = cut_month(rows, world=world_of(shape), months=[MONTH], safety=Safety())
    if month is None or not month.of(Lens.SHOP):
        return False
    homes, shops = ([cut.keys for cut in month.of(lens)] for lens in Lens.by_place())
    return smallest_isolated(rows, homes, shops) < Safety().buyers


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2]), *map(Path, sys.argv[2:3])))
