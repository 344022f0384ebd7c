"""Every category has drawn pictures, and each is drawn the same every time."""

from io import BytesIO

import pytest
from PIL import Image

from demo.pictures import SCENES, draw, draw_logo

CATEGORIES = [
    "kuliner",
    "camilan",
    "minuman",
    "sembako",
    "fesyen",
    "kriya",
    "agribisnis",
    "kesehatan",
    "rumah_tangga",
    "jasa",
    "kreatif",
    "acara",
]


def test_every_category_has_scenes_of_its_own() -> None:
    assert SCENES.keys() == set(CATEGORIES)
    assert min(len(scenes) for scenes in SCENES.values()) >= 3


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_picture_is_a_jpeg_of_1200_by_800_and_always_the_same(category: str) -> None:
    for variant in range(len(SCENES[category])):
        drawn = draw(category, variant)

        image = Image.open(BytesIO(drawn), formats=["JPEG"])
        assert image.size == (1200, 800)
        assert drawn == draw(category, variant)


def test_variants_differ() -> None:
    assert len({draw("kuliner", variant) for variant in range(12)}) == 12


def test_a_logo_takes_any_name() -> None:
    for name in ("Warung Bu Sri", "1 Rasa", "", "  ", "é"):
        assert Image.open(BytesIO(draw_logo(name, 3)), formats=["PNG"]).size == (320, 320)
