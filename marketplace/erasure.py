"""Erasing a person: who they are goes, money and places stay as nobody's, and so do the totals.

Afterwards the database holds of them what it holds of who never took part: the row that the
personnel office brought, as it brought it, with a buyer that bought nothing. So nobody can list who
left, and the next personnel file finds them like anybody else. Their account and all that hangs on
it is deleted; the audit log keeps a number that leads nowhere (docs/privacy.md).
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Model, QuerySet
from django.db.models.deletion import ProtectedError
from django.db.models.expressions import Func
from django.db.models.fields.related import ForeignKey
from django.db.models.functions import Cast
from django.utils import timezone

from accounts import sessions, tokens
from accounts.models import User
from core import audit
from core.models import IdempotencyRecord
from marketplace import consents, receipts
from marketplace.errors import NotAsn, NotYourName
from marketplace.models import Asn, Buyer, Purchase, Umkm, Void, erasing
from marketplace.personnel import ROLE

logger = logging.getLogger(__name__)

STAYS = {
    # of the person: what the personnel office brings, homes they told themselves apart
    "marketplace.FormerNip.asn",
    "marketplace.Home.asn",
    "marketplace.Posting.asn",
    # of the buyer: money, as nobody's
    "marketplace.Asn.buyer",
    "marketplace.Purchase.buyer",
    "marketplace.BuyerMonth.buyer",
    # of a purchase
    "marketplace.Evidence.purchase",
    "marketplace.Purchase.replaces",
    "marketplace.PurchaseItem.purchase",
    "marketplace.Void.purchase",
}
"""Rows that point to a person, their buyer or their purchases and outlive them.

Every other one is deleted, also of a table that is new: what is forgotten here is lost, not kept.
"""


def erase_own(asn: Asn, *, username: str) -> None:
    """Let a person erase themselves; their sign-in name says that they mean it.

    Raises `NotYourName`, `NotAsn` for who was erased already.
    """
    if asn.user is None or username != asn.user.username:
        raise NotYourName
    erase(asn)


def erase(asn: Asn) -> None:
    """Erase a person in one transaction: killed at any moment, all of it happened or nothing.

    Waits for a recording of theirs that is under way. The files of their receipts go after the
    commit; those that a dead process left are swept within two days (`receipts.sweep_files`).
    Raises `NotAsn` for who was erased already.
    """
    with transaction.atomic(durable=True):
        photos = _erase(consents.hold(asn))
    receipts.delete_files(photos)


def erase_who_withdrew() -> int:
    """Erase everyone whose consent was withdrawn 3 x 24 hours ago; return how many.

    One who cannot be erased stops no other and is due again in minutes.
    """
    return sum(_erase_if_due(asn) for asn in consents.due_to_be_erased())


def forget_former() -> int:
    """Forget everyone whose last day was FORMER_ASN_DAYS ago, their row as well; return how many.

    No personnel file brings them any more: nothing is left but money, as nobody's.
    """
    before = timezone.localdate() - timedelta(days=settings.FORMER_ASN_DAYS)
    return sum(_forget_if_former(asn, before) for asn in Asn.objects.filter(left_on__lt=before))


def relations_to(*models: type[Model]) -> Iterator[tuple[str, ForeignKey]]:
    """Every column that points to one of these tables, with its name."""
    for model in models:
        for relation in model._meta.get_fields(include_hidden=True):
            column = getattr(relation, "field", None)  # of a relation from elsewhere
            if relation.auto_created and not relation.concrete and isinstance(column, ForeignKey):
                yield f"{column.model._meta.label}.{column.name}", column


def _erase_if_due(asn: Asn) -> bool:
    def erase_due(held: Asn) -> list[str] | None:  # they may have agreed again at this moment
        return _erase(held) if consents.is_due(held) else None

    return _tried(asn, erase_due)


def _forget_if_former(asn: Asn, before: date) -> bool:
    def forget(held: Asn) -> list[str] | None:  # a file may have brought them back just now
        held = Asn.objects.select_for_update().get(pk=held.pk)
        if held.left_on is None or held.left_on >= before:
            return None
        photos = _erase(held)
        held.delete()
        held.buyer.delete()
        return photos

    return _tried(asn, forget)


def _tried(asn: Asn, act: Callable[[Asn], list[str] | None]) -> bool:
    """One of many, in a transaction of their own; whatever fails, the others are due as well."""
    try:
        with transaction.atomic(durable=True):
            photos = act(consents.hold(asn))
    except NotAsn:
        return False
    except Exception:
        logger.exception("a person could not be erased")
        return False
    receipts.delete_files(photos or ())
    return photos is not None


def _erase(held: Asn) -> list[str]:
    """Everything of it, in the caller's transaction; the files that are to go after it."""
    erasing.begin()
    user = User.objects.select_for_update(of=("self",)).filter(asn=held.pk).first()
    purchases = Purchase.objects.filter(buyer_id=held.buyer_id)
    photos = receipts.files_of(held.buyer_id)
    _empty_words(purchases)
    _delete_what_points_to(Purchase, rows=purchases)
    _delete_what_points_to(Buyer, rows=Buyer.objects.filter(pk=held.buyer_id))
    _delete_what_points_to(Asn, rows=Asn.objects.filter(pk=held.pk))
    held.homes.filter(by_person=True).delete()
    _as_the_file_brought_it(held)
    if user is not None:
        _end_account(user)
    audit.record(actor=None, action="person.erased")  # that it was done, never of whom
    return photos


def _empty_words(purchases: QuerySet[Purchase]) -> None:
    """What the person wrote, and the keys that their app chose."""
    Void.objects.filter(purchase__in=purchases).update(reason="")
    a_key = Cast(Func(function="gen_random_uuid"), CharField())
    purchases.update(note="", fingerprint="", client_key=a_key)


def _delete_what_points_to(model: type[Model], *, rows: QuerySet[Model]) -> None:
    for name, column in relations_to(model):
        if name not in STAYS:
            column.model._base_manager.filter(**{f"{column.name}__in": rows}).delete()


def _as_the_file_brought_it(held: Asn) -> None:
    held.user = None
    held.buyer = Buyer.objects.create()
    held.consented_to = ""
    held.sign_in_closed_at = None
    held.save(update_fields=["user", "buyer", "consented_to", "sign_in_closed_at"])


def _end_account(user: User) -> None:
    """Delete it; one with which somebody works here as well stays for that work alone."""
    sessions.end_all(user)
    if not _works_here(user):
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:  # they once signed or wrote what was published
            user.is_active = False
            user.save(update_fields=["is_active"])
        else:
            return
    tokens.revoke_all(user)
    IdempotencyRecord.objects.filter(user=user).delete()
    user.groups.remove(*user.groups.filter(name=ROLE))


def _works_here(user: User) -> bool:
    roles = user.groups.exclude(name=ROLE).exists()
    owns = Umkm.objects.filter(owner=user).exists()
    return user.is_staff or user.is_superuser or roles or owns
