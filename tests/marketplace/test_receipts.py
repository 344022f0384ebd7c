"""Receipts: kept with their evidence, once; removed by their owner or by time; never left lying."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from celery_app import app
from core import audit
from core.models import AuditEntry
from marketplace import receipts
from marketplace.errors import (
    PurchaseUnknown,
    PurchaseVoided,
    ReceiptKept,
    ReceiptLinkOver,
    ReceiptRemoved,
    ReceiptUnknown,
    ReceiptUnreadable,
)
from marketplace.models import Asn, Evidence, Purchase, Receipt, Umkm
from marketplace.purchases import void_purchase
from marketplace.tasks import remove_due_receipts
from tests.marketplace import photos
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def keep(purchase: Purchase, *, mark: int = 0, asn: Asn | None = None) -> Receipt:
    """Give a photo as the buyer, or as somebody else."""
    asn = asn or Asn.objects.get(buyer=purchase.buyer_id)
    upload = photos.jpeg(mark=mark)
    return receipts.keep_receipt(asn=asn, public_id=purchase.public_id, upload=upload)


def remove(purchase: Purchase) -> Receipt:
    asn = Asn.objects.get(buyer=purchase.buyer_id)
    return receipts.remove_receipt(asn=asn, public_id=purchase.public_id)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.webp"))


def kinds(purchase: Purchase) -> list[str]:
    return sorted(purchase.evidence.values_list("kind", flat=True))


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**span))


# --- Giving --------------------------------------------------------------------------------------


def test_a_photo_is_kept_with_its_evidence(bought: Purchase, folder: Path) -> None:
    receipt = keep(bought)

    assert files(folder) == [receipt.file]
    assert kinds(bought) == ["declared", "receipt"]
    assert (folder / receipt.file).stat().st_size == receipt.size


def test_the_file_says_nothing_by_its_name_and_is_its_owners_alone(
    bought: Purchase, folder: Path
) -> None:
    path = folder / keep(bought).file

    assert str(bought.public_id) not in str(path)
    assert len(path.stem) == 32
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_the_same_bytes_again_change_nothing_and_are_not_drawn_again(
    bought: Purchase, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep(bought)
    monkeypatch.setattr(receipts.receipt_photos, "redraw", None)

    again = keep(bought)

    assert (again.pk, again.file, again.kept_at) == (first.pk, first.file, first.kept_at)
    assert kinds(bought) == ["declared", "receipt"]


def test_another_photo_takes_the_place_of_the_first(bought: Purchase, folder: Path) -> None:
    first = keep(bought, mark=1)
    second = keep(bought, mark=2)

    assert files(folder) == [second.file] != [first.file]
    assert second.kept_at == first.kept_at
    assert Receipt.objects.count() == 1


def test_another_persons_purchase_is_unknown_and_leaves_no_file(
    bought: Purchase, folder: Path
) -> None:
    stranger = AsnFactory()

    with pytest.raises(PurchaseUnknown):
        keep(bought, asn=stranger)
    keep(bought)
    with pytest.raises(PurchaseUnknown):
        receipts.own_receipt(asn=stranger, public_id=bought.public_id)
    with pytest.raises(PurchaseUnknown):
        receipts.remove_receipt(asn=stranger, public_id=bought.public_id)

    assert len(files(folder)) == 1


def test_a_purchase_that_was_taken_back_takes_no_photo(
    asn: Asn, bought: Purchase, folder: Path
) -> None:
    void_purchase(asn=asn, purchase=bought, reason="Salah ketik")

    with pytest.raises(PurchaseVoided):
        keep(bought)

    assert files(folder) == []


def test_a_void_that_comes_while_the_photo_is_drawn_wins(
    asn: Asn, bought: Purchase, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    redraw = receipts.receipt_photos.redraw

    def slowly(upload: bytes) -> receipts.Photo:
        void_purchase(asn=asn, purchase=bought, reason="Salah ketik")
        return redraw(upload)

    monkeypatch.setattr(receipts.receipt_photos, "redraw", slowly)
    with pytest.raises(PurchaseVoided):
        keep(bought)

    assert files(folder) == []
    assert kinds(bought) == ["declared"]


def test_what_is_refused_leaves_neither_file_nor_evidence(
    asn: Asn, bought: Purchase, folder: Path
) -> None:
    with pytest.raises(ReceiptUnreadable):
        receipts.keep_receipt(asn=asn, public_id=bought.public_id, upload=photos.jpeg()[:2_000])

    assert files(folder) == []
    assert kinds(bought) == ["declared"]


def test_receipt_and_evidence_live_or_die_together(
    bought: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(Evidence.objects, "get_or_create", fails)
    with pytest.raises(IntegrityError):
        keep(bought)

    assert not Receipt.objects.exists()


@pytest.mark.parametrize("kind", [Evidence.Kind.TILL, Evidence.Kind.CONFIRMED, "guessed"])
def test_reserved_evidence_is_not_taken_by_the_database(bought: Purchase, kind: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(purchase=bought, kind=kind)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_photo_and_one_evidence(
    asn: Asn, bought: Purchase, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = receipts.receipt_photos.redraw(photos.jpeg())
    monkeypatch.setattr(receipts.receipt_photos, "redraw", lambda _upload: drawn)

    def one(_number: int) -> str:
        try:
            return keep(bought).file
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        told = set(threads.map(one, range(8)))

    assert files(folder) == sorted(told)
    assert len(told) == 1
    assert kinds(bought) == ["declared", "receipt"]


# --- The same photo twice ------------------------------------------------------------------------


def test_the_same_photo_on_another_own_purchase_is_named_and_nothing_is_blocked(
    asn: Asn, warung: Umkm
) -> None:
    first, second, third = (PurchaseFactory(asn=asn, umkm=warung) for _ in range(3))
    keep(first)
    keep(third, mark=5)

    receipt = keep(second)

    assert receipts.similar_purchases(receipt) == [first]
    assert kinds(second) == ["declared", "receipt"]


def test_another_persons_photo_or_one_of_a_purchase_taken_back_is_not_named(
    asn: Asn, warung: Umkm
) -> None:
    others, mine, mistake = (
        PurchaseFactory(asn=buyer, umkm=warung) for buyer in (AsnFactory(), asn, asn)
    )
    for purchase in (others, mistake):
        keep(purchase)
    void_purchase(asn=asn, purchase=mistake, reason="Salah ketik")

    assert receipts.similar_purchases(keep(mine)) == []


def test_a_photo_that_its_owner_took_away_again_is_not_named_but_one_that_time_took_is(
    asn: Asn, warung: Umkm
) -> None:
    wrong, old, right = (PurchaseFactory(asn=asn, umkm=warung) for _ in range(3))
    keep(wrong)
    remove(wrong)
    keep(old)
    with later(days=200):
        receipts.remove_due()

    assert receipts.similar_purchases(keep(right)) == [old]


# --- Removing ------------------------------------------------------------------------------------


def test_the_owner_removes_the_photo_and_the_evidence_stays(bought: Purchase, folder: Path) -> None:
    keep(bought)

    first, again = remove(bought), remove(bought)

    assert files(folder) == []
    assert first.removal == Receipt.Removal.OWNER
    assert again.removed_at == first.removed_at
    assert kinds(bought) == ["declared", "receipt"]


def test_removed_bytes_do_not_come_back_by_a_late_retry_but_another_photo_may_come(
    bought: Purchase, folder: Path
) -> None:
    keep(bought)
    remove(bought)

    with pytest.raises(ReceiptRemoved):
        keep(bought)
    assert files(folder) == []
    receipt = keep(bought, mark=2)
    assert (receipt.removed_at, receipt.removal) == (None, "")


def test_what_was_never_given_cannot_be_removed(bought: Purchase) -> None:
    with pytest.raises(ReceiptUnknown):
        remove(bought)


def test_after_the_settings_days_the_owner_neither_removes_nor_replaces(
    bought: Purchase, settings: Settings, folder: Path
) -> None:
    settings.RECEIPT_REMOVABLE_DAYS = 10
    receipt = keep(bought)

    with later(days=10, minutes=1):
        with pytest.raises(ReceiptKept) as refusal:
            remove(bought)
        with pytest.raises(ReceiptKept):
            keep(bought, mark=2)
        assert keep(bought) == receipt  # a late retry is told what stands

    assert refusal.value.extra["kept_until"] == receipts.kept_until(receipt)
    assert files(folder) == [receipt.file]


def test_the_photo_of_a_purchase_taken_back_can_always_be_removed(
    asn: Asn, bought: Purchase, folder: Path
) -> None:
    keep(bought)
    void_purchase(asn=asn, purchase=bought, reason="Salah ketik")

    with later(days=60):
        remove(bought)

    assert files(folder) == []


def test_a_photo_is_deleted_after_its_days_and_the_evidence_stays(
    bought: Purchase, settings: Settings, folder: Path
) -> None:
    settings.RECEIPT_DAYS = 90
    receipt = keep(bought)

    with later(days=90, minutes=-1):
        assert receipts.remove_due() == 0
    with later(days=90, minutes=1):
        assert (receipts.remove_due(), receipts.remove_due()) == (1, 0)

    receipt.refresh_from_db()
    assert files(folder) == []
    assert receipt.removal == Receipt.Removal.TIME
    assert kinds(bought) == ["declared", "receipt"]


def test_one_that_cannot_be_deleted_keeps_no_other_and_is_due_again(
    asn: Asn, warung: Umkm, folder: Path
) -> None:
    stuck, other = (keep(PurchaseFactory(asn=asn, umkm=warung), mark=n) for n in (1, 2))
    blocked = folder / stuck.file
    content = blocked.read_bytes()
    blocked.unlink()
    (blocked / "in the way").mkdir(parents=True)

    with later(days=200):
        assert receipts.remove_due() == 1
        (blocked / "in the way").rmdir()
        blocked.rmdir()
        blocked.write_bytes(content)
        assert receipts.remove_due() == 1

    assert files(folder) == []
    assert not Receipt.objects.filter(pk__in=[stuck.pk, other.pk]).with_photo().exists()


# --- What a crash leaves -------------------------------------------------------------------------


def test_a_crash_between_file_and_row_leaves_a_file_that_is_swept(
    bought: Purchase, folder: Path
) -> None:
    kept = keep(bought)
    orphan = folder / kept.file.replace(kept.file[-9:], "0000.webp")
    orphan.write_bytes(b"left by a process that was killed")

    assert receipts.sweep_files() == 0  # its row may be being written at this moment
    for path in (orphan, folder / kept.file):
        old = time.time() - 2 * 86_400
        os.utime(path, (old, old))
    assert receipts.sweep_files() == 1

    assert files(folder) == [kept.file]


def test_a_crash_between_deleting_the_file_and_saying_so_is_finished_by_the_next_removal(
    bought: Purchase, folder: Path
) -> None:
    (folder / keep(bought).file).unlink()

    assert remove(bought).removed_at is not None


def test_beat_removes_what_is_due_and_sweeps_each_night(bought: Purchase, folder: Path) -> None:
    keep(bought)
    assert "marketplace.tasks.remove_due_receipts" in {
        tick["task"] for tick in app.conf.beat_schedule.values()
    }

    with later(days=400):
        remove_due_receipts()

    assert files(folder) == []


@pytest.mark.parametrize("name", ["MEDIA_ROOT", "STATIC_ROOT"])
def test_no_folder_that_a_web_server_serves_may_hold_receipts(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    setattr(settings, name, str(tmp_path))

    with pytest.raises(SystemCheckError, match=f"RECEIPT_ROOT lies inside {name}"):
        call_command("check")


def test_sweeping_before_anything_was_kept_finds_nothing() -> None:
    assert receipts.sweep_files() == 0


# --- Looking -------------------------------------------------------------------------------------


@pytest.fixture
def receipt(bought: Purchase) -> Receipt:
    return keep(bought)


def shown(receipt: Receipt, *, to: object, by: object) -> bytes:
    """What `by` gets from a link that was made for `to`."""
    link = receipts.link_for(receipt, reader=to)
    return receipts.open_photo(
        reader=by,
        public_id=receipt.purchase.public_id,
        until=link.until,
        signature=link.signature,
    )


def test_a_link_opens_to_its_owner_and_to_nobody_else(asn: Asn, receipt: Receipt) -> None:
    assert shown(receipt, to=asn.user, by=asn.user)[8:12] == b"WEBP"
    for reader in (AsnFactory().user, UserFactory(is_superuser=True)):
        with pytest.raises(ReceiptLinkOver):
            shown(receipt, to=asn.user, by=reader)


def test_a_link_for_somebody_who_may_not_look_opens_nothing(receipt: Receipt) -> None:
    stranger = AsnFactory().user

    with pytest.raises(ReceiptLinkOver):
        shown(receipt, to=stranger, by=stranger)


def test_a_link_is_over_after_its_minutes(asn: Asn, receipt: Receipt, settings: Settings) -> None:
    link = receipts.link_for(receipt, reader=asn.user)
    asked = {"reader": asn.user, "public_id": receipt.purchase.public_id}
    said = {"until": link.until, "signature": link.signature}

    with later(minutes=settings.RECEIPT_LINK_MINUTES, seconds=-5):
        assert receipts.open_photo(**asked, **said)
    with later(minutes=settings.RECEIPT_LINK_MINUTES, seconds=1):
        for until in (link.until, link.until + 600):
            with pytest.raises(ReceiptLinkOver):
                receipts.open_photo(**asked, **{**said, "until": until})


def test_a_link_goes_with_its_photo(asn: Asn, receipt: Receipt, bought: Purchase) -> None:
    link = receipts.link_for(receipt, reader=asn.user)
    keep(bought, mark=2)

    with pytest.raises(ReceiptLinkOver):
        receipts.open_photo(
            reader=asn.user,
            public_id=bought.public_id,
            until=link.until,
            signature=link.signature,
        )


def test_a_look_is_written_down_where_the_owner_reads_it(asn: Asn, receipt: Receipt) -> None:
    auditor = UserFactory(is_superuser=True)

    seen = receipts.look(
        auditor=auditor, public_id=receipt.purchase.public_id, purpose="Uji petik triwulan"
    )

    entry = audit.about(asn.user).get()
    assert (entry.action, entry.actor_id) == ("receipt.read", auditor.pk)
    assert entry.purpose == "Uji petik triwulan"
    assert shown(seen, to=auditor, by=auditor)


def test_a_look_at_nothing_is_none(bought: Purchase) -> None:
    for public_id in (bought.public_id, uuid4()):
        with pytest.raises(ReceiptUnknown):
            receipts.look(auditor=UserFactory(), public_id=public_id, purpose="Uji petik")

    assert not AuditEntry.objects.exists()


def test_a_photo_that_goes_while_it_is_asked_for_is_unknown(
    asn: Asn, receipt: Receipt, folder: Path
) -> None:
    (folder / receipt.file).unlink()

    with pytest.raises(ReceiptUnknown):
        shown(receipt, to=asn.user, by=asn.user)
