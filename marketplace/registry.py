"""The registry's rules: which shops and products money can go to, and under which facts.

A page in `cms` is where facts are typed: saving it calls `register_umkm` or `close_umkm` by whether
it is live. A shop that an ASN named has no page yet: `propose_umkm`, then an editor lists it,
merges it or refuses it. Every change of a listed shop or product writes one catalogue event.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from wagtail.models import Page

from core import audit, outbox
from core.models import OutboxEvent
from marketplace.contacts import holds_contact
from marketplace.errors import (
    AddressIncomplete,
    NameNotAllowed,
    PlaceUnknown,
    UmkmNotMergeable,
    UmkmNotProposed,
    UmkmUnknown,
    VariantNamedTwice,
)
from marketplace.models import Category, Product, Region, Umkm
from marketplace.models.registry import folded, folded_names

LETTER = re.compile(r"[^\W\d_]")

Row = TypeVar("Row", Umkm, Product)

DECIDED = [Umkm.Status.LISTED, Umkm.Status.MERGED, Umkm.Status.REFUSED]
"""What an editor has already said about a name: naming the shop again leads there."""


@dataclass(frozen=True)
class UmkmFacts:
    """What the registry keeps of an UMKM's page. RW and RT are numbers inside the kelurahan."""

    name: str
    category: Category
    region: Region
    rw: int | None = None
    rt: int | None = None
    page_digest: str = ""


@dataclass(frozen=True)
class VariantFacts:
    """A variant as a product's page lists it, with what it costs in whole rupiah."""

    name: str
    price: int | None = None
    price_to: int | None = None


@dataclass(frozen=True)
class ProductFacts:
    """What the registry keeps of a product's page. `price` is whole rupiah per `unit`.

    `price_to` is the highest where there is more than one, the variants' prices included.
    """

    name: str
    price: int | None
    unit: str = ""
    page_digest: str = ""
    price_to: int | None = None
    variants: tuple[VariantFacts, ...] = ()


@dataclass(frozen=True)
class Offer:
    """A live product page, the page of its shop, and what the registry keeps of it."""

    page: Page
    umkm_page: Page
    facts: ProductFacts


# --- What the pages write ------------------------------------------------------------------------


@transaction.atomic
def register_umkm(*, page: Page, facts: UmkmFacts) -> Umkm:
    """Make or renew the row of a live page, and tell the catalogue's readers if anything changed.

    A merged shop stays merged: its page may live on, its purchases are read as the other's.
    """
    check_place(facts.region, rw=facts.rw, rt=facts.rt)
    umkm = _row_of(page)
    if umkm is None:
        umkm = Umkm.objects.create(page=page, status=Umkm.Status.LISTED, **_fields(facts))
        _tell("umkm.listed", umkm)
        return umkm
    if umkm.status == Umkm.Status.MERGED:
        return umkm
    was_listed = umkm.status == Umkm.Status.LISTED
    return _change(
        umkm,
        {**_fields(facts), "status": Umkm.Status.LISTED},
        event="umkm.changed" if was_listed else "umkm.listed",
    )


@transaction.atomic
def close_umkm(*, page: Page) -> None:
    """Close the row of a page that is no longer live; its purchases and figures stay."""
    umkm = _row_of(page)
    if umkm is not None and umkm.status == Umkm.Status.LISTED:
        _change(umkm, {"status": Umkm.Status.CLOSED}, event="umkm.closed")


@transaction.atomic
def register_product(*, page: Page, umkm_page: Page, facts: ProductFacts) -> Product:
    """Make or renew the row of a live product page, and of its variants, under its shop's row.

    Raises `UmkmUnknown` while the shop's page was never published: it has no row to stand under;
    `VariantNamedTwice` for two variants whose names are read as one.
    """
    for product in register_products([Offer(page, umkm_page, facts)]):
        return product
    raise UmkmUnknown


