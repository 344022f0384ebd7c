"""Pages deleted by the hundred, with all that is kept of one that a person deletes."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from accounts.models import User
from cms.bulk_history import Deed, log_deeds
from cms.models import ProductPage
from cms.tree import withdraw
from marketplace import registry


@transaction.atomic
def remove_pages(pages: Sequence[Any], *, by: User | None) -> None:
    """Delete pages of one kind that have no pages below them; their rows in the registry stay.

    Raises `ProtectedError`, and deletes none, if something else points at one. The rows are locked.
    """
    if not pages:
        return
    log_deeds([Deed(page, "wagtail.delete") for page in pages], by=by)
    _close(pages)
    keys = [page.pk for page in pages]
    Page.objects.filter(pk__in=keys).update(live=False)  # else each is unpublished once more
    with disable_reference_index_auto_update():
        Page.objects.filter(pk__in=keys).delete()
    _forget_references(keys)


def _close(pages: Sequence[Any]) -> None:
    if isinstance(pages[0], ProductPage):
        withdraw([page.page_ptr for page in pages])
        return
    for page in pages:
        registry.close_umkm(page=page.page_ptr)


def _forget_references(keys: Sequence[int]) -> None:
    """What pointed from the pages, and at them."""
    kind = ContentType.objects.get_for_model(Page)
    names = [str(key) for key in keys]
    ReferenceIndex.objects.filter(base_content_type=kind, object_id__in=names).delete()
    ReferenceIndex.objects.filter(to_content_type=kind, to_object_id__in=names).delete()
