"""Reads on in the catalogue: what a closed shop or a withdrawn product stands behind is held.

Core calls no reader. A beat task asks every few seconds, from a position of our own that moves in
the transaction of what was done: read twice, it finds nothing more to hold.
"""

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import outbox
from core.models import OutboxEvent
from marketplace.models import Product, Umkm
from promotions.captions import LANGUAGE
from promotions.promotions import hold_posts_about

READER = "promotions"
CLOSED = "umkm.closed"
WITHDRAWN = "product.withdrawn"


@transaction.atomic
def read_catalogue() -> int:
    """Hold the waiting posts of what was closed since last time; return how many were held.

    Does nothing while another reader stands at the same position.
    """
    position = outbox.stand_at(reader=READER, stream=OutboxEvent.Stream.CATALOGUE)
    if position is None:
        return 0
    events = outbox.read_on(stream=OutboxEvent.Stream.CATALOGUE, after=position.number)
    if not events:
        return 0
    held = _hold(events)
    position.number = events[-1].number or position.number
    position.save(update_fields=["number"])
    return held


def _hold(events: list[OutboxEvent]) -> int:
    """What has been listed again in the meantime holds nothing."""
    umkm = Umkm.objects.filter(public_id__in=_named(events, CLOSED), status=Umkm.Status.CLOSED)
    products = Product.objects.filter(
        public_id__in=_named(events, WITHDRAWN), status=Product.Status.WITHDRAWN
    )
    with translation.override(LANGUAGE):  # people of the desk read it, whoever's task this is
        closed = hold_posts_about(umkm=umkm, products=[], reason=_("The shop was closed."))
        withdrawn = hold_posts_about(
            umkm=[], products=products, reason=_("The product was withdrawn.")
        )
    return closed + withdrawn


def _named(events: list[OutboxEvent], name: str) -> list[UUID]:
    return [event.public_id for event in events if event.event == name]
