"""Every text of the source has its Indonesian words, with the same placeholders."""

import re
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings

from tests.config import programs

PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """bin/messages, which is a program and no module."""
    return programs.load("messages")


@pytest.fixture(scope="module")
def indonesian(messages: ModuleType) -> Catalog:
    """The Indonesian catalogue as it stands in the source."""
    path = settings.BASE_DIR / "locale" / "id" / "LC_MESSAGES" / "django.po"
    catalogue: Catalog = messages.read_catalogue(path)
    return catalogue


@pytest.fixture(scope="module")
def texts(messages: ModuleType) -> list[Message]:
    """All texts of the code and the templates."""
    return [message for message in messages.source_texts() if message.id]


def words(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


def test_every_text_has_an_indonesian_translation(
    messages: ModuleType, texts: list[Message], indonesian: Catalog
) -> None:
    found = {text.id: indonesian.get(text.id, text.context) for text in texts}

    missing = [text for text, entry in found.items() if not entry]
    unfinished = [
        text for text, entry in found.items() if entry and not messages.is_translated(entry)
    ]

    assert missing == []
    assert unfinished == []


def test_a_translation_has_the_placeholders_of_its_text(indonesian: Catalog) -> None:
    wrong = []
    for message in indonesian:
        singular, *plural = message.id if isinstance(message.id, tuple) else (message.id,)
        expected = set(PLACEHOLDER.findall(plural[0] if plural else singular))
        wrong += [text for text in words(message) if set(PLACEHOLDER.findall(text)) != expected]

    assert wrong == []


def test_the_catalogue_holds_no_text_that_is_gone(
    texts: list[Message], indonesian: Catalog
) -> None:
    known = {(message.id, message.context) for message in texts}

    assert [
        message.id
        for message in indonesian
        if message.id and (message.id, message.context) not in known
    ] == []


def test_none_is_a_guess(indonesian: Catalog) -> None:
    assert [message.id for message in indonesian if message.id and message.fuzzy] == []
