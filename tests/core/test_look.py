"""What the look stands on: nothing inline, every icon drawn, fonts as they came, tokens alone."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
INLINE = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:")
ICON = re.compile(r'components/icon\.html" with name="([a-z_-]+)"')
LIGHT_DARK = re.compile(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)")


def site_templates() -> Iterator[Path]:
    """Our templates of the public site; Wagtail's admin has a policy of its own."""
    return (
        path
        for path in TEMPLATES.rglob("*.html")
        if not {"admin", "wagtailadmin"} & set(path.relative_to(TEMPLATES).parts)
    )


def test_no_template_holds_an_inline_style_or_script() -> None:
    found = [path.name for path in site_templates() if INLINE.search(path.read_text())]

    assert found == []


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z_-]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for path in site_templates() for name in ICON.findall(path.read_text())}

    assert named - drawn == set()


@pytest.mark.parametrize(
    "line", (STATIC / "fonts/SHA256SUMS").read_text().splitlines(), ids=lambda line: line[66:]
)
def test_a_font_is_the_one_that_was_published(line: str) -> None:
    digest, name = line.split()

    assert hashlib.sha256((STATIC / "fonts" / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "canvas"),
        ("text", "surface"),
        ("text", "surface-sunk"),
        ("text-soft", "canvas"),
        ("text-soft", "surface"),
        ("text-soft", "surface-sunk"),
        ("primary", "canvas"),
        ("primary", "surface"),
        ("on-primary", "primary"),
        ("on-primary", "primary-strong"),
        ("primary-strong", "primary-wash"),
        ("text-soft", "primary-wash"),
        ("apple", "surface"),
        ("apple", "apple-wash"),
        ("leaf", "leaf-wash"),
        ("gold-text", "gold-wash"),
        ("text-soft", "gold-wash"),
    ],
)
def test_words_stand_out_from_their_ground(text: str, ground: str, mode: str) -> None:
    assert contrast(colour(text, mode), colour(ground, mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("edge", ["line-strong", "focus"])
def test_edges_of_fields_and_focus_stand_out(edge: str, mode: str) -> None:
    for ground in ("canvas", "surface"):
        assert contrast(colour(edge, mode), colour(ground, mode)) >= 3


def colour(role: str, mode: str) -> str:
    """What tokens.css gives a role in one mode."""
    for name, light, dark in LIGHT_DARK.findall((STATIC / "css/tokens.css").read_text()):
        if name == role:
            return light if mode == "light" else dark
    raise KeyError(role)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
