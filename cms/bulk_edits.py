"""Pages changed by the hundred, with all that is kept of one that a person edits.

A revision, the lines of its history, its row in the registry, both indexes and what searches find:
page by page they cost over a hundred queries each, here a few for all. Whoever calls has locked the
pages' rows and opened the pages with `open_pages`.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from modelcluster.models import get_all_child_relations
from modelsearch.backends import get_search_backends
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.signals import page_published

from accounts.models import User
from cms.bulk_history import Deed, log_deeds, told_of, write_revisions
from cms.digest import KEPT_OF_PAGE
from cms.models import ProductPage, UmkmPage
from cms.search_entries import renew
from marketplace import registry

AnyPage = TypeVar("AnyPage", UmkmPage, ProductPage)

CONTENT_OF_PAGE = KEPT_OF_PAGE | {"show_in_menus", "go_live_at", "expire_at"}
"""The columns of every page that a draft has its own of; the others are the page's."""
REVISED = ["latest_revision", "latest_revision_created_at"]
DRAFTED = [*REVISED, "draft_title", "has_unpublished_changes"]
PUBLISHED = [*DRAFTED, "title", "live_revision", "last_published_at"]


@dataclass(frozen=True)
class Edit:
    """A page of `open_pages` with new words.

    `changed` names its own columns and its children that differ; `former_title` is what it was
    called; `reverts` is the revision whose words are put back.
    """

    page: Any
    changed: frozenset[str]
    former_title: str
    publishes: bool
    reverts: Revision | None = None


# --- Opening -------------------------------------------------------------------------------------


def open_pages(model: type[AnyPage], keys: Iterable[int]) -> dict[int, AnyPage]:
    """Pages as an editor opens them, by key, to be changed and given to `save_edits`.

    A page that was loaded without history gets its first revision, which says what stands there.
    """
    pages = read_pages(model, keys)
    without_history = [page for page in pages.values() if page.latest_revision_id is None]
    write_revisions(without_history)
    update_rows(without_history, REVISED)
    return pages


def read_pages(model: type[AnyPage], keys: Iterable[int]) -> dict[int, AnyPage]:
    """Pages as an editor sees them, by key: drafts where there are; their children in memory."""
    stored = model._default_manager.select_related("latest_revision")
    stored = stored.prefetch_related(*children_of(model))
    return {pk: _draft_of(page) for pk, page in stored.in_bulk(list(keys)).items()}


def children_of(model: type[Page]) -> dict[str, Any]:
    """What may stand below a page of this kind: the models, by the name of the relation."""
    relations = get_all_child_relations(model)
    return {relation.get_accessor_name(): relation.related_model for relation in relations}


def _draft_of(page: AnyPage) -> AnyPage:
    """As `Page.get_latest_revision_as_object`, without a query for each key that it holds."""
    if not (page.has_unpublished_changes and page.latest_revision):
        return page
    draft: AnyPage = type(page).from_serializable_data(
        page.latest_revision.content, check_fks=False
    )
    for column in Page._meta.concrete_fields:
        if column.name not in CONTENT_OF_PAGE:
            setattr(draft, column.attname, getattr(page, column.attname))
    draft.latest_revision = page.latest_revision
    return draft


# --- Saving --------------------------------------------------------------------------------------


@transaction.atomic
def save_edits(edits: Sequence[Edit], *, by: User | None) -> None:
    """Write each edit as a new revision of its page, and into the page where it is published.

    Published are only pages that are live already: others stay the drafts that they are.
    """
    drafted = [edit.page for edit in edits if not edit.publishes]
    published = [edit for edit in edits if edit.publishes]
    write_children(
        [edit.page for edit in published], {edit.page.pk: edit.changed for edit in published}
    )
    write_revisions([edit.page for edit in edits], by=by)
    for edit in edits:
        _mark(edit)
    update_rows(drafted, DRAFTED)
    _publish(published)
    log_deeds([deed for edit in edits for deed in _deeds(edit)], by=by)


def _mark(edit: Edit) -> None:
    """What the table of all pages says of a page with a new revision."""
    page = edit.page
    page.draft_title = page.title
    page.has_unpublished_changes = not edit.publishes
    if edit.publishes:
        page.live_revision = page.latest_revision
        page.last_published_at = page.latest_revision_created_at


