"""A brush for flat pictures: smooth shapes in a few colours, light from the upper left.

Everything is drawn twice as large and halved at the end: that alone makes the edges smooth.
Coordinates are those of the finished picture, angles are degrees clockwise from the right.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from math import cos, radians, sin
from random import Random

from PIL import Image, ImageColor, ImageDraw

Point = tuple[float, float]

WIDTH, HEIGHT = 1200, 800
FINER = 2
QUALITY = 84


def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` (0 to 1) of `other` stirred in."""
    pairs = zip(ImageColor.getrgb(one), ImageColor.getrgb(other), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * share) for a, b in pairs))


def darker(color: str, share: float = 0.18) -> str:
    """The colour in shadow."""
    return mix(color, "#14182a", share)


def lighter(color: str, share: float = 0.25) -> str:
    """The colour in the light."""
    return mix(color, "#fffaf0", share)


def around(x: float, y: float, radius: float, angle: float) -> Point:
    """The point at `radius` and `angle` from (x, y)."""
    return x + radius * cos(radians(angle)), y + radius * sin(radians(angle))


class Brush:
    """One picture being drawn. `chance` is seeded: the same seed draws the same picture."""

    def __init__(self, *, ground: str, seed: int, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self.ground = ground
        self.chance = Random(seed)
        self.image = Image.new("RGB", (width * FINER, height * FINER), ground)
        self.pen = ImageDraw.Draw(self.image)

    # Shapes

    def disc(self, x: float, y: float, r: float, color: str) -> None:
        self.oval(x, y, r, r, color)

    def oval(self, x: float, y: float, rx: float, ry: float, color: str) -> None:
        self.pen.ellipse(_scaled(x - rx, y - ry, x + rx, y + ry), fill=color)

    def ring(self, x: float, y: float, r: float, width: float, color: str) -> None:
        box = _scaled(x - r, y - r, x + r, y + r)
        self.pen.ellipse(box, outline=color, width=round(width * FINER))

    def arc(
        self, x: float, y: float, r: float, turn: tuple[float, float], width: float, color: str
    ) -> None:
        box = _scaled(x - r, y - r, x + r, y + r)
        self.pen.arc(box, turn[0], turn[1], fill=color, width=round(width * FINER))

    def box(self, x: float, y: float, w: float, h: float, color: str, *, r: float = 0) -> None:
        """A box with its upper left corner at (x, y), corners rounded by `r`."""
        self.pen.rounded_rectangle(_scaled(x, y, x + w, y + h), radius=r * FINER, fill=color)

    def shape(self, points: Iterable[Point], color: str) -> None:
        self.pen.polygon([(x * FINER, y * FINER) for x, y in points], fill=color)

    def slab(self, x: float, y: float, w: float, h: float, angle: float, color: str) -> None:
        """A box around its middle (x, y), turned."""
        corners = [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)]
        self.shape([_turned(x, y, corner, angle) for corner in corners], color)

    def line(self, points: Iterable[Point], width: float, color: str) -> None:
        """A stroke with round ends."""
        path = [(x * FINER, y * FINER) for x, y in points]
        self.pen.line(path, fill=color, width=round(width * FINER), joint="curve")
        for x, y in (path[0], path[-1]):
            r = width * FINER / 2
            self.pen.ellipse((x - r, y - r, x + r, y + r), fill=color)

    def petal(
        self, x: float, y: float, length: float, width: float, angle: float, color: str
    ) -> None:
        """A leaf from (x, y) outwards."""
        steps = [step / 12 for step in range(13)]
        upper = [(length * t, -width / 2 * _belly(t)) for t in steps]
        lower = [(length * t, width / 2 * _belly(t)) for t in reversed(steps)]
        self.shape([_turned(x, y, point, angle) for point in upper + lower], color)

    def blob(self, x: float, y: float, r: float, color: str, *, rough: float = 0.08) -> None:
        """A round thing made by hand."""
        swell = [1 + self.chance.uniform(-rough, rough) for _ in range(9)]
        points = []
        for step in range(54):
            at = step / 6
            a, b = swell[int(at) % 9], swell[(int(at) + 1) % 9]
            ease = (1 - cos(radians(180 * (at % 1)))) / 2
            points.append(around(x, y, r * (a + (b - a) * ease), step * 360 / 54))
        self.shape(points, color)

    # Light and ground

    def shadow(self) -> str:
        """What the ground looks like where a thing keeps the light away."""
        return darker(self.ground, 0.15)

    def window_light(self) -> None:
        """Morning light across the table."""
        light = lighter(self.ground, 0.16)
        left = self.chance.uniform(-150, 500)
        for offset, breadth in ((0, 230), (270, 90)):
            x = left + offset
            self.shape(
                [(x, 0), (x + breadth, 0), (x + breadth - 420, HEIGHT), (x - 420, HEIGHT)], light
            )

    def kawung(
        self, *, color: str, size: float = 92, within: tuple[float, float, float, float]
    ) -> None:
        """Rows of kawung flowers, their middles in a box (left, top, right, bottom)."""
        left, top, right, bottom = within
        y, odd = top, False
        while y <= bottom:
            x = left + (size / 2 if odd else 0)
            while x <= right:
                self.flower(x, y, size * 0.42, color)
                x += size
            y += size / 2
            odd = not odd

    def flower(self, x: float, y: float, reach: float, color: str) -> None:
        """Four petals on the diagonals."""
        for angle in (45, 135, 225, 315):
            self.petal(*around(x, y, reach * 0.14, angle), reach * 0.92, reach * 0.52, angle, color)

    def scatter(
        self,
        count: int,
        put: Callable[[float, float, float], None],
        *,
        within: tuple[float, float, float, float],
        apart: float,
    ) -> None:
        """Call `put` at `count` places with an angle, no two nearer than `apart`."""
        placed: list[Point] = []
        for _ in range(count * 12):
            x = self.chance.uniform(within[0], within[2])
            y = self.chance.uniform(within[1], within[3])
            if all((x - a) ** 2 + (y - b) ** 2 >= apart**2 for a, b in placed):
                placed.append((x, y))
                put(x, y, self.chance.uniform(0, 360))
            if len(placed) == count:
                return

    # Out

    def jpeg(self) -> bytes:
        """The finished picture."""
        out = BytesIO()
        self.image.reduce(FINER).save(out, "JPEG", quality=QUALITY, progressive=True)
        return out.getvalue()


def _scaled(*numbers: float) -> tuple[float, ...]:
    return tuple(number * FINER for number in numbers)


def _turned(x: float, y: float, point: Point, angle: float) -> Point:
    a, b = cos(radians(angle)), sin(radians(angle))
    return x + point[0] * a - point[1] * b, y + point[0] * b + point[1] * a


def _belly(t: float) -> float:
    """How full a leaf is at `t` of its length: nothing at both ends."""
    return sin(radians(180 * t**0.85))
