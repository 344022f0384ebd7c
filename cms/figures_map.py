"""The map on the page of figures: a bubble per kelurahan, a name and a field per kecamatan.

Where outlines are loaded, those of the kelurahan stand in the place of the fields.

Plain numbers in, places on an SVG out; they leave as text with a point, as core.charts does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketplace.releases import Figure

WIDTH = 400
LARGEST = 18.0
SMALLEST = 4.0
JOINT = 6.0
MARGIN = 0.1

Point = tuple[float, float]
Rings = Sequence[Sequence[Point]]


@dataclass(frozen=True)
class Bubble:
    """A kelurahan at its centroid; one shown together with others is hollow."""

    figure: Figure
    mark: int
    x: str
    y: str
    radius: str


@dataclass(frozen=True)
class Field:
    """A kecamatan: the path around its bubbles, and where its name stands."""

    name: str
    mark: int
    path: str
    x: str
    y: str


@dataclass(frozen=True)
class Shape:
    """The outline of a kelurahan in the colour of its kecamatan."""

    mark: int
    path: str


@dataclass(frozen=True)
class Map:
    """Its height at a width of 400, and what to draw; the largest bubble first."""

    height: int
    shapes: list[Shape]
    fields: list[Field]
    bubbles: list[Bubble]


def draw_map(
    figures: Iterable[Figure], marks: Mapping[str, int], rings: Mapping[str, Rings] | None = None
) -> Map | None:
    """The kelurahan with a centroid, coloured by kecamatan; None where none has one.

    `marks` numbers the colour of each kecamatan by its code, `rings` are the outlines of kelurahan
    by theirs, longitude first.
    """
    placed = [figure for figure in figures if figure.place.latitude is not None]
    if not placed:
        return None
    outlined = [
        (marks.get(figure.place.parent_id or "", 0), ring)
        for figure in placed
        for ring in (rings or {}).get(figure.place.code, [])
    ]
    centroids = [_centroid(figure) for figure in placed]
    frame = _frame([*centroids, *(point for _mark, ring in outlined for point in ring)])
    points = frame.projected(centroids)
    most = max((figure.amount for figure in placed if figure.whole), default=0)
    bubbles = [
        _bubble(figure, point, marks, most) for figure, point in zip(placed, points, strict=True)
    ]
    return Map(
        height=round(frame.height),
        shapes=[Shape(mark, _path(frame.projected(ring))) for mark, ring in outlined],
        fields=_fields(placed, points, marks),
        bubbles=sorted(bubbles, key=lambda bubble: -float(bubble.radius)),
    )


def outline(points: Iterable[Point]) -> list[Point]:
    """The convex hull (Andrew's monotone chain); a single point is its own."""
    ordered = sorted(set(points))
    return _lower(ordered) + _lower(ordered[::-1]) or ordered


def _lower(points: Sequence[Point]) -> list[Point]:
    """One side of the hull without its last point, which begins the other side."""
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
            kept.pop()
        kept.append(point)
    return kept[:-1]


def _turn(first: Point, second: Point, third: Point) -> float:
    """Above zero for a turn to the left."""
    ahead = (second[0] - first[0]) * (third[1] - first[1])
    return ahead - (second[1] - first[1]) * (third[0] - first[0])


def _centroid(figure: Figure) -> Point:
    return float(figure.place.longitude or 0), float(figure.place.latitude or 0)


@dataclass(frozen=True)
class _Frame:
    """What of the earth is drawn; a city is small enough to be flat."""

    west: float
    north: float
    scale: float
    height: float

    def projected(self, points: Iterable[Point]) -> list[Point]:
        return [((x - self.west) * self.scale, (self.north - y) * self.scale) for x, y in points]


def _frame(points: Sequence[Point]) -> _Frame:
    west, east = _span([x for x, _ in points])
    south, north = _span([y for _, y in points])
    scale = WIDTH / (east - west)
    return _Frame(west, north, scale, (north - south) * scale)


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Least and most with a margin around them, so that nothing is cut off."""
    least, most = min(values), max(values)
    margin = (most - least or 0.01) * MARGIN
    return least - margin, most + margin


def _bubble(figure: Figure, point: Point, marks: Mapping[str, int], most: int) -> Bubble:
    x, y = point
    return Bubble(
        figure=figure,
        mark=marks.get(figure.place.parent_id or "", 0),
        x=_text(x),
        y=_text(y),
        radius=_text(_radius(figure, most)),
    )


def _radius(figure: Figure, most: int) -> float:
    """The area is the sum; a place shown together with others is neither large nor small."""
    if not figure.whole:
        return JOINT
    if figure.amount <= 0:
        return SMALLEST
    return max(SMALLEST, LARGEST * (figure.amount / most) ** 0.5)


def _fields(
    figures: Sequence[Figure], points: Sequence[Point], marks: Mapping[str, int]
) -> list[Field]:
    names: dict[str, str] = {}
    groups: dict[str, list[Point]] = {}
    for figure, point in zip(figures, points, strict=True):
        if figure.place.parent is not None:
            names[figure.place.parent.code] = figure.place.parent.name
            groups.setdefault(figure.place.parent.code, []).append(point)
    return [_field(names[code], marks.get(code, 0), groups[code]) for code in groups]


def _field(name: str, mark: int, points: Sequence[Point]) -> Field:
    return Field(
        name=name,
        mark=mark,
        path=_path(outline(points)),
        x=_text(sum(x for x, _ in points) / len(points)),
        y=_text(sum(y for _, y in points) / len(points)),
    )


def _path(points: Iterable[Point]) -> str:
    return f"M{' L'.join(f'{x:.1f} {y:.1f}' for x, y in points)} Z"


def _text(number: float) -> str:
    return f"{number:.1f}"
