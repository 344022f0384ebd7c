"""Taking part is voluntary by construction: no text of ours speaks of obligation."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["core", "accounts", "marketplace", "cms", "social", "promotions", "demo", "config"]
WORDS = [
    line
    for line in (ROOT / "tests/voluntary_words.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def texts() -> list[Path]:
    """Every file of ours whose words may reach a reader."""
    found = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "locale").rglob("*.po")]
    found += [*(ROOT / "data").rglob("*.csv"), *(ROOT / "static").rglob("*.svg")]
    for app in APPS:
        found += [*(ROOT / app).rglob("*.py"), *(ROOT / app).rglob("*.txt")]
    return found


@pytest.mark.parametrize("phrase", WORDS)
def test_no_text_of_ours_says(phrase: str) -> None:
    speaking = [
        path.relative_to(ROOT)
        for path in texts()
        if phrase in " ".join(path.read_text(encoding="utf-8").lower().split())
    ]

    assert speaking == []


def test_the_search_reaches_templates_and_catalogues() -> None:
    assert any(path.suffix == ".html" for path in texts())
    assert any(path.suffix == ".py" for path in texts())
