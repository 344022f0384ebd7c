"""What the pages of shops and of products have in common: the registry follows them.

A page is the only place where a fact is typed. Saving it writes the registry in the same
transaction, by whether the page is live: every way to publish, schedule, revert or unpublish ends
in `save()`, while `Page.publish()` is not called on each and the signals come after the commit.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from cms.models.product import ProductPage
    from cms.models.umkm import UmkmPage

LONGEST_NAME = 120
"""As long as a name in the registry may be."""


def follow(page: "UmkmPage | ProductPage", *, written: Iterable[str] | None) -> None:
    """Let the registry follow what was written of a page.

    Saving a draft of a live page writes a few columns of an object that holds the draft's words:
    only what stands in the database is the page's.
    """
    if written is None:
        page.write_registry()
    elif _shown_fields(page) & set(written):
        type(page).objects.get(pk=page.pk).write_registry()


def renew_search(shop: int) -> None:
    """What is found of a shop is read again, its products included."""
    from cms.search_entries import renew  # reads these models

    renew([shop])


def check_name(title: str) -> None:
    """Refuse a title that the registry has no room for."""
    if len(title) > LONGEST_NAME:
        longest = {"longest": LONGEST_NAME}
        raise ValidationError({"title": _("At most %(longest)d characters.") % longest})


def _shown_fields(page: "UmkmPage | ProductPage") -> set[str]:
    """The columns that visitors or the registry read: no draft is written to them."""
    return {*page.FACTS, *(field.name for field in page._meta.local_fields)} - {"page_ptr"}
