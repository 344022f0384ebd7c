"""bin/messages reads texts as Django does, keeps translations and writes what Django reads."""

import gettext
from pathlib import Path
from types import ModuleType

import pytest

from tests.config import programs

TEMPLATE = """
{% load i18n %}
    <p>{% translate "It's here" %} an unbalanced " quote</p>
  {% blocktranslate trimmed count n=shops %}
    {{ n }} shop
  {% plural %}
    {{ n }} shops
  {% endblocktranslate %}
{% translate "May" context "month" %} {% include "card.html" with label=_("Label") %}
"""
CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
title = _("Catalogue")
ngettext("%(n)d post", "%(n)d posts", 2)
pgettext("verb", "Post")
"""
CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Catalogue"
msgstr "Katalog"

msgid "Gone"
msgstr "Sudah tiada"
"""


@pytest.fixture
def messages(tmp_path: Path) -> ModuleType:
    """The program, over a project of one app, one template and one language."""
    program = programs.load("messages")
    program.ROOT = tmp_path
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "models.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    catalogue = tmp_path / "locale" / "id" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(CATALOGUE)
    return program


def test_texts_of_code_and_templates_are_found_with_plurals_and_contexts(
    messages: ModuleType,
) -> None:
    found = {(message.id, message.context) for message in messages.source_texts() if message.id}

    assert found == {
        ("Catalogue", None),
        (("%(n)d post", "%(n)d posts"), None),
        ("Post", "verb"),
        ("It's here", None),
        (("%(n)s shop", "%(n)s shops"), None),
        ("May", "month"),
        ("Label", None),
    }


def test_an_update_keeps_translations_and_drops_what_is_gone(messages: ModuleType) -> None:
    messages.update()

    text = (messages.ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po").read_text()
    assert 'msgid "Catalogue"\nmsgstr "Katalog"' in text
    assert "Gone" not in text
    assert "It's here" in text


def test_a_second_update_changes_nothing(messages: ModuleType) -> None:
    path = messages.ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
    messages.update()
    first = path.read_text()

    messages.update()

    assert path.read_text() == first


def test_what_is_compiled_is_what_gettext_reads(messages: ModuleType) -> None:
    messages.compile_catalogues()

    compiled = messages.ROOT / "locale" / "id" / "LC_MESSAGES" / "django.mo"
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Catalogue") == "Katalog"
