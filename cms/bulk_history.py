"""The history of many pages at once: their revisions, and what Wagtail's reports show was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.utils.timestamps import ensure_utc

from accounts.models import User


def write_revisions(
    pages: Sequence[Any], *, by: User | None = None, at: datetime | None = None
) -> None:
    """Keep what each page says, and let it be its latest revision; the page's row is not written.

    `at` is by default now.
    """
    base = ContentType.objects.get_for_model(Page)
    at = at or timezone.now()
    revisions = [
        Revision(
            content_type_id=page.content_type_id,
            base_content_type=base,
            object_id=str(page.pk),
            user=by,
            object_str=str(page),
            created_at=at,
            content=page.serializable_data(),
        )
        for page in pages
    ]
    Revision.objects.bulk_create(revisions, batch_size=500)
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision, page.latest_revision_created_at = revision, at


@dataclass(frozen=True)
class Deed:
    """Something that was done to a page, by the name that Wagtail gives it."""

    page: Any
    action: str
    facts: dict[str, Any] = field(default_factory=dict)
    changes_content: bool = False

    @property
    def deletes(self) -> bool:
        return self.action == "wagtail.delete"


def log_deeds(deeds: Iterable[Deed], *, by: User | None) -> None:
    """Write what was done into the history that editors see."""
    entries = [_entry(deed, by=by) for deed in deeds]
    PageLogEntry.objects.bulk_create(entries, batch_size=500)


def told_of(revision: Revision) -> dict[str, Any]:
    """A revision as the log speaks of it."""
    return {"id": revision.pk, "created": ensure_utc(revision.created_at)}


def _entry(deed: Deed, *, by: User | None) -> PageLogEntry:
    page = deed.page
    return PageLogEntry(
        page_id=page.pk,
        content_type_id=page.content_type_id,
        label=page.get_admin_display_title(),
        action=deed.action,
        data=deed.facts,
        timestamp=timezone.now(),
        user=by,
        revision_id=None if deed.deletes else page.latest_revision_id,
        content_changed=deed.changes_content,
        deleted=deed.deletes,
    )
