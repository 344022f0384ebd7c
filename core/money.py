"""Whole rupiah as people read them, in the reader's language."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_compact_decimal, format_currency, format_decimal
from django.utils.translation import get_language

KEPT = 10_000
"""Written sums that a process remembers: pages repeat them, and writing one takes 0.1 ms."""


def rupiah(amount: int) -> str:
    """`15000` as `Rp15.000` (in English `Rp15,000`)."""
    return _rupiah(amount, _locale())


def grouped(amount: int) -> str:
    """`15000` as people type it into a form, `15.000`."""
    return f"{amount:,}".replace(",", ".")


def rupiah_span(low: int, high: int | None) -> str:
    """From one amount to another, `Rp12.000–Rp18.000`; one amount where `high` is None."""
    return rupiah(low) if high is None else f"{rupiah(low)}–{rupiah(high)}"


def rupiah_short(amount: int) -> str:
    """`12400000` as `Rp12,4 juta`: for a heading, never for a sum that must be checked."""
    return _rupiah_short(amount, _locale())


@lru_cache(maxsize=KEPT)
def _rupiah(amount: int, locale: str) -> str:
    pattern = "¤#,##0;-¤#,##0"
    text = format_currency(amount, "IDR", pattern, locale=locale, currency_digits=False)
    return text.replace("IDR", "Rp")


@lru_cache(maxsize=KEPT)
def _rupiah_short(amount: int, locale: str) -> str:
    if abs(amount) < 1_000_000:
        return _rupiah(amount, locale)
    text = format_compact_decimal(
        Decimal(amount), format_type="long", locale=locale, fraction_digits=1
    )
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}Rp{_without_zero_fraction(digits, locale)}"


def _without_zero_fraction(text: str, locale: str) -> str:
    number, _, unit = text.partition("\N{NO-BREAK SPACE}" if "\N{NO-BREAK SPACE}" in text else " ")
    point = format_decimal(0.5, locale=locale, format="0.0")[1]
    return f"{number.removesuffix(point + '0')} {unit}"


def _locale() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"
