"""How a released figure is written on a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.goals import Progress
from marketplace.models import Region
from marketplace.releases import Figure
from marketplace.rounding import at_least

register = template.Library()
register.filter("at_least", at_least)

NAMED_AT_MOST = 4


@register.filter
def slug(place: Region) -> str:
    """The last part of a place's address: `35-73-01-1001`."""
    return place.code.replace(".", "-")


@register.filter
def full_name(place: Region) -> str:
    """With its level, since a kelurahan and a kecamatan often share a name."""
    if place.level == Region.Level.KECAMATAN:
        return _("Kecamatan %(name)s") % {"name": place.name}
    if place.level == Region.Level.KELURAHAN:
        return _("Kelurahan %(name)s") % {"name": place.name}
    return place.get_level_display()


@register.filter
def least(count: int) -> str:
    """The same under a head that says "at least"."""
    return number_format(count, force_grouping=True) if count else _("fewer than 5")


@register.filter
def rest(percent: int) -> int:
    """What a whole has beside so many percent."""
    return 100 - percent


@register.simple_tag
def together_with(figure: Figure, names: Mapping[str, str]) -> str:
    """The other places of a joint sum: "Kasin and Sukoharjo", or how many when they are many.

    A kecamatan's own kelurahan, whose codes begin with its own, are not others.
    """
    own = f"{figure.place.code}."
    return others_named(
        sorted(names[code] for code in figure.places if not f"{code}.".startswith(own))
    )


@register.simple_tag
def shared_by_all(figures: Sequence[Figure], names: Mapping[str, str]) -> dict[str, Any] | None:
    """The one sum in which all of several places stand, and who stands in it `beyond` them.

    None where they have more than one.
    """
    sums = {figure.places for figure in figures}
    if len(figures) < 2 or len(sums) > 1:
        return None
    here = {figure.place.code for figure in figures}
    beyond = sorted(names[code] for code in figures[0].places if code not in here)
    return {"amount": figures[0].amount, "beyond": others_named(beyond)}


def others_named(others: list[str]) -> str:
    """Names in a sentence, or how many they are when they are many."""
    if len(others) <= NAMED_AT_MOST:
        return get_text_list(others, _("and"))
    return ngettext("%(number)d other place", "%(number)d other places", len(others)) % {
        "number": len(others)
    }


@register.inclusion_tag("cms/goal.html")
def goal(progress: Progress) -> dict[str, Any]:
    """A goal that people fill together, as a bar with the same in words."""
    return {"each": progress, "width": min(progress.percent, 100)}
