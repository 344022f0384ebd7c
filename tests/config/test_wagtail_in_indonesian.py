"""The editors' desk speaks Indonesian: what Wagtail has no words for yet, we lend it."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import wagtail
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

WAGTAIL = Path(wagtail.__file__).parent
PARTS = [
    "", "admin", "contrib/redirects", "contrib/settings", "documents", "embeds", "images",
    "search", "sites", "snippets", "users",
]  # fmt: skip
OURS = {
    "django": settings.BASE_DIR / "cms" / "locale",
    "djangojs": settings.BASE_DIR / "locale",
}


def texts(domain: str) -> Iterator[tuple[Path, Message]]:
    """Each text of the parts of Wagtail that are installed, with the part's own catalogues."""
    for part in PARTS:
        source = WAGTAIL / part / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
        if source.exists():
            with source.open("rb") as file:
                yield from ((WAGTAIL / part / "locale", text) for text in read_po(file) if text.id)


def known(folder: Path, language: str, domain: str) -> set[str]:
    """The keys that a compiled catalogue has words for; none where there is none."""
    path = folder / language / "LC_MESSAGES" / f"{domain}.mo"
    if not path.exists():
        return set()
    with path.open("rb") as file:
        entries = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key for key in entries}


def key_of(text: Message) -> str:
    single = text.id if isinstance(text.id, str) else text.id[0]
    return f"{text.context}\x04{single}" if text.context else single


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_of_wagtails_admin_has_indonesian_words(domain: str) -> None:
    ours = known(OURS[domain], "id", domain)

    missing = {
        key_of(text)
        for folder, text in texts(domain)
        if key_of(text) not in ours | known(folder, "id_ID", domain)
    }

    assert sorted(missing) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_we_lend_no_words_that_wagtail_has_itself(domain: str) -> None:
    theirs = {
        key_of(text)
        for folder, text in texts(domain)
        if key_of(text) in known(folder, "id_ID", domain)
    }
    lacking = {
        key_of(text)
        for folder, text in texts(domain)
        if key_of(text) not in known(folder, "id_ID", domain)
    }

    ours = known(OURS[domain], "id", domain) - {""}

    assert sorted(ours & theirs - lacking) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_lent_words_have_the_placeholders_of_their_text(domain: str) -> None:
    path = OURS[domain] / "id" / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        lent = [text for text in read_po(file, locale="id") if text.id]

    wrong = [
        text.id for text in lent if placeholders(last(text.id)) != placeholders(last(text.string))
    ]

    assert wrong == []


def last(forms: str | tuple[str, ...]) -> str:
    return forms if isinstance(forms, str) else forms[-1]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))
