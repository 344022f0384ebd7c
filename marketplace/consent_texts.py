"""The texts that an ASN is asked to agree to: files, of which the last version holds.

A version is a pair of files, `NAME.id.txt` and `NAME.en.txt`; the last name in the alphabet is the
present one. Whatever changes in a text, its digest changes, and everyone is asked again.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDONESIAN, ENGLISH = "id", "en"


@dataclass(frozen=True)
class Part:
    """A paragraph, or several lines of a list."""

    lines: tuple[str, ...]
    is_list: bool


@dataclass(frozen=True)
class Text:
    """One version, as people of this city read it."""

    version: str
    indonesian: str
    english: str

    @property
    def digest(self) -> str:
        """SHA-256 of the version and of both texts."""
        said = "\0".join([self.version, self.indonesian, self.english])
        return hashlib.sha256(said.encode()).hexdigest()

    def wording(self, language: str) -> str:
        """The text in a language; Indonesian where it is not English."""
        return self.english if language.startswith(ENGLISH) else self.indonesian

    def title(self, language: str) -> str:
        """Its first line."""
        return self.wording(language).partition("\n")[0]

    def parts(self, language: str) -> list[Part]:
        """What stands below the title, as a page shows it."""
        blocks = self.wording(language).split("\n\n")[1:]
        return [_part(block) for block in blocks]


def current() -> Text:
    """The version that is asked for now. Raises `ImproperlyConfigured` where there is none."""
    return _newest(settings.CONSENT_TEXTS, settings.CITY_NAME)


def of_recognition() -> Text:
    """What who wants to be thanked by name agrees to, apart from taking part."""
    return _newest(settings.RECOGNITION_TEXTS, settings.CITY_NAME)


@lru_cache(maxsize=4)
def _newest(folder: Path, city: str) -> Text:
    versions = sorted(path.name.removesuffix(".id.txt") for path in folder.glob("*.id.txt"))
    if not versions:
        raise ImproperlyConfigured(f"{folder} holds no consent text (NAME.id.txt, NAME.en.txt).")
    wordings = [
        _read(folder / f"{versions[-1]}.{lang}.txt", city) for lang in (INDONESIAN, ENGLISH)
    ]
    return Text(versions[-1], *wordings)


def _read(path: Path, city: str) -> str:
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").strip()
    return text.replace("{city}", city)


def _part(block: str) -> Part:
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    is_list = all(line.startswith("- ") for line in lines)
    return Part(tuple(line.removeprefix("- ") for line in lines), is_list)
