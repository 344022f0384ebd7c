"""Report and mend: what anyone may say about a page, and what an editor does about it."""

from uuid import UUID

from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from wagtail.models import Page

from accounts.models import User
from cms.catalogue import product, shops
from cms.models import Complaint, UmkmPage
from cms.models.complaints import ComplaintQuerySet
from core import audit
from marketplace.contacts import without_contacts


def page_in_view(public_id: UUID) -> Page | None:
    """The live page of a listed shop, or of a listed product of one."""
    shop = shops().filter(umkm_row__public_id=public_id).first()
    return shop or product(public_id)


def report(page: Page, *, kind: Complaint.Kind, words: str) -> Complaint:
    """Put a report before the editors, without the numbers and addresses its words hold.

    Said again in the same words while it is open, it is the report that is there.
    """
    said = {"page_id": page.pk, "kind": kind, "words": without_contacts(" ".join(words.split()))}
    told = Complaint.objects.open().filter(**said).first()
    return told or Complaint.objects.create(**said, day=timezone.localdate())


def queue(*, state: Complaint.State, kind: str = "") -> ComplaintQuerySet:
    """Reports with their pages: closed shops first, then the oldest; what is done, newest first."""
    found = Complaint.objects.filter(state=state).select_related(
        "page__umkm_row__region", "page__product_row__umkm__region", "page__product_row__umkm__page"
    )
    if kind:
        found = found.filter(kind=kind)
    if state == Complaint.State.DONE:
        return found.order_by("-pk")
    urgent = When(kind=Complaint.Kind.CLOSED, then=Value(0))
    return found.order_by(Case(urgent, default=Value(1), output_field=IntegerField()), "pk")


@transaction.atomic
def settle(complaints: ComplaintQuerySet, *, note: str, actor: User) -> int:
    """Mark open reports as done with a word on what was done; return how many that were.

    Of two editors at once the second finds nothing more to do.
    """
    found = complaints.open().order_by("pk")
    locked = list(found.select_for_update(no_key=True, of=("self",)))
    for complaint in locked:
        complaint.state = Complaint.State.DONE
        complaint.note = note
        complaint.save(update_fields=["state", "note"])
        audit.record(actor=actor, action="complaint.done", subject=complaint)
    return len(locked)


@transaction.atomic
def close_shop(page: UmkmPage, *, note: str, actor: User) -> None:
    """Take a shop and its products out of view, now; what was reported about them is done.

    The registry closes with the page, and who reads the catalogue on holds the waiting posts.
    """
    page = UmkmPage.objects.select_for_update(of=("self", "page_ptr")).get(pk=page.pk)
    if page.live:
        page.unpublish(user=actor)
    settle(Complaint.objects.below(page), note=note, actor=actor)