def update_rows(pages: Sequence[Any], columns: Sequence[str]) -> None:
    """Write columns of the table of all pages.

    In one plain statement, because Django updates many rows by a CASE for each column, which grows
    with each row and takes longer than all the rest.
    """
    fields = [Page._meta.get_field(name) for name in ["id", *columns]]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    names = ", ".join(field.column for field in fields)
    sets = ", ".join(f"{field.column} = given.{field.column}" for field in fields[1:])
    values = [[getattr(page, field.attname) for page in pages] for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Page._meta.db_table} AS page SET {sets}"
            f" FROM unnest({arrays}) AS given ({names}) WHERE page.id = given.id",
            values,
        )


def write_children(pages: Sequence[Any], changed: Mapping[int, Container[str]]) -> None:
    """Write what stands below pages, whole lists, where it differs: hours, badges, variants."""
    for name, model in children_of(type(pages[0])).items() if pages else ():
        differing = [page for page in pages if name in changed[page.pk]]
        if differing:
            _write_relation(model, name, differing)


def _write_relation(model: Any, name: str, pages: Sequence[Any]) -> None:
    rows = []
    for page in pages:
        for place, row in enumerate(getattr(page, name).all()):
            row.page, row.sort_order = page, place
            rows.append(row)
    kept = [row for row in rows if row.pk]
    stale = model.objects.filter(page__in=pages).exclude(pk__in=[row.pk for row in kept])
    stale.delete()
    columns = [column.name for column in model._meta.concrete_fields if not column.primary_key]
    model.objects.bulk_update(kept, columns, batch_size=500)
    model.objects.bulk_create([row for row in rows if not row.pk], batch_size=500)


def _deeds(edit: Edit) -> list[Deed]:
    page = edit.page
    back = {"revision": told_of(edit.reverts)} if edit.reverts else {}
    saved = Deed(page, "wagtail.revert" if back else "wagtail.edit", back, changes_content=True)
    if not edit.publishes:
        return [saved]
    if page.title == edit.former_title:
        return [saved, Deed(page, "wagtail.publish", back, changes_content=True)]
    renamed = {**back, "title": {"old": edit.former_title, "new": page.title}}
    published = Deed(page, "wagtail.publish", renamed, changes_content=True)
    return [saved, Deed(page, "wagtail.rename", renamed), published]


# --- Publishing ----------------------------------------------------------------------------------


def _publish(edits: Sequence[Edit]) -> None:
    """Let the pages, and all that follows them, say what their new revisions say."""
    if not edits:
        return
    pages = [edit.page for edit in edits]
    own = {column.name for column in type(pages[0])._meta.local_concrete_fields}
    differing = sorted(own & {name for edit in edits for name in edit.changed})
    if differing:
        type(pages[0])._base_manager.bulk_update(pages, differing, batch_size=500)
    update_rows(pages, PUBLISHED)
    _forget_schedules(pages)
    register_pages(pages)
    _write_indexes(edits)
    for page in pages:
        page_published.send(sender=type(page), instance=page, revision=page.latest_revision)
    _update_aliases(pages)


def _forget_schedules(pages: Sequence[Any]) -> None:
    keys = [str(page.pk) for page in pages]
    scheduled = Revision.page_revisions.filter(object_id__in=keys)
    scheduled.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)


def register_pages(pages: Sequence[Any]) -> None:
    """Let the registry, and what searches find, follow live pages of one kind."""
    if isinstance(pages[0], ProductPage):
        shops = {page.path: page for page in _parents(pages)}
        offers = [
            registry.Offer(page.page_ptr, shops[_path_above(page)], page.facts()) for page in pages
        ]
        registry.register_products(offers)
        renew(sorted(shop.pk for shop in shops.values()))
    else:
        prefetch_related_objects(pages, "category", "region")
        for page in pages:
            registry.register_umkm(page=page.page_ptr, facts=page.facts())
        renew(sorted(page.pk for page in pages))


def _parents(pages: Sequence[Any]) -> Iterable[Page]:
    return Page.objects.filter(path__in={_path_above(page) for page in pages})


def _path_above(page: Any) -> str:
    path: str = page.path
    return path[: -Page.steplen]


def _write_indexes(edits: Sequence[Edit]) -> None:
    pages = [edit.page for edit in edits]
    for backend in get_search_backends():
        backend.add_bulk(type(pages[0]), pages)
    keys = {column.name for column in type(pages[0])._meta.concrete_fields if column.remote_field}
    for edit in edits:
        if keys & edit.changed:  # nothing else that an edit changes points anywhere
            ReferenceIndex.create_or_update_for_object(edit.page)


def _update_aliases(pages: Sequence[Any]) -> None:
    copied = set(Page.objects.filter(alias_of__in=pages).values_list("alias_of", flat=True))
    for page in pages:
        if page.pk in copied:
            page.update_aliases(
                revision=page.latest_revision, _content=page.latest_revision.content
            )
