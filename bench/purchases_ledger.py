"""Whether the ledger holds what was answered, once each, and every total equals it.

python -m bench.purchases_ledger FILE
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import django


def main(file: Path) -> int:
    """Print what was measured and found; the code is 0 if nothing is missing or different."""
    django.setup()
    told = json.loads(file.read_text())
    found = told["found"] | compared(told["recorded"])
    sys.stdout.write(json.dumps(found) + "\n")
    return 1 if any(found[name] for name in ("errors", "lost", "doubled", "differences")) else 0


def compared(recorded: list[str]) -> dict[str, Any]:
    """What was answered under these keys, against the ledger."""
    from marketplace import circulation  # only here: models need the settings
    from marketplace.models import Purchase

    these = Purchase.objects.filter(client_key__in=recorded)
    kept = Counter(these.values_list("client_key", flat=True))
    return {
        "recorded": len(recorded),
        "lost": sum(kept[key] == 0 for key in recorded),
        "doubled": sum(count - 1 for count in kept.values()),
        "differences": len(circulation.differences()),
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
