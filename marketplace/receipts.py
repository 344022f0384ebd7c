"""Photos of receipts: given by the buyer, kept in private storage, shown by links of minutes.

The file is written before its row and deleted before its row says so. So whatever dies in between
leaves either a file without a row, which `sweep_files` deletes, or a row without a file, which the
next removal finishes: never a photo that is said to be gone and is not.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.signing import Signer
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import Refusal
from marketplace import consents, receipt_photos
from marketplace.errors import (
    PurchaseUnknown,
    ReceiptKept,
    ReceiptLinkOver,
    ReceiptRemoved,
    ReceiptUnknown,
)
from marketplace.models import Asn, Evidence, Purchase, Receipt, Void
from marketplace.models.receipts import ReceiptQuerySet
from marketplace.personnel import activated_asn
from marketplace.purchases import refuse_if_voided
from marketplace.receipt_photos import Photo

logger = logging.getLogger(__name__)

LOOKS = "marketplace.view_receipt"
"""The permission to look at another person's receipt, with a purpose."""
SWEPT_AFTER = timedelta(days=1)
"""A file is younger than this while its row is being written."""


@dataclass(frozen=True)
class Link:
    """What opens one photo to one person: until when (seconds since 1970), and the proof."""

    until: int
    signature: str

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, tz=timezone.get_default_timezone())


def keep_receipt(*, asn: Asn, public_id: UUID, upload: bytes) -> Receipt:
    """Keep a photo for an own purchase, in place of the one before; the same bytes change nothing.

    Its evidence is written with it and stays when the photo goes. Raises `PurchaseUnknown` for
    another person's, `ConsentMissing`, `PurchaseVoided`, `ReceiptRemoved` for bytes that were
    removed, `ReceiptKept` where the photo there is may not go any more, `NotAsn` for who was erased
    meanwhile, and what `receipt_photos.redraw` raises.
    """
    consents.refuse_without(asn)
    purchases = _owned(asn, public_id)
    digest = hashlib.sha256(upload).hexdigest()
    present = _stands(_only(purchases), digest)
    if present is not None:
        return present
    photo = receipt_photos.redraw(upload)  # seconds: before any lock is held
    name = _write_file(photo)
    try:
        receipt, replaced = _write_row(asn, purchases, digest=digest, photo=photo, name=name)
    except Refusal:  # nothing was written. After other errors nobody knows: the sweep looks
        _delete_file(name)
        raise
    if replaced:
        _delete_file(replaced)
    return receipt


def own_receipt(*, asn: Asn, public_id: UUID) -> Receipt:
    """The receipt of an own purchase. Raises `PurchaseUnknown` or `ReceiptUnknown`."""
    return _receipt_of(_only(_owned(asn, public_id).select_related("receipt")))


def remove_receipt(*, asn: Asn, public_id: UUID) -> Receipt:
    """Delete the photo of an own purchase; removed before, it changes nothing.

    Raises `PurchaseUnknown`, `ReceiptUnknown`, or `ReceiptKept` after RECEIPT_REMOVABLE_DAYS.
    """
    receipt = own_receipt(asn=asn, public_id=public_id)
    if receipt.file:
        _refuse_unless_removable(receipt)
        _remove(receipt, removal=Receipt.Removal.OWNER)
        receipt.refresh_from_db()
    return receipt


def similar_purchases(receipt: Receipt) -> list[Purchase]:
    """The buyer's other purchases that stand and were given the same photo, the first one first.

    For a warning that blocks nothing: one receipt may well belong to two purchases. Where its owner
    took it away again, it was a mistake that is mended.
    """
    same = Receipt.objects.filter(picture_digest=receipt.picture_digest)
    same = same.exclude(removal=Receipt.Removal.OWNER)
    own = same.filter(purchase__buyer_id=receipt.purchase.buyer_id, purchase__void__isnull=True)
    others = own.exclude(pk=receipt.pk).select_related("purchase").order_by("pk")
    return [other.purchase for other in others]


def kept_until(receipt: Receipt) -> datetime:
    """When the photo is deleted by itself."""
    return receipt.kept_at + timedelta(days=settings.RECEIPT_DAYS)


def removable_until(receipt: Receipt) -> datetime:
    """Until when its owner may delete or replace the photo of a purchase that stands."""
    return receipt.kept_at + timedelta(days=removable_days())


def removable_days() -> int:
    """How many days its owner may delete or replace a photo: never longer than it is kept."""
    return int(min(settings.RECEIPT_REMOVABLE_DAYS, settings.RECEIPT_DAYS))


