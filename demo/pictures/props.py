"""Things that stand on many tables: plates, bowls, glasses, leaves, jars."""

from demo.pictures.brush import Brush, around, darker, lighter, mix

PORCELAIN = "#fbf6ec"
LEAF = "#4f8a4b"
BANANA_LEAF = "#5d9a52"
CHILI = "#c8371f"
TURMERIC = "#e8ab2e"
WOOD = "#b57b4a"
RATTAN = "#cfa062"
INDIGO = "#1c4675"


def plate(brush: Brush, x: float, y: float, r: float, color: str = PORCELAIN) -> None:
    """A plate seen from above, with its shadow."""
    brush.disc(x + r * 0.07, y + r * 0.09, r * 1.02, brush.shadow())
    brush.disc(x, y, r, color)
    brush.ring(x, y, r * 0.93, r * 0.025, mix(color, INDIGO, 0.5))
    brush.disc(x, y, r * 0.76, darker(color, 0.05))
    brush.disc(x + r * 0.015, y + r * 0.02, r * 0.74, lighter(color, 0.5))


def bowl(brush: Brush, x: float, y: float, r: float, broth: str, color: str = PORCELAIN) -> None:
    """A bowl seen from above, filled with `broth`."""
    brush.disc(x + r * 0.09, y + r * 0.12, r * 1.01, brush.shadow())
    brush.disc(x, y, r, color)
    brush.disc(x, y, r * 0.9, darker(color, 0.14))
    brush.disc(x + r * 0.02, y + r * 0.025, r * 0.855, broth)
    brush.arc(x, y, r * 0.77, (200, 262), r * 0.03, lighter(broth, 0.4))


def tray(brush: Brush, x: float, y: float, r: float) -> None:
    """A tampah: the round woven tray."""
    brush.disc(x + r * 0.06, y + r * 0.08, r * 1.01, brush.shadow())
    brush.disc(x, y, r, darker(RATTAN, 0.2))
    brush.disc(x, y, r * 0.95, RATTAN)
    brush.disc(x, y, r * 0.88, lighter(RATTAN, 0.35))
    step = r * 0.085
    for row in range(-10, 11):
        for column in range(-10, 11):
            a, b = column * step, row * step
            if (row + column) % 2 == 0 and a * a + b * b < (r * 0.82) ** 2:
                brush.slab(x + a, y + b, step * 0.9, step * 0.42, 45, lighter(RATTAN, 0.12))


def leaf(brush: Brush, x: float, y: float, length: float, angle: float, color: str = LEAF) -> None:
    """A leaf with its rib."""
    brush.petal(x, y, length, length * 0.42, angle, color)
    tip = around(x, y, length * 0.88, angle)
    brush.line([(x, y), tip], max(length * 0.025, 1.5), lighter(color, 0.3))


def banana_leaf(brush: Brush, x: float, y: float, w: float, h: float, angle: float) -> None:
    """A cut of banana leaf as a mat."""
    brush.slab(x + 8, y + 12, w, h, angle, brush.shadow())
    brush.slab(x, y, w, h, angle, BANANA_LEAF)
    brush.slab(x, y, w, h * 0.035, angle, lighter(BANANA_LEAF, 0.35))
    for step in range(-6, 7):
        spot = around(x, y, step * w / 14, angle)
        for side in (-1, 1):
            end = around(*spot, h * 0.44, angle + side * 78)
            brush.line([spot, end], 2, darker(BANANA_LEAF, 0.1))


def napkin(brush: Brush, x: float, y: float, size: float, angle: float, color: str) -> None:
    """A folded cloth with stripes along its edge."""
    brush.slab(x + 8, y + 11, size, size * 0.8, angle, brush.shadow())
    brush.slab(x, y, size, size * 0.8, angle, color)
    for offset, breadth in ((0.32, 0.03), (0.26, 0.012)):
        spot = around(x, y, size * offset, angle + 90)
        brush.slab(*spot, size, size * breadth, angle, lighter(color, 0.6))


