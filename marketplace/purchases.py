"""Recording purchases, taking them back and correcting them.

Each in one transaction with its rollups and its events.

An ASN reads and voids only their own: every function takes the ASN it acts for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from core import outbox
from core.calendar import months_between
from core.models import OutboxEvent
from core.sql import Sql, fetch, in_one_transaction, send
from marketplace import books, circulation, consents, recording, registry
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
    UmkmUnknown,
)
from marketplace.models import Asn, Home, Purchase, Region, Umkm, Void
from marketplace.models.purchases import PurchaseQuerySet
from marketplace.models.registry import MOST_RUPIAH
from marketplace.recording import Item
from marketplace.rings import ring_between

SAME_DAY_AND_AMOUNT = """
SELECT id FROM marketplace_purchase WHERE buyer_id = %s AND day = %s AND amount = %s AND id <> %s
"""


@dataclass(frozen=True)
class Unlisted:
    """A shop that is not listed: its name, and the place it stands in."""

    name: str
    region: Region


@dataclass(frozen=True)
class Frozen:
    """What a purchase keeps of the day bought, whatever changes later."""

    home: Region
    shop_place: Region
    agency_id: int | None
    ring: str
    book_month: date


@in_one_transaction
def record_purchase(
    *,
    asn: Asn,
    umkm: Umkm | UUID | Unlisted,
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
    Raises `ConsentMissing`, `DayNotYetCome`, `DayTooOld`, `AmountOutOfRange`, `UmkmUnknown`,
    `UmkmClosed`, `ItemsDoNotFit`, `NoHome` or `PurchaseKeyReused`, `NotAsn` for who was erased
    meanwhile, and for a shop not listed what `propose_umkm` raises.
    """
    known = recording.known(asn, client_key=client_key, shop=_id_of(umkm), day=day)
    if known.before is not None:
        return _recorded_before(asn, client_key=client_key, fingerprint=fingerprint)
    consents.refuse_without(known.asn)
    _refuse_day_outside_the_window(day)
    _refuse_amount_out_of_range(amount)
    if known.home is None:
        raise NoHome
    shop = _proposed(umkm) if isinstance(umkm, Unlisted) else known.shop
    if shop is None:
        raise UmkmUnknown(fields={"umkm": [UmkmUnknown.title]})
    if shop.status == Umkm.Status.CLOSED:
        raise UmkmClosed(fields={"umkm": [UmkmClosed.title]})
    _refuse_items_that_do_not_fit(shop, amount=amount, items=items)
    purchase = Purchase(
        buyer_id=asn.buyer_id,
        umkm=shop,
        amount=amount,
        day=day,
        payment=payment,
        note=note,
        client_key=client_key,
        fingerprint=fingerprint,
        home=known.home.region,
        shop_place=shop.region,
        agency_id=known.agency_id,
        ring=ring_between(home=known.home, umkm=shop),
        book_month=known.book_month,
        recorded_at=timezone.now(),
    )
    told = _events(("purchase.recorded", purchase, 1))
    recording.write(purchase, items=items, beside=[told, *circulation.adding(purchase)])
    return purchase


@transaction.atomic
def void_purchase(*, asn: Asn, purchase: Purchase, reason: str) -> Void:
    """Take an own purchase back, once; it counts negative in the book month of its day.

    It needs no consent: who withdrew it may still put their purchases right.
    Raises `PurchaseUnknown` for another person's, `PurchaseVoided` with its state for one taken
    back before, `CorrectionTooLate` after CORRECTION_MONTHS.
    """
    return _take_back(_locked_standing(consents.hold(asn), purchase), reason=reason)


def take_out(purchase: Purchase, *, reason: str) -> Void:
    """Take back what an auditor decided not to count, in the caller's transaction, last.

    The caller holds its row and has seen that it stands. Raises `CorrectionTooLate`.
    """
    _refuse_after_correction_months(purchase)
    return _take_back(purchase, reason=reason)