def may_be_removed(receipt: Receipt) -> bool:
    """Whether its owner may delete the photo now; of a purchase taken back, always."""
    return timezone.now() < removable_until(receipt) or _is_voided(receipt.purchase)


# --- Looking -------------------------------------------------------------------------------------


def link_for(receipt: Receipt, *, reader: User) -> Link:
    """What opens the photo to `reader`, and to nobody else, for RECEIPT_LINK_MINUTES."""
    until = int(timezone.now().timestamp()) + 60 * settings.RECEIPT_LINK_MINUTES
    return Link(until=until, signature=_signature(receipt, reader=reader, until=until))


@transaction.atomic
def look(*, auditor: User, public_id: UUID, purpose: str) -> Receipt:
    """Let an auditor look at anyone's receipt: written down first, for its owner to read.

    Whoever calls has checked the permission. Raises `PurchaseUnknown` or `ReceiptUnknown`.
    """
    receipt = _receipts().filter(purchase__public_id=public_id).first()
    if receipt is None:
        raise ReceiptUnknown
    owner = Asn.objects.filter(buyer_id=receipt.purchase.buyer_id).select_related("user").first()
    audit.record(
        actor=auditor,
        action="receipt.read",
        subject=receipt.purchase,
        subject_user=owner.user if owner else None,
        purpose=purpose,
        detail={"purchase": str(public_id)},
    )
    return receipt


def open_photo(*, reader: User, public_id: UUID, until: int, signature: str) -> bytes:
    """The bytes behind a link, if it was made for this reader, who may still look.

    Raises `ReceiptLinkOver` for anything else, and `ReceiptUnknown` once the photo is gone.
    """
    receipt = _receipts().filter(purchase__public_id=public_id).first()
    if receipt is None or not _opens(receipt, reader=reader, until=until, signature=signature):
        raise ReceiptLinkOver
    try:
        with _storage().open(receipt.file) as file:
            content: bytes = file.read()
    except FileNotFoundError as error:  # being removed at this moment
        raise ReceiptUnknown from error
    return content


# --- Removing in time ----------------------------------------------------------------------------


def remove_due() -> int:
    """Delete every photo older than RECEIPT_DAYS; return how many. A failure stops no other."""
    oldest = timezone.now() - timedelta(days=settings.RECEIPT_DAYS)
    return _remove_all(Receipt.objects.with_photo().filter(kept_at__lt=oldest))


def files_of(buyer: UUID) -> list[str]:
    """The files of one buyer's photos, for an erasure: it deletes their rows, then them."""
    photos = Receipt.objects.with_photo().filter(purchase__buyer=buyer)
    return list(photos.values_list("file", flat=True))


def name_of(purchase: Purchase) -> str:
    """What the photo of a purchase is called in what its owner takes along; empty: none is kept."""
    receipt = getattr(purchase, "receipt", None)
    return f"struk/{purchase.public_id}.webp" if receipt is not None and receipt.file else ""


def photos_of(asn: Asn) -> Iterator[tuple[str, bytes]]:
    """Every photo that is kept of a person, one at a time."""
    kept = _receipts().filter(purchase__buyer_id=asn.buyer_id).order_by("pk")
    for receipt in kept.iterator(chunk_size=200):
        try:
            with _storage().open(receipt.file) as file:
                yield name_of(receipt.purchase), file.read()
        except FileNotFoundError:  # being removed at this moment
            continue


def delete_files(names: Iterable[str]) -> None:
    """Delete files whose rows are gone; one that stays behind is found by the next sweep."""
    for name in names:
        _delete_file(name)


