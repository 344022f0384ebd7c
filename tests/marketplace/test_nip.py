"""What a NIP is, and what a text that is none is told."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import nip
from marketplace.errors import NipNotValid
from marketplace.models import Asn
from marketplace.nip import parse_nip

TODAY = date(2026, 11, 24)
VECTORS = list(csv.DictReader((Path(__file__).parent / "data/nip_test_vectors.csv").open()))
VALID = [row for row in VECTORS if row["valid"] == "true"]
INVALID = [row for row in VECTORS if row["valid"] == "false"]


@pytest.mark.parametrize("row", VALID, ids=lambda row: row["input"])
def test_a_valid_nip_is_understood_however_it_is_written(row: dict[str, str]) -> None:
    number = parse_nip(row["input"], today=TODAY)

    assert number.kind == Asn.Kind(row["kind"].lower())
    assert number.display == row["reason_or_display"]


@pytest.mark.parametrize("row", INVALID, ids=lambda row: row["input"])
def test_an_impossible_nip_is_refused_with_its_reason(row: dict[str, str]) -> None:
    with pytest.raises(NipNotValid) as refused:
        parse_nip(row["input"], today=TODAY)

    assert refused.value.reason == row["reason_or_display"]


def test_every_reason_has_words_for_a_person() -> None:
    assert {row["reason_or_display"] for row in INVALID} <= set(nip.REASONS)


@given(st.text(max_size=40))
def test_any_text_is_a_nip_or_refused_and_never_an_error(text: str) -> None:
    try:
        number = parse_nip(text, today=TODAY)
    except NipNotValid:
        return
    assert len(number.digits) == 18


def test_digits_of_another_script_are_no_nip() -> None:
    with pytest.raises(NipNotValid):
        parse_nip("١٩٩٠٠٨١٧٢٠١٥٠٤١٩٩٩", today=TODAY)


def test_a_masked_nip_shows_neither_birth_date_nor_sex() -> None:
    masked = nip.mask("199008172015041999")

    assert masked.endswith("999")
    assert not set("1990081720150413") & set(masked.removesuffix("999"))
