"""Drawn placeholder pictures: what a shop may look like until it sends its own photograph.

The same category and variant always give the same bytes.
"""

from collections.abc import Callable

from demo.pictures import handmade, kitchen, workshop
from demo.pictures.brush import Brush
from demo.pictures.close_up import close_up
from demo.pictures.logo import draw_logo

__all__ = ["close_up", "draw", "draw_logo"]

GROUNDS = ("#d5e3ee", "#f1dcb8", "#275a8c", "#b9cfb8", "#e7b9a4", "#2f6e74", "#efd083", "#c7d2dc")
SCENES: dict[str, tuple[Callable[[Brush], None], ...]] = {
    **kitchen.SCENES,
    **handmade.SCENES,
    **workshop.SCENES,
}


def draw(category: str, variant: int) -> bytes:
    """A picture for a shop or product of that category: 1200 x 800 pixels, JPEG."""
    scenes = SCENES.get(category, SCENES["kriya"])
    brush = Brush(ground=_ground(category, variant), seed=variant)
    scenes[variant % len(scenes)](brush)
    return brush.jpeg()


def _ground(category: str, variant: int) -> str:
    """A ground that differs between the variants of one scene and between categories."""
    return GROUNDS[(sum(category.encode()) + variant + variant // 4) % len(GROUNDS)]
