"""What a page shows, in one short value: another value is a change that readers are told of."""

import hashlib
import json
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.models import Page

KEPT_OF_PAGE = {"title", "slug", "seo_title", "search_description"}
"""The columns of every page that visitors see; the others are the editors' bookkeeping."""


def page_digest(page: Page) -> str:
    """SHA-256 of the fields and children that visitors see."""
    data = page.serializable_data()
    bookkeeping = _names_of_page() - KEPT_OF_PAGE
    shown = {name: _plain(value) for name, value in data.items() if name not in bookkeeping}
    text = json.dumps(shown, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """A value without the zeros that the database adds to a number.

    Children stand without their keys, of which some are new whenever a draft is published.
    """
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        rows = [row if isinstance(row, dict) else {"": row} for row in value]
        return [{name: _plain(said) for name, said in row.items() if name != "pk"} for row in rows]
    return value


def _names_of_page() -> set[str]:
    return {"pk", *(field.name for field in Page._meta.get_fields()), "wagtail_admin_comments"}
