"""Charts as SVG without script or style, each with its numbers as a table or in words."""

from collections.abc import Sequence
from typing import Any

from django import template

from core import charts

register = template.Library()


@register.inclusion_tag("components/column_chart.html")
def column_chart(
    points: Sequence[charts.Point], title: str, described_by: str = ""
) -> dict[str, Any]:
    """Upright bars of money, such as the last twelve months.

    `described_by` is the id of a table beside it that holds the same numbers; else it has its own.
    """
    return {"columns": charts.columns(points), "title": title, "described_by": described_by}


@register.inclusion_tag("components/ring_chart.html")
def ring_chart(
    points: Sequence[charts.Point], title: str, middle: str, under: str = ""
) -> dict[str, Any]:
    """Shares of a whole around a circle with the sum in the middle; pair it with `bar_list`."""
    segments = charts.segments(points)
    return {"segments": segments, "title": title, "middle": middle, "under": under}


@register.inclusion_tag("components/bar_list.html")
def bar_list(points: Sequence[charts.Point]) -> dict[str, Any]:
    """Level bars with name and money, in the order given."""
    most = max((point.value for point in points), default=0) or 1
    bars = [(point, f"{max(100 * point.value / most, 0):.2f}") for point in points]
    return {"bars": bars}


@register.inclusion_tag("components/gauge.html")
def gauge(amount: int, low: int, high: int) -> dict[str, Any]:
    """An amount on a scale with a zone on it."""
    shape = charts.gauge(amount, low=low, high=high)
    return {"gauge": shape, "amount": amount, "low": low, "high": high}
