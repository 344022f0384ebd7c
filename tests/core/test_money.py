"""Rupiah as people read them."""

import pytest
from django.utils import translation

from core.money import rupiah, rupiah_short


@pytest.mark.parametrize(
    ("amount", "read"),
    [(0, "Rp0"), (15_000, "Rp15.000"), (-15_000, "-Rp15.000"), (2_000_000_000, "Rp2.000.000.000")],
)
def test_whole_rupiah(amount: int, read: str) -> None:
    assert rupiah(amount) == read


@pytest.mark.parametrize(
    ("amount", "read"),
    [(999_000, "Rp999.000"), (12_400_000, "Rp12,4 juta"), (3_000_000_000, "Rp3 miliar")],
)
def test_short_for_headings(amount: int, read: str) -> None:
    assert rupiah_short(amount) == read


def test_the_readers_language_sets_the_separator() -> None:
    with translation.override("en"):
        assert rupiah(15_000) == "Rp15,000"
