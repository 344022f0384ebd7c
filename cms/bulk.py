"""Shops with their pages by the hundred: for loaders, where page by page would take minutes.

The page tree, search index and reference index are written in bulk; the registry is written by its
own rules, row by row, as any publishing would.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from modelsearch.backends import get_search_backends
from wagtail.models import Page, ReferenceIndex

from accounts.models import User
from cms.bulk_edits import children_of, register_pages, update_rows, write_children
from cms.bulk_history import Deed, log_deeds, write_revisions
from cms.models import (
    Allergen,
    Badge,
    OpeningHours,
    Photo,
    ProductPage,
    ProductPicture,
    ShopLink,
    UmkmIndexPage,
    UmkmPage,
    Variant,
)
from marketplace.models import Category, Region, Umkm

AnyPage = TypeVar("AnyPage", UmkmPage, ProductPage)


@dataclass(frozen=True)
class ProductText:
    """What a product's page says. `price` is whole rupiah per `unit`; None: ask the shop.

    `variants` are unsaved rows without a page, in their order; `pictures` come after `photo`.
    """

    title: str
    price: int | None
    unit: str = ""
    summary: str = ""
    photo: Photo | None = None
    available: bool = True
    price_to: int | None = None
    preorder_days: int | None = None
    allergens: Sequence[Allergen] = ()
    pictures: Sequence[Photo] = ()
    variants: Sequence[Variant] = ()


@dataclass(frozen=True)
class UmkmText:
    """What a shop's page says. `story` is a list of (block name, value) as in `UmkmPage.story`.

    `hours`, `links` and `badges` are unsaved rows without a page, in their order.
    """

    title: str
    summary: str
    category: Category
    region: Region
    rw: int | None = None
    rt: int | None = None
    address: str = ""
    opening_hours: str = ""
    whatsapp: str = ""
    delivers: bool = False
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    hours: Sequence[OpeningHours] = ()
    links: Sequence[ShopLink] = ()
    badges: Sequence[Badge] = ()
    payment_ways: str = ""
    photo: Photo | None = None
    logo: Photo | None = None
    story: Sequence[tuple[str, Any]] = ()
    products: Sequence[ProductText] = field(default=())
    published_at: datetime | None = None


@transaction.atomic
def make_umkm_pages(texts: Sequence[UmkmText], *, index: UmkmIndexPage | None = None) -> list[Umkm]:
    """Publish a page for each text, its products below it, and register them; rows in that order.

    `index` is the catalogue, by default the only one. Slugs come from the titles; where one is
    taken, a number follows it. 460 shops with 120 products take a few seconds.
    """
    if not texts:
        return []
    catalogue = _locked(index or UmkmIndexPage.objects.get())
    shops = [_umkm_page(text) for text in texts]
    _plant(shops, parents=[catalogue] * len(shops))
    _write_details(texts, shops)
    products, parents = _product_pages(texts, shops)
    _plant(products, parents=parents)
    _write_product_details(texts, products)
    register_pages(shops)
    if products:
        register_pages(products)
    return _rows(shops)


def _locked(index: UmkmIndexPage) -> UmkmIndexPage:
    """The catalogue, with its row locked: two loaders would give the same tree paths."""
    return UmkmIndexPage.objects.select_for_update(of=("self",)).get(pk=index.pk)


def _umkm_page(text: UmkmText) -> UmkmPage:
    return UmkmPage(
        title=text.title,
        summary=text.summary,
        category=text.category,
        region=text.region,
        rw=text.rw,
        rt=text.rt,
        address=text.address,
        opening_hours=text.opening_hours,
        whatsapp=text.whatsapp,
        delivers=text.delivers,
        latitude=text.latitude,
        longitude=text.longitude,
        payment_ways=text.payment_ways,
        photo=text.photo,
        logo=text.logo,
        story=list(text.story),
        first_published_at=text.published_at,
    )


def _write_details(texts: Sequence[UmkmText], shops: Sequence[UmkmPage]) -> None:
    """Write the rows that stand below a shop's page: hours, links and badges."""
    for model, name in ((OpeningHours, "hours"), (ShopLink, "links"), (Badge, "badges")):
        rows = []
        for text, shop in zip(texts, shops, strict=True):
            for place, row in enumerate(getattr(text, name)):
                row.page_id, row.sort_order = shop.pk, place
                rows.append(row)
        model._default_manager.bulk_create(rows, batch_size=500)


def _product_pages(
    texts: Sequence[UmkmText], shops: Sequence[UmkmPage]
) -> tuple[list[ProductPage], list[UmkmPage]]:
    """The products' pages, and beside each the page of its shop."""
    pages, parents = [], []
    for text, shop in zip(texts, shops, strict=True):
        for product in text.products:
            pages.append(_product_page(product, shop))
            parents.append(shop)
    return pages, parents


def _product_page(text: ProductText, shop: UmkmPage) -> ProductPage:
    return ProductPage(
        title=text.title,
        price=text.price,
        unit=text.unit,
        summary=text.summary,
        photo=text.photo,
        available=text.available,
        price_to=text.price_to,
        preorder_days=text.preorder_days,
        allergens=list(text.allergens),
        first_published_at=shop.first_published_at,
    )


def _write_product_details(texts: Sequence[UmkmText], pages: Sequence[ProductPage]) -> None:
    """Write the rows that stand below a product's page: pictures and variants."""
    offered = [product for text in texts for product in text.products]
    pictures, variants = [], []
    for text, page in zip(offered, pages, strict=True):
        for place, photo in enumerate(text.pictures):
            pictures.append(ProductPicture(page=page, photo=photo, sort_order=place))
        for place, row in enumerate(text.variants):
            row.page_id, row.sort_order = page.pk, place
            variants.append(row)
    ProductPicture.objects.bulk_create(pictures, batch_size=500)
    Variant.objects.bulk_create(variants, batch_size=500)