def sweep_files() -> int:
    """Delete the files that no row names; return how many."""
    storage, before = _storage(), timezone.now() - SWEPT_AFTER
    swept = 0
    for day in _listed(storage, "")[0]:
        names = [f"{day}/{name}" for name in _listed(storage, day)[1]]
        known = set(Receipt.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in known and storage.get_modified_time(name) < before:
                swept += _delete_file(name)
    return swept


def _remove_all(receipts: ReceiptQuerySet) -> int:
    removed = 0
    for receipt in receipts.iterator(chunk_size=200):
        try:
            _remove(receipt, removal=Receipt.Removal.TIME)
            removed += 1
        except Exception:  # whatever the storage raises: it is due again tomorrow
            logger.exception("receipt not removed", extra={"receipt": receipt.pk})
    return removed


def _remove(receipt: Receipt, *, removal: Receipt.Removal) -> None:
    """First the file, which may be gone already; then the row, unless it has another by now."""
    _storage().delete(receipt.file)
    Receipt.objects.filter(pk=receipt.pk, file=receipt.file).update(
        file="", removed_at=timezone.now(), removal=removal
    )


# --- Rows ----------------------------------------------------------------------------------------


@transaction.atomic
def _write_row(
    asn: Asn, purchases: QuerySet[Purchase], *, digest: str, photo: Photo, name: str
) -> tuple[Receipt, str | None]:
    """The receipt, and the file that is needed no more: the one before, or the new one itself."""
    consents.refuse_without(consents.hold(asn))
    locked = _only(purchases.select_for_update(no_key=True))
    present = _stands(locked, digest)  # two at once: the second finds what the first wrote
    if present is not None:
        return present, name
    before = Receipt.objects.filter(purchase=locked).first()
    replaced = before.file if before else ""
    receipt, _created = Receipt.objects.update_or_create(
        purchase=locked,
        defaults={
            "file": name,
            "upload_digest": digest,
            "picture_digest": photo.digest,
            "width": photo.width,
            "height": photo.height,
            "size": len(photo.content),
            "kept_at": before.kept_at if before and replaced else timezone.now(),
            "removed_at": None,
            "removal": "",
        },
    )
    Evidence.objects.get_or_create(purchase=locked, kind=Evidence.Kind.RECEIPT)
    return receipt, replaced or None


def _stands(purchase: Purchase, digest: str) -> Receipt | None:
    """The receipt if these very bytes are it already. Raises if they may not become it."""
    refuse_if_voided(purchase)
    receipt = Receipt.objects.filter(purchase=purchase).select_related("purchase").first()
    if receipt is None:
        return None
    if receipt.upload_digest == digest:
        if not receipt.file:
            raise ReceiptRemoved
        return receipt
    if receipt.file:
        _refuse_unless_removable(receipt)
    return None


def _owned(asn: Asn, public_id: UUID) -> QuerySet[Purchase]:
    return Purchase.objects.filter(buyer_id=asn.buyer_id, public_id=public_id)


def _only(purchases: QuerySet[Purchase]) -> Purchase:
    purchase = purchases.first()
    if purchase is None:
        raise PurchaseUnknown
    return purchase


def _receipt_of(purchase: Purchase) -> Receipt:
    receipt: Receipt | None = getattr(purchase, "receipt", None)
    if receipt is None:
        raise ReceiptUnknown
    return receipt


def _receipts() -> ReceiptQuerySet:
    return Receipt.objects.with_photo().select_related("purchase")


def _is_voided(purchase: Purchase) -> bool:
    return Void.objects.filter(purchase=purchase).exists()


def _refuse_unless_removable(receipt: Receipt) -> None:
    if not may_be_removed(receipt):
        raise ReceiptKept(extra={"kept_until": kept_until(receipt)})


# --- Links and files -----------------------------------------------------------------------------


def _opens(receipt: Receipt, *, reader: User, until: int, signature: str) -> bool:
    made_for_reader = secrets.compare_digest(
        _signature(receipt, reader=reader, until=until).encode(), signature.encode()
    )
    over = until <= timezone.now().timestamp()
    return made_for_reader and not over and _may_look(receipt, reader)


def _may_look(receipt: Receipt, reader: User) -> bool:
    asn = activated_asn(reader)
    owns = asn is not None and asn.buyer_id == receipt.purchase.buyer_id
    return owns or reader.has_perm(LOOKS)


def _signature(receipt: Receipt, *, reader: User, until: int) -> str:
    """Over the file, too: a photo that was replaced takes its links along."""
    said = f"{reader.pk}:{receipt.purchase.public_id}:{receipt.file}:{until}"
    return Signer(salt="marketplace.receipts").signature(said)


def _storage() -> Storage:
    return storages["receipts"]


def _write_file(photo: Photo) -> str:
    """Under a random name in a folder of its day, which keeps folders short."""
    name = f"{timezone.localdate():%Y-%m-%d}/{secrets.token_hex(16)}.webp"
    return _storage().save(name, ContentFile(photo.content))


def _delete_file(name: str) -> bool:
    """Whether it went; what did not is found by the next sweep."""
    try:
        _storage().delete(name)
    except Exception:  # whatever the storage raises
        logger.exception("file of a receipt not deleted")
        return False
    return True


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever kept
        return [], []
