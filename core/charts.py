"""The geometry of the site's charts: plain numbers in, places on an SVG out.

Numbers leave as text with a point, since templates write them in the reader's language otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS_WIDTH = 480
COLUMNS_HEIGHT = 160
GAUGE_WIDTH = 320


@dataclass(frozen=True)
class Point:
    """One value of a chart. `mark` numbers its colour from 1, `now` marks the current one.

    `tick` is what stands below an upright bar, if not its whole label.
    """

    label: str
    value: int
    mark: int = 0
    now: bool = False
    tick: str | None = None


@dataclass(frozen=True)
class Column:
    """A point as an upright bar."""

    point: Point
    x: str
    y: str
    width: str
    height: str

    @property
    def tick(self) -> str:
        """What stands below it."""
        return self.point.label if self.point.tick is None else self.point.tick


@dataclass(frozen=True)
class Segment:
    """A point as its share of a ring whose length is 100, or of a bar 100 wide."""

    point: Point
    length: str
    offset: str
    percent: int


@dataclass(frozen=True)
class Gauge:
    """An amount on a scale with a zone on it."""

    fill: str
    zone_x: str
    zone_width: str
    zone_end: str


def columns(points: Sequence[Point]) -> list[Column]:
    """Bars side by side; a value of nothing keeps a sliver, so that the month is still seen."""
    most = max((point.value for point in points), default=0) or 1
    step = COLUMNS_WIDTH / max(len(points), 1)
    width = min(step * 0.68, 48)
    return [_column(point, index * step, step, width, most) for index, point in enumerate(points)]


def segments(points: Sequence[Point]) -> list[Segment]:
    """Shares of the whole, one after another; empty where there is no whole."""
    whole = sum(point.value for point in points)
    found, before = [], 0.0
    for point in points if whole else []:
        share = 100 * point.value / whole
        found.append(Segment(point, _text(share), _text(-before), round(share)))
        before += share
    return found


def gauge(amount: int, *, low: int, high: int) -> Gauge:
    """Where `amount` stands on a scale that shows the zone from `low` to `high` whole."""
    scale = GAUGE_WIDTH / max(amount, high * 1.3)
    return Gauge(
        fill=_text(amount * scale),
        zone_x=_text(low * scale),
        zone_width=_text((high - low) * scale),
        zone_end=_text(high * scale),
    )


def _column(point: Point, left: float, step: float, width: float, most: int) -> Column:
    height = max(COLUMNS_HEIGHT * point.value / most, 2)
    return Column(
        point=point,
        x=_text(left + (step - width) / 2),
        y=_text(COLUMNS_HEIGHT - height),
        width=_text(width),
        height=_text(height),
    )


def _text(number: float) -> str:
    return f"{number:.2f}"