@transaction.atomic
def add_pages(
    pages: Sequence[AnyPage], *, parents: Sequence[Page], live: bool, by: User | None
) -> None:
    """Write new pages below their parents, each with a first revision that names who made it.

    Live pages are registered; others wait as drafts. The rows of the parents must be locked: two
    loaders would give the same tree paths.
    """
    if not pages:
        return
    _know_no_children(pages)
    _plant(pages, parents=parents, live=live)
    write_children(pages, {page.pk: _given(page) for page in pages})
    write_revisions(pages, by=by)
    for page in pages:
        page.live_revision = page.latest_revision if page.live else None
    update_rows(pages, ["latest_revision", "latest_revision_created_at", "live_revision"])
    log_deeds([Deed(page, "wagtail.create", changes_content=True) for page in pages], by=by)
    if live:
        register_pages(pages)


def _plant(pages: Sequence[AnyPage], *, parents: Sequence[Page], live: bool = True) -> None:
    """Write the pages below their parents, and put them into both indexes."""
    if not pages:
        return
    kind = ContentType.objects.get_for_model(type(pages[0]))
    for page in pages:
        _make_live(page, kind) if live else _make_draft(page, kind)
    _place(pages, parents)
    _insert(pages)
    _raise_numchild(parents)
    _write_indexes(pages)


def _make_live(page: AnyPage, kind: ContentType) -> None:
    now = timezone.now()
    page.content_type = kind
    page.draft_title = page.title
    page.live = True
    page.has_unpublished_changes = False
    page.first_published_at = page.first_published_at or now
    page.last_published_at = page.latest_revision_created_at = page.first_published_at


def _make_draft(page: AnyPage, kind: ContentType) -> None:
    page.content_type = kind
    page.draft_title = page.title
    page.live = False
    page.has_unpublished_changes = True
    page.latest_revision_created_at = timezone.now()


def _know_no_children(pages: Sequence[AnyPage]) -> None:
    """A new page has the children it was given: nobody need ask the database for more."""
    for name in children_of(type(pages[0])):
        for page in pages:
            setattr(page, name, list(getattr(page, name).all()))


def _given(page: AnyPage) -> set[str]:
    return {name for name in children_of(type(page)) if getattr(page, name).all()}


def _place(pages: Sequence[AnyPage], parents: Sequence[Page]) -> None:
    """Give each page its path, depth, slug and address below its parent."""
    steps = _last_steps({parent.pk: parent for parent in parents}.values())
    taken = _slugs({parent.path for parent in parents})
    for page, parent in zip(pages, parents, strict=True):
        steps[parent.pk] += 1
        page.depth = parent.depth + 1
        page.path = Page._get_path(parent.path, page.depth, steps[parent.pk])
        page.locale_id = parent.locale_id
        page.slug = _free_slug(page.title, taken.setdefault(parent.path, set()))
        page.set_url_path(parent)


def _last_steps(parents: Iterable[Page]) -> Counter[int]:
    """How far the children of each parent are numbered, by the parent's key."""
    steps: Counter[int] = Counter()
    for parent in parents:
        last = parent.get_last_child() if parent.numchild else None
        steps[parent.pk] = Page._str2int(last.path[-Page.steplen :]) if last else 0
    return steps


def _slugs(parents: set[str]) -> dict[str, set[str]]:
    """The slugs that are taken below each parent, by the parent's path."""
    taken: dict[str, set[str]] = {}
    depth = len(next(iter(parents))) // Page.steplen + 1
    for path, slug in Page.objects.filter(depth=depth).values_list("path", "slug"):
        taken.setdefault(path[: -Page.steplen], set()).add(slug)
    return taken


def _free_slug(title: str, taken: set[str]) -> str:
    base = slugify(title) or "umkm"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    taken.add(slug)
    return slug


def _insert(pages: Sequence[AnyPage]) -> None:
    """Write the rows of both tables: Django's bulk_create knows one table only."""
    bases = Page.objects.bulk_create([_base_of(page) for page in pages], batch_size=500)
    for page, base in zip(pages, bases, strict=True):
        page.page_ptr = base
        page.pk = base.pk
        page._state.adding = False
        page._state.db = connection.alias
    own = type(pages[0])._meta.local_concrete_fields
    type(pages[0])._base_manager._insert(pages, fields=own, using=connection.alias)


def _base_of(page: AnyPage) -> Page:
    fields = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
    return Page(**{name: getattr(page, name) for name in fields})


def _raise_numchild(parents: Sequence[Page]) -> None:
    by_key = {parent.pk: parent for parent in parents}
    for pk, added in Counter(parent.pk for parent in parents).items():
        by_key[pk].numchild += added
    update_rows(list(by_key.values()), ["numchild"])


def _write_indexes(pages: Sequence[AnyPage]) -> None:
    for backend in get_search_backends():
        backend.add_bulk(type(pages[0]), pages)
    columns = type(pages[0])._meta.local_concrete_fields
    keys = [column.attname for column in columns if column.remote_field and not column.primary_key]
    for page in pages:
        if any(getattr(page, key) for key in keys):  # most products point nowhere
            ReferenceIndex.create_or_update_for_object(page)


def _rows(shops: Sequence[UmkmPage]) -> list[Umkm]:
    rows = {row.page_id: row for row in Umkm.objects.filter(page__in=[shop.pk for shop in shops])}
    return [rows[shop.pk] for shop in shops]
