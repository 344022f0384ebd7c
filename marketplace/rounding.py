"""How figures are rounded, one's own and those of others."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from marketplace.models.releases import COUNT_STEP, LEAST_UNIT


def percent(part: int, whole: int) -> int:
    """Whole percent of a whole above zero, halves up."""
    return (200 * part + whole) // (2 * whole)


def rounded_down(count: int) -> int:
    """A count of people, purchases, shops or answers as it may be told; never below zero."""
    return max(count, 0) // COUNT_STEP * COUNT_STEP


def at_least(count: int) -> str:
    """A count that was rounded down: "at least 35", and nothing known of fewer than five."""
    if not count:
        return _("fewer than 5")
    return _("at least %(number)s") % {"number": number_format(count, force_grouping=True)}


def rounding_unit(city_amount: int) -> int:
    """What amounts are rounded to outside the exact lenses: the larger of Rp100,000 and one percent
    of the city's month, written with two digits."""
    hundredth = -(-abs(city_amount) // 100)
    digits = max(len(str(hundredth)) - 2, 0)
    return max(LEAST_UNIT, -(-hundredth // 10**digits) * 10**digits)


def rounded(amount: int, unit: int) -> int:
    """`amount` to the nearest multiple of `unit`, halves up."""
    return (2 * amount + unit) // (2 * unit) * unit