@transaction.atomic
def correct_purchase(
    *,
    asn: Asn,
    purchase: Purchase,
    umkm: Umkm | UUID | Unlisted,
    amount: int,
    reason: str,
    client_key: str,
    fingerprint: str,
    payment: str = Purchase.Payment.CASH,
    note: str = "",
    items: Sequence[Item] = (),
) -> Purchase:
    """Take an own purchase back and record what it should have said, or do neither.

    The replacement keeps day, home and agency, and the shop's place if the shop is the same (then
    it may have closed since); both lines fall in one book month. RECORDING_WINDOW_DAYS does not
    bind. The same key gives the replacement of the first time.
    Raises what `void_purchase` raises, `ConsentMissing`, `AmountOutOfRange`, `UmkmUnknown`,
    `UmkmClosed`, `ItemsDoNotFit`, `PurchaseKeyReused`, and for a shop not listed what
    `propose_umkm` raises.
    """
    held = consents.hold(asn)
    if _is_recorded(held, client_key):
        return _recorded_before(held, client_key=client_key, fingerprint=fingerprint)
    consents.refuse_without(held)
    purchase = _locked_standing(held, purchase)
    shop = _named(umkm).standing
    same_shop = shop.pk == purchase.umkm.standing.pk
    if shop.status == Umkm.Status.CLOSED and not same_shop:
        raise UmkmClosed(fields={"umkm": [UmkmClosed.title]})
    _refuse_amount_out_of_range(amount)
    _refuse_items_that_do_not_fit(shop, amount=amount, items=items)
    frozen = _as_of_the_day_of(purchase, asn=asn, umkm=shop, same_shop=same_shop)
    void = Void.objects.create(purchase=purchase, reason=reason, book_month=frozen.book_month)
    replacement = Purchase(
        buyer_id=asn.buyer_id,
        replaces=purchase,
        umkm=shop,
        amount=amount,
        day=purchase.day,
        payment=payment,
        note=note,
        client_key=client_key,
        fingerprint=fingerprint,
        recorded_at=timezone.now(),
        **vars(frozen),
    )
    told = _events(("purchase.voided", purchase, 2), ("purchase.recorded", replacement, 1))
    exchanging = circulation.exchanging(void, replacement)
    recording.write(replacement, items=items, beside=[told, *exchanging])
    return replacement


def purchases_of(asn: Asn) -> PurchaseQuerySet:
    """Everything this ASN recorded, with what a list shows of it; the voided ones too."""
    mine = Purchase.objects.filter(buyer_id=asn.buyer_id).prefetch_related("items__product__parent")
    return mine.select_related(
        "umkm__merged_into__region",
        "umkm__region",
        "shop_place",
        "void",
        "replaces",
        "replacement",
        "receipt",
    )


def own_purchase(*, asn: Asn, public_id: UUID) -> Purchase:
    """One of this ASN's purchases; another person's is as unknown as none: `PurchaseUnknown`."""
    mine = purchases_of(asn).select_related("umkm__page", "umkm__merged_into__page", "decision")
    purchase = mine.filter(public_id=public_id).first()
    if purchase is None:
        raise PurchaseUnknown
    return purchase


def similar_to(*, asn: Asn, purchase: Purchase) -> list[Purchase]:
    """Own purchases of the same shop, amount and day: perhaps the same one, recorded twice.

    A hint that stands in nobody's way: two bowls on one day are two purchases. What was taken back
    is like nothing. The same photo of a receipt is told by `receipts.similar_purchases`.
    """
    if hasattr(purchase, "void"):
        return []
    said = (asn.buyer_id, purchase.day, purchase.amount, purchase.pk)
    perhaps = [pk for (pk,) in fetch(Sql(SAME_DAY_AND_AMOUNT, said))]
    if not perhaps:  # nearly always
        return []
    shop = purchase.umkm.standing
    alike = Purchase.objects.standing().filter(pk__in=perhaps)
    return list(alike.filter(Q(umkm=shop) | Q(umkm__merged_into=shop)).order_by("recorded_at"))


def recorded_under(*, asn: Asn, client_key: str) -> Purchase | None:
    """The purchase that this ASN recorded under a key, however long ago.

    Nearly every key is new: whether it is costs a thirtieth of all that a purchase's answer needs.
    """
    return purchases_of(asn).get(client_key=client_key) if _is_recorded(asn, client_key) else None


def earliest_recordable(today: date) -> date:
    """The oldest day that may still be recorded: RECORDING_WINDOW_DAYS before `today`."""
    return today - timedelta(days=settings.RECORDING_WINDOW_DAYS)


def may_be_voided(purchase: Purchase, *, today: date) -> bool:
    """Whether CORRECTION_MONTHS have not passed since the day bought."""
    age = (months_between(purchase.day, today), today.day)
    return age <= (settings.CORRECTION_MONTHS, purchase.day.day)


