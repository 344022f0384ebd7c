"""Compares the ledger with what clients wrote down, and every total with the ledger.

python -m tests.faults.judge DIARY STORY
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django


def main(diary: Path, story: dict[str, Any]) -> int:
    """Print what was found; the code is 0 if all was as promised and enough was seen."""
    django.setup()
    found = {"kills": story["kills"], "requests": story["requests"]}
    began = datetime.fromtimestamp(story["began"], UTC)
    found |= judged(json.loads(diary.read_text()), began=began)
    sys.stdout.write(json.dumps(found) + "\n")
    broken = sum(found[name] for name in ("lost", "doubled", "differences", "unknown_unresolved"))
    return 1 if broken or found["acknowledged"] < story["goal"] else 0


def judged(entries: list[dict[str, Any]], *, began: datetime) -> dict[str, int]:
    """What became of the requests, against what stands in the database."""
    from marketplace import circulation  # only here: models need the settings
    from marketplace.models import Purchase, Void

    outcomes = Counter(entry["outcome"] for entry in entries)
    records = [entry for entry in entries if entry["kind"] == "record"]
    these = Purchase.objects.filter(recorded_at__gte=began).values_list("client_key", "public_id")
    kept = Counter(key for key, _ in these)
    ids = {key: str(public_id) for key, public_id in these}
    voided = Counter(map(str, Void.objects.values_list("purchase__public_id", flat=True)))
    lost = doubled = 0
    for entry in records:
        if entry["outcome"] == "acknowledged":
            lost += ids.get(entry["key"]) != entry["answers"][0]
        if entry["outcome"] == "refused":
            doubled += kept[entry["key"]]
        doubled += max(0, kept[entry["key"]] - 1) + max(0, len(set(entry["answers"])) - 1)
    for entry in entries:
        if entry["kind"] == "void" and entry["outcome"] == "acknowledged":
            count = voided[entry["answers"][0]]
            lost += count == 0
            doubled += max(0, count - 1)
    doubled += sum(kept.values()) - sum(kept[entry["key"]] for entry in records)
    return {
        "acknowledged": outcomes["acknowledged"],
        "refused": outcomes["refused"],
        "lost": lost,
        "doubled": doubled,
        "differences": len(circulation.differences()),
        "unknown_unresolved": outcomes["unknown"],
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