@transaction.atomic
def register_products(offers: Sequence[Offer]) -> list[Product]:
    """The same for many, in a few queries: their rows, in their order.

    Those whose shop was never published are passed over: they are registered along with it.
    """
    shops = {row.page_id: row for row in _rows_of(Umkm, [each.umkm_page for each in offers])}
    offers = [each for each in offers if each.umkm_page.pk in shops]
    known = {row.page_id: row for row in _rows_of(Product, [each.page for each in offers])}
    writing = _Writing("product")
    rows = []
    for offer in offers:
        fields = {**_product_fields(offer.facts), "umkm_id": shops[offer.umkm_page.pk].pk}
        row = known.get(offer.page.pk)
        rows.append(writing.register(row or Product(page=offer.page), fields))
    writing.write()
    _register_variants(list(zip(rows, [each.facts.variants for each in offers], strict=True)))
    return rows


@transaction.atomic
def withdraw_product(*, page: Page) -> None:
    """Withdraw the row of a product page that is no longer live, and those of its variants."""
    withdraw_products([page])


@transaction.atomic
def withdraw_products(pages: Sequence[Page]) -> None:
    """The same for many, in a few queries, under the rows of their shops as when registered."""
    shops = Product.objects.filter(page__in=pages).values("umkm")
    list(Umkm.objects.select_for_update(no_key=True).filter(pk__in=shops).order_by("pk"))
    products = _rows_of(Product, pages)
    for kind, rows in (("product", products), ("variant", _variants_of(products))):
        writing = _Writing(kind)
        for row in rows:
            writing.withdraw(row)
        writing.write()


def names_given_twice(names: Sequence[str]) -> list[int]:
    """The places of the names that are read as one which stands before them."""
    if len(names) < 2:
        return []
    as_read = folded_names(names)
    return [place for place, name in enumerate(as_read) if name in as_read[:place]]


def _variants_of(products: Sequence[Product]) -> list[Product]:
    """The rows of the products' variants, locked; those withdrawn as well."""
    if not products:
        return []
    rows = Product.objects.select_for_update(no_key=True).order_by("pk")
    return list(rows.filter(parent__in=products))


def _register_variants(offered: Sequence[tuple[Product, Sequence[VariantFacts]]]) -> None:
    """Make, renew and withdraw the rows of products' variants, under the products' locks.

    A row belongs to its folded name for ever: what was bought of it stays bought of it.
    """
    known = {
        (row.parent_id, row.folded_name): row
        for row in _variants_of([product for product, _variants in offered])
    }
    facts = [(product, each) for product, variants in offered for each in variants]
    names = folded_names([each.name for _product, each in facts]) if facts else []
    keys = [(product.pk, name) for (product, _facts), name in zip(facts, names, strict=True)]
    if len(set(keys)) < len(keys):
        raise VariantNamedTwice
    writing = _Writing("variant")
    for key, (product, each) in zip(keys, facts, strict=True):
        fields = {**_fields(each), "unit": product.unit, "umkm_id": product.umkm_id}
        writing.register(known.get(key) or Product(parent=product), fields)
    for gone in known.keys() - set(keys):
        writing.withdraw(known[gone])
    writing.write()