def refuse_if_voided(purchase: Purchase) -> None:
    """Raise `PurchaseVoided` with its state for a purchase that was taken back or corrected."""
    void = Void.objects.filter(purchase=purchase).select_related("purchase__replacement").first()
    if void is not None:
        raise PurchaseVoided(extra=_state_of(void))


def _is_recorded(asn: Asn, client_key: str) -> bool:
    return Purchase.objects.filter(buyer_id=asn.buyer_id, client_key=client_key).exists()


def _recorded_before(asn: Asn, *, client_key: str, fingerprint: str) -> Purchase:
    """What the key already stands for. The person is held, so the look is certain."""
    purchase = purchases_of(asn).get(client_key=client_key)
    if purchase.fingerprint != fingerprint:
        raise PurchaseKeyReused
    purchase.recorded_before = True
    return purchase


def _refuse_day_outside_the_window(day: date) -> None:
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


def _refuse_amount_out_of_range(amount: int) -> None:
    if not 1 <= amount <= MOST_RUPIAH:
        raise AmountOutOfRange(fields={"amount": [AmountOutOfRange.title]})


def _refuse_items_that_do_not_fit(umkm: Umkm, *, amount: int, items: Sequence[Item]) -> None:
    if not items:
        return
    once = len({item.product.pk for item in items}) == len(items)
    shops = Umkm.objects.filter(pk__in={item.product.umkm_id for item in items})
    of_this_shop = all(shop.pk == umkm.pk or shop.merged_into_id == umkm.pk for shop in shops)
    if not once or not of_this_shop or sum(item.amount for item in items) > amount:
        raise ItemsDoNotFit(fields={"items": [ItemsDoNotFit.title]})


def _as_of_the_day_of(purchase: Purchase, *, asn: Asn, umkm: Umkm, same_shop: bool) -> Frozen:
    """What a replacement takes over; another shop lies where it stands now."""
    return Frozen(
        home=purchase.home,
        shop_place=purchase.shop_place if same_shop else umkm.region,
        agency_id=purchase.agency_id,
        ring=purchase.ring if same_shop else _ring_from_home_of(purchase, asn=asn, umkm=umkm),
        book_month=books.book_month(purchase.day),
    )


def _ring_from_home_of(purchase: Purchase, *, asn: Asn, umkm: Umkm) -> str:
    """How near another shop is to the home frozen in a purchase.

    A purchase does not keep RT and RW: they are those of that day, while the kelurahan is the same.
    """
    home = asn.home_on(purchase.day)
    if home is None or home.region_id != purchase.home_id:
        home = Home(region=purchase.home)
    return ring_between(home=home, umkm=umkm)


def _id_of(shop: Umkm | UUID | Unlisted) -> UUID | None:
    """The id of a shop that is in the registry."""
    if isinstance(shop, Unlisted):
        return None
    return shop.public_id if isinstance(shop, Umkm) else shop


def _named(shop: Umkm | UUID | Unlisted) -> Umkm:
    if isinstance(shop, Unlisted):
        return _proposed(shop)
    return shop if isinstance(shop, Umkm) else registry.find_umkm(shop)


def _proposed(shop: Unlisted) -> Umkm:
    return registry.propose_umkm(name=shop.name, region=shop.region).standing


def _locked_standing(asn: Asn, purchase: Purchase) -> Purchase:
    """An own purchase that may be taken back, its row held until the commit."""
    rows: QuerySet[Purchase] = Purchase.objects.select_related(
        "umkm__merged_into", "home", "shop_place"
    )
    rows = rows.select_for_update(no_key=True, of=("self",))
    own = rows.filter(pk=purchase.pk, buyer_id=asn.buyer_id).first()
    if own is None:
        raise PurchaseUnknown
    refuse_if_voided(own)
    _refuse_after_correction_months(own)
    return own


def _take_back(purchase: Purchase, *, reason: str) -> Void:
    void = Void.objects.create(
        purchase=purchase, reason=reason, book_month=books.book_month(purchase.day)
    )
    send(_events(("purchase.voided", purchase, 2)), *circulation.taking_back(void))
    return void


def _state_of(void: Void) -> dict[str, Any]:
    replacement = getattr(void.purchase, "replacement", None)
    state = {"voided_at": void.voided_at, "reason": void.reason}
    return state | ({"replaced_by": str(replacement.public_id)} if replacement else {})


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


def _events(*events: tuple[str, Purchase, int]) -> Sql:
    return outbox.emission(
        stream=OutboxEvent.Stream.PURCHASES,
        events=[(event, purchase.public_id, version) for event, purchase, version in events],
    )
