"""`{{ amount|rupiah }}` and `{{ amount|rupiah_short }}`."""

from django import template

from core import money

register = template.Library()


@register.filter
def rupiah(amount: int | None) -> str:
    """Whole rupiah, `Rp15.000`; nothing for no amount."""
    return "" if amount is None else money.rupiah(amount)


@register.filter
def rupiah_short(amount: int | None) -> str:
    """Rounded for headings, `Rp12,4 juta`; nothing for no amount."""
    return "" if amount is None else money.rupiah_short(amount)
