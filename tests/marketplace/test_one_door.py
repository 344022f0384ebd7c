"""Nobody sums purchases of others beside the rules: figures come from releases, by one door."""

import re
from pathlib import Path

from django.conf import settings

APPS = ["accounts", "cms", "config", "core", "demo", "marketplace", "promotions", "social"]

MAY_READ_THE_LEDGER = {
    "demo/money.py",  # invents it
    "marketplace/circulation.py",  # keeps the rollups; the auditor's sums
    "marketplace/closing.py",  # cuts what is released
    "marketplace/nearby.py",  # an ASN's own last shops
    "marketplace/participation.py",  # an ASN's own
    "marketplace/purchases.py",  # the lines of one purchase against its amount
}

SUMS = re.compile(r"\b(Sum|Count|Avg|Max|Min|StdDev|Variance|Window)\(|\.(aggregate|annotate)\(")
ROLLUPS = re.compile(r"\b(CirculationCell|BuyerMonth)\b")
LEDGER = re.compile(r"\b(Purchase|Void|PurchaseItem|Evidence)\b|\.purchases\.|\bpurchases_of\b")
TABLES = re.compile(r"marketplace_(purchase|void|circulationcell|buyermonth)\b")
BLOCKS = re.compile(r"\b(Block|Release)\.objects\b|\.blocks\.")


def modules() -> dict[str, str]:
    """Every module of ours that is no table, by its path."""
    root = Path(settings.BASE_DIR)
    found = [path for app in APPS for path in (root / app).rglob("*.py")]
    paths = [path for path in found if not {"migrations", "models"} & set(path.parts)]
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in paths}


def test_only_the_rules_sum_the_ledger() -> None:
    summing = {
        name
        for name, text in modules().items()
        if TABLES.search(text) or ROLLUPS.search(text) or (LEDGER.search(text) and sums(text))
    }

    assert summing <= MAY_READ_THE_LEDGER


def sums(text: str) -> bool:
    """Whether a module adds up in the database or in Python over what it read."""
    return bool(SUMS.search(text)) or bool(re.search(r"\bsum\([^)]*\.amount", text))


def test_only_one_module_reads_what_is_released() -> None:
    reading = {name for name, text in modules().items() if BLOCKS.search(text)}

    assert reading <= {"marketplace/releases.py", "marketplace/closing.py"}


def test_no_template_reads_a_purchase_of_others() -> None:
    """Pages of figures are given figures, never a queryset of purchases."""
    pages = sorted((Path(settings.BASE_DIR) / "templates/cms").glob("figures_*.html"))

    assert pages
    for page in pages:
        assert not re.search(r"purchase_set|\.purchases\.|\.all\b", page.read_text())
