"""People and shops for a fault run, written to a file: each person's token and where they buy.

python -m tests.faults.cast FILE
"""

import io
import json
import sys
from pathlib import Path

import django

PEOPLE = 48


def main(file: Path) -> None:
    """Make those that are missing, and write down what clients need to know of them."""
    django.setup()
    from django.core.management import call_command

    from bench.purchases_city import SHOPS, made_people, made_shops, made_tokens

    call_command("load_regions", "data/malang_regions.csv", stdout=io.StringIO())
    shops = made_shops(SHOPS)
    tokens = made_tokens(made_people(PEOPLE))
    file.write_text(json.dumps([{"token": token, "shops": shops} for token in tokens]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