def glass(brush: Brush, x: float, y: float, r: float, drink: str) -> None:
    """A glass from above, with ice."""
    brush.disc(x + r * 0.16, y + r * 0.22, r * 1.02, brush.shadow())
    brush.disc(x, y, r, lighter(brush.ground, 0.75))
    brush.disc(x, y, r * 0.86, darker(drink, 0.1))
    brush.disc(x + r * 0.02, y + r * 0.03, r * 0.82, drink)
    for turn, reach in ((20, 0.36), (140, 0.4), (262, 0.34)):
        ice = around(x, y, r * reach, turn + brush.chance.uniform(-20, 20))
        brush.slab(*ice, r * 0.46, r * 0.46, turn * 2, lighter(drink, 0.55))
        brush.slab(*ice, r * 0.3, r * 0.3, turn * 2, lighter(drink, 0.4))


def bottle(brush: Brush, x: float, foot: float, w: float, h: float, drink: str) -> None:
    """A standing bottle with a paper label, its foot at `foot`."""
    neck = w * 0.36
    brush.oval(x + w * 0.35, foot, w * 0.75, w * 0.12, brush.shadow())
    brush.box(x - neck / 2, foot - h, neck, h * 0.5, lighter(drink, 0.25), r=neck * 0.2)
    brush.box(x - w / 2, foot - h * 0.7, w, h * 0.7, drink, r=w * 0.24)
    brush.box(x - w * 0.4, foot - h * 0.64, w * 0.1, h * 0.54, lighter(drink, 0.4), r=w * 0.05)
    brush.box(x - neck * 0.62, foot - h * 1.04, neck * 1.24, h * 0.1, INDIGO, r=4)
    brush.box(x - w / 2, foot - h * 0.46, w, h * 0.28, PORCELAIN)
    brush.flower(x, foot - h * 0.32, w * 0.26, CHILI)


def jar(brush: Brush, x: float, foot: float, w: float, h: float, filling: str) -> None:
    """A standing glass jar with a cloth lid."""
    brush.oval(x + w * 0.25, foot, w * 0.66, w * 0.11, brush.shadow())
    brush.box(x - w / 2, foot - h, w, h, lighter(filling, 0.55), r=w * 0.16)
    brush.box(x - w * 0.45, foot - h * 0.82, w * 0.9, h * 0.78, filling, r=w * 0.13)
    brush.box(x - w * 0.38, foot - h * 0.74, w * 0.09, h * 0.6, lighter(filling, 0.45), r=w * 0.05)
    brush.box(x - w * 0.54, foot - h * 1.08, w * 1.08, h * 0.17, CHILI, r=8)
    brush.box(x - w * 0.3, foot - h * 0.55, w * 0.6, h * 0.3, PORCELAIN, r=5)
    brush.petal(x - w * 0.18, foot - h * 0.4, w * 0.36, w * 0.16, 0, LEAF)


def table(brush: Brush, top: float, color: str) -> None:
    """A table for things that stand, from `top` down."""
    brush.box(0, top, brush.width, brush.height - top, color)
    brush.box(0, top, brush.width, 10, lighter(color, 0.25))
    brush.ground = color


def egg(brush: Brush, x: float, y: float, r: float) -> None:
    """Half a boiled egg."""
    brush.oval(x + 4, y + 5, r, r * 0.82, darker(PORCELAIN, 0.25))
    brush.oval(x, y, r, r * 0.82, "#fffdf6")
    brush.disc(x, y, r * 0.46, "#f0a92b")
    brush.disc(x - r * 0.1, y - r * 0.1, r * 0.2, "#f7c45c")


def lime(brush: Brush, x: float, y: float, r: float) -> None:
    """A slice of lime."""
    brush.disc(x, y, r, "#6fa33b")
    brush.disc(x, y, r * 0.86, "#eef4cf")
    for turn in range(0, 360, 60):
        brush.petal(*around(x, y, r * 0.1, turn), r * 0.68, r * 0.56, turn, "#bcd66b")


def chilies(brush: Brush, x: float, y: float, length: float) -> None:
    """Three chilies."""
    for index, color in enumerate((CHILI, "#d9541f", "#5b9642")):
        angle = 18 + index * 34
        brush.petal(x, y + index * 8, length, length * 0.2, angle, color)
        brush.line([(x, y + index * 8), around(x, y + index * 8, -length * 0.14, angle)], 5, LEAF)


def shirt(x: float, y: float, scale: float = 1.0) -> list[tuple[float, float]]:
    """The outline of a short-sleeved shirt around its middle."""
    half = [(70, -300), (190, -240), (352, -72), (268, 12), (184, -62), (190, 310)]
    right = [(x + a * scale, y + b * scale) for a, b in half]
    left = [(x - a * scale, y + b * scale) for a, b in reversed(half)]
    return right + left
