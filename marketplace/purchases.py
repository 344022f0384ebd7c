"""Recording purchases and taking them back: each in one transaction with its rollups and its event.

An ASN reads and voids only their own: every function takes the ASN it acts for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from core import outbox
from core.calendar import months_between
from core.models import OutboxEvent
from marketplace import circulation, registry, releases
from marketplace.errors import (
    AmountOutOfRange,
    CorrectionTooLate,
    DayNotYetCome,
    DayTooOld,
    ItemsDoNotFit,
    NoHome,
    PurchaseKeyReused,
    PurchaseUnknown,
    PurchaseVoided,
    UmkmClosed,
)
from marketplace.models import (
    Asn,
    Buyer,
    Evidence,
    Home,
    Product,
    Purchase,
    PurchaseItem,
    Region,
    Umkm,
    Void,
)
from marketplace.models.purchases import PurchaseQuerySet
from marketplace.models.registry import MOST_RUPIAH
from marketplace.rings import ring_between


@dataclass(frozen=True)
class Item:
    """One line of a purchase: a product of the shop, how many, whole rupiah of the line."""

    product: Product
    quantity: int
    amount: int


@transaction.atomic
def record_purchase(
    *,
    asn: Asn,
    umkm: Umkm,
    amount: int,
    day: date,
    client_key: str,
    fingerprint: str,
    payment: str = Purchase.Payment.CASH,
    note: str = "",
    items: Sequence[Item] = (),
) -> Purchase:
    """Record a purchase and add it to the circulation, or do neither; the same key, once for ever.

    `amount` is whole rupiah, `day` a calendar day in TIME_ZONE. `client_key` belongs to the buyer:
    repeated with the same `fingerprint` it gives the purchase of the first time, whatever the day.
    Raises `DayNotYetCome`, `DayTooOld`, `AmountOutOfRange`, `UmkmClosed`, `ItemsDoNotFit`, `NoHome`
    or `PurchaseKeyReused`.
    """
    before = _recorded_before(asn, client_key=client_key, fingerprint=fingerprint)
    if before is not None:
        return before
    umkm = umkm.standing
    _refuse_unless_recordable(umkm=umkm, amount=amount, day=day, items=items)
    home = _home_on(asn, day)
    posting = asn.posting_on(day)
    purchase = Purchase.objects.create(
        buyer_id=asn.buyer_id,
        umkm=umkm,
        amount=amount,
        day=day,
        payment=payment,
        note=note,
        home=home.region,
        shop_place=umkm.region,
        agency_id=posting.agency_id if posting else None,
        ring=ring_between(home=home, umkm=umkm),
        book_month=releases.book_month(day),
        client_key=client_key,
        fingerprint=fingerprint,
    )
    _write_beside(purchase, items=items)
    # Last: all buyers of a kelurahan meet on this row, and its lock is held until the commit.
    circulation.add(purchase)
    return purchase


@transaction.atomic
def record_at_unlisted(
    *,
    asn: Asn,
    name: str,
    region: Region,
    amount: int,
    day: date,
    client_key: str,
    fingerprint: str,
    payment: str = Purchase.Payment.CASH,
    note: str = "",
) -> Purchase:
    """Record a purchase at a shop that is not listed: it counts at once at the place named.

    Raises what `propose_umkm` and `record_purchase` raise; then no shop is left behind either.
    """
    before = _recorded_before(asn, client_key=client_key, fingerprint=fingerprint)
    if before is not None:
        return before
    return record_purchase(
        asn=asn,
        umkm=registry.propose_umkm(name=name, region=region),
        amount=amount,
        day=day,
        client_key=client_key,
        fingerprint=fingerprint,
        payment=payment,
        note=note,
    )


@transaction.atomic
def void_purchase(*, asn: Asn, purchase: Purchase, reason: str) -> Void:
    """Take an own purchase back, once; it counts negative in the book month of its day.

    Raises `PurchaseUnknown` for another person's, `PurchaseVoided` with its state for one taken
    back before, `CorrectionTooLate` after CORRECTION_MONTHS.
    """
    purchase = _locked_own(asn, purchase)
    void = Void.objects.filter(purchase=purchase).first()
    if void is not None:
        raise PurchaseVoided(extra={"voided_at": void.voided_at, "reason": void.reason})
    _refuse_after_correction_months(purchase)
    void = Void.objects.create(
        purchase=purchase, reason=reason, book_month=releases.book_month(purchase.day)
    )
    _tell("purchase.voided", purchase, version=2)
    circulation.take_back(void)
    return void


def purchases_of(asn: Asn) -> PurchaseQuerySet:
    """Everything this ASN recorded, with what a list shows of it; the voided ones too."""
    mine = Purchase.objects.filter(buyer_id=asn.buyer_id).prefetch_related("items__product__parent")
    return mine.select_related("umkm__merged_into__region", "umkm__region", "shop_place", "void")


def own_purchase(*, asn: Asn, public_id: UUID) -> Purchase:
    """One of this ASN's purchases; another person's is as unknown as none: `PurchaseUnknown`."""
    mine = purchases_of(asn).select_related("umkm__page", "umkm__merged_into__page")
    purchase = mine.filter(public_id=public_id).first()
    if purchase is None:
        raise PurchaseUnknown
    return purchase


def recorded_under(*, asn: Asn, client_key: str) -> Purchase | None:
    """The purchase that this ASN recorded under a key, however long ago."""
    return purchases_of(asn).filter(client_key=client_key).first()


def earliest_recordable(today: date) -> date:
    """The oldest day that may still be recorded: RECORDING_WINDOW_DAYS before `today`."""
    return today - timedelta(days=settings.RECORDING_WINDOW_DAYS)


def may_be_voided(purchase: Purchase, *, today: date) -> bool:
    """Whether CORRECTION_MONTHS have not passed since the day bought."""
    age = (months_between(purchase.day, today), today.day)
    return age <= (settings.CORRECTION_MONTHS, purchase.day.day)


def _recorded_before(asn: Asn, *, client_key: str, fingerprint: str) -> Purchase | None:
    """What the key already stands for. One buyer records one at a time, so the look is certain."""
    Buyer.objects.select_for_update(no_key=True).get(pk=asn.buyer_id)
    purchase = recorded_under(asn=asn, client_key=client_key)
    if purchase is not None and purchase.fingerprint != fingerprint:
        raise PurchaseKeyReused
    return purchase


def _refuse_unless_recordable(*, umkm: Umkm, amount: int, day: date, items: Sequence[Item]) -> None:
    today = timezone.localdate()
    if day > today:
        raise DayNotYetCome(fields={"day": [DayNotYetCome.title]})
    if day < earliest_recordable(today):
        days = settings.RECORDING_WINDOW_DAYS
        raise DayTooOld(
            ngettext(
                "A purchase can be recorded up to %(days)d day back.",
                "A purchase can be recorded up to %(days)d days back.",
                days,
            )
            % {"days": days},
            fields={"day": [DayTooOld.title]},
        )
    if not 1 <= amount <= MOST_RUPIAH:
        raise AmountOutOfRange(fields={"amount": [AmountOutOfRange.title]})
    if umkm.status == Umkm.Status.CLOSED:
        raise UmkmClosed(fields={"umkm": [UmkmClosed.title]})
    _refuse_items_that_do_not_fit(umkm, amount=amount, items=items)


def _refuse_items_that_do_not_fit(umkm: Umkm, *, amount: int, items: Sequence[Item]) -> None:
    once = len({item.product.pk for item in items}) == len(items)
    shops = Umkm.objects.filter(pk__in={item.product.umkm_id for item in items}) if items else []
    of_this_shop = all(shop.pk == umkm.pk or shop.merged_into_id == umkm.pk for shop in shops)
    if not once or not of_this_shop or sum(item.amount for item in items) > amount:
        raise ItemsDoNotFit(fields={"items": [ItemsDoNotFit.title]})


def _home_on(asn: Asn, day: date) -> Home:
    home = asn.home_on(day)
    if home is None:
        raise NoHome
    return home


def _write_beside(purchase: Purchase, *, items: Sequence[Item]) -> None:
    # No actor: it is the buyer who declares, and a buyer carries no name.
    Evidence.objects.create(purchase=purchase, kind=Evidence.Kind.DECLARED)
    if items:
        PurchaseItem.objects.bulk_create(
            PurchaseItem(
                purchase=purchase,
                product=item.product,
                quantity=item.quantity,
                amount=item.amount,
            )
            for item in items
        )
    _tell("purchase.recorded", purchase, version=1)


def _locked_own(asn: Asn, purchase: Purchase) -> Purchase:
    rows: QuerySet[Purchase] = Purchase.objects.select_for_update(no_key=True)
    own = rows.filter(pk=purchase.pk, buyer_id=asn.buyer_id).first()
    if own is None:
        raise PurchaseUnknown
    return own


def _refuse_after_correction_months(purchase: Purchase) -> None:
    if not may_be_voided(purchase, today=timezone.localdate()):
        months = settings.CORRECTION_MONTHS
        raise CorrectionTooLate(
            ngettext(
                "A purchase can be taken back within %(months)d month.",
                "A purchase can be taken back within %(months)d months.",
                months,
            )
            % {"months": months}
        )


def _tell(event: str, purchase: Purchase, *, version: int) -> None:
    outbox.emit(
        stream=OutboxEvent.Stream.PURCHASES,
        event=event,
        public_id=purchase.public_id,
        version=version,
    )