class _Writing:
    """Rows to make and to change, and what is told of them: written at once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.new: list[Product] = []
        self.changed: list[Product] = []
        self.differing: set[str] = set()
        self.events: list[tuple[str, Product]] = []

    def register(self, row: Product, fields: dict[str, object]) -> Product:
        """Let a row be listed with these facts."""
        was_listed = not row._state.adding and row.status == Product.Status.LISTED
        self._put(row, {**fields, "status": Product.Status.LISTED}, was_listed=was_listed)
        return row

    def withdraw(self, row: Product) -> None:
        """Let a row no longer be listed."""
        if row.status == Product.Status.LISTED:
            self._alter(row, {"status": Product.Status.WITHDRAWN}, event="withdrawn")

    def write(self) -> None:
        """Write what was put together."""
        Product.objects.bulk_create(self.new, batch_size=500)
        if self.changed:
            names = sorted({*self.differing, "version"})
            Product.objects.bulk_update(self.changed, names, batch_size=500)
        told = [(f"{self.kind}.{event}", row.public_id, row.version) for event, row in self.events]
        outbox.emit_all(stream=OutboxEvent.Stream.CATALOGUE, events=told)

    def _put(self, row: Product, fields: dict[str, object], *, was_listed: bool) -> None:
        if not row._state.adding:
            self._alter(row, fields, event="changed" if was_listed else "listed")
            return
        for name, value in fields.items():
            setattr(row, name, value)
        self.new.append(row)
        self.events.append(("listed", row))

    def _alter(self, row: Product, fields: dict[str, object], *, event: str) -> None:
        differing = _alter(row, fields)
        if differing:
            self.differing.update(differing)
            self.changed.append(row)
            self.events.append((event, row))


# --- Shops that an ASN named ---------------------------------------------------------------------


@transaction.atomic
def propose_umkm(
    *,
    name: str,
    region: Region,
    category: Category | None = None,
    rw: int | None = None,
    rt: int | None = None,
) -> Umkm:
    """The shop of this name in this place: one that is known already, else a new pending one.

    Names are compared folded. What an editor decided about the name stands (a merged shop leads to
    the one it was merged into); a closed shop is proposed afresh.
    Raises `NameNotAllowed` for a name that holds a phone number, an RT or an RW.
    """
    name = " ".join(name.split())
    check_name(name)
    check_place(region, rw=rw, rt=rt)
    known = _known(name, region)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Umkm.objects.create(name=name, region=region, category=category, rw=rw, rt=rt)
    except IntegrityError:  # named by a second person at the same moment
        known = _known(name, region)
        if known is None:
            raise
        return known


@transaction.atomic
def list_pending(
    *, umkm: Umkm, page: Page, facts: UmkmFacts, actor: AbstractBaseUser | None = None
) -> Umkm:
    """Give a proposed (or once refused) shop its page; its purchases stay with it."""
    umkm = _locked(umkm)
    if umkm.status not in (Umkm.Status.PENDING, Umkm.Status.REFUSED):
        raise UmkmNotProposed
    check_place(facts.region, rw=facts.rw, rt=facts.rt)
    changes = {
        **_fields(facts),
        "page": page,
        "status": Umkm.Status.LISTED,
        "refusal_reason": "",
    }
    audit.record(actor=actor, action="umkm.listed", subject=umkm)
    return _change(umkm, changes, event="umkm.listed")


@transaction.atomic
def refuse_umkm(*, umkm: Umkm, reason: str, actor: AbstractBaseUser | None = None) -> Umkm:
    """Do not list a proposed shop, and say why; what was bought there still counts."""
    umkm = _locked(umkm)
    if umkm.status != Umkm.Status.PENDING:
        raise UmkmNotProposed
    audit.record(actor=actor, action="umkm.refused", subject=umkm)
    return _change(umkm, {"status": Umkm.Status.REFUSED, "refusal_reason": reason}, event=None)


@transaction.atomic
def merge_umkm(*, umkm: Umkm, into: Umkm, actor: AbstractBaseUser | None = None) -> Umkm:
    """Read one shop as another from now on: every purchase keeps its row and its frozen place.

    Shops merged into the first one follow it, so that one hop always leads to the standing shop.
    """
    umkm, into = _both_locked(umkm, into)
    _refuse_unless_mergeable(umkm, into)
    for follower in umkm.merged.select_for_update(no_key=True):
        _change(follower, {"merged_into": into}, event=None)
    was_listed = umkm.status == Umkm.Status.LISTED
    audit.record(actor=actor, action="umkm.merged", subject=umkm, detail={"into": into.pk})
    return _change(
        umkm,
        {"merged_into": into, "status": Umkm.Status.MERGED},
        event="umkm.merged" if was_listed else None,
    )


# --- Finding -------------------------------------------------------------------------------------


def find_umkm(public_id: UUID) -> Umkm:
    """The shop of this id, with its place and the shop it is read as.

    Raises `UmkmUnknown`, beside the field `umkm`, as which every request names a shop.
    """
    shops = Umkm.objects.select_related("region", "merged_into__region")
    umkm = shops.filter(public_id=public_id).first()
    if umkm is None:
        raise UmkmUnknown(fields={"umkm": [UmkmUnknown.title]})
    return umkm


def find_place(code: str) -> Region:
    """A kelurahan, or everywhere outside the city, by its code, or `PlaceUnknown`."""
    place = Region.objects.places().filter(code=code).first()
    if place is None:
        raise PlaceUnknown
    return place


def check_place(region: Region, *, rw: int | None, rt: int | None) -> None:
    """Refuse a place that is neither a kelurahan nor outside, or an address that cannot be."""
    if region.level not in (Region.Level.KELURAHAN, Region.Level.OUTSIDE):
        raise PlaceUnknown
    outside = region.level == Region.Level.OUTSIDE
    if (rt is not None and rw is None) or (outside and rw is not None):
        raise AddressIncomplete


def check_name(name: str) -> None:
    """Raises `NameNotAllowed` for a name that holds a phone number, an RT or an RW."""
    if not _may_be_a_name(name):
        raise NameNotAllowed


# --- Inside --------------------------------------------------------------------------------------


def _may_be_a_name(name: str) -> bool:
    return bool(LETTER.search(name)) and not holds_contact(name)


def _known(name: str, region: Region) -> Umkm | None:
    """A pending shop of this name comes last: what an editor decided about it goes first."""
    same = Umkm.objects.select_related("region", "merged_into__region").filter(
        region=region, folded_name=folded(name)
    )
    return same.filter(status__in=DECIDED).order_by("pk").first() or same.pending().first()


def _fields(facts: UmkmFacts | ProductFacts | VariantFacts) -> dict[str, object]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _product_fields(facts: ProductFacts) -> dict[str, object]:
    return {name: value for name, value in _fields(facts).items() if name != "variants"}


def _rows_of(model: type[Row], pages: Sequence[Page]) -> list[Row]:
    """The rows of pages, locked in one order."""
    rows = model._default_manager.select_for_update(no_key=True).order_by("pk")
    return list(rows.filter(page__in=[page.pk for page in pages]))


def _row_of(page: Page) -> Umkm | None:
    return Umkm.objects.select_for_update(no_key=True).filter(page=page).first()


def _locked(umkm: Umkm) -> Umkm:
    return Umkm.objects.select_for_update(no_key=True).get(pk=umkm.pk)


def _both_locked(umkm: Umkm, into: Umkm) -> tuple[Umkm, Umkm]:
    """The two rows as they stand now, locked in one order so that two editors never deadlock."""
    rows = Umkm.objects.select_for_update(no_key=True).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[umkm.pk, into.standing.pk])}
    return found[umkm.pk], found[into.standing.pk]


def _refuse_unless_mergeable(umkm: Umkm, into: Umkm) -> None:
    standing = (Umkm.Status.LISTED, Umkm.Status.PENDING)
    if umkm.pk == into.pk or umkm.status == Umkm.Status.MERGED or into.status not in standing:
        raise UmkmNotMergeable


def _change(row: Row, changes: dict[str, object], *, event: str | None) -> Row:
    """Write what differs, raise the version, and emit the event; nothing if nothing differs."""
    differing: list[str] = _alter(row, changes)
    if not differing:
        return row
    row.save(update_fields=[*differing, "version"])
    if event is not None:
        _tell(event, row)
    return row


def _alter(row: Row, changes: dict[str, object]) -> list[str]:
    """Let a row say what is to be said of it, one version on; the names of what differed."""
    differing: list[str] = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, changes[name])
    row.version += bool(differing)
    return differing


def _tell(event: str, row: Umkm | Product) -> None:
    outbox.emit(
        stream=OutboxEvent.Stream.CATALOGUE,
        event=event,
        public_id=row.public_id,
        version=row.version,
    )
