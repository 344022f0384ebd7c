"""Giving a proposed shop its page: the one decision about a proposal that makes something live."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from cms.models import UmkmIndexPage, UmkmPage
from marketplace import proposals, registry
from marketplace.models import Category, Region, Umkm


@dataclass(frozen=True)
class Listing:
    """What an editor says of a proposed shop; the rest is typed on its page, whenever."""

    name: str
    region: Region
    category: Category
    summary: str


def may_list(user: User) -> bool:
    """Whether this person may publish a page in the catalogue: listing does no less."""
    catalogue = UmkmIndexPage.objects.first()
    may: bool = bool(catalogue) and catalogue.permissions_for_user(user).can_publish_subpage()
    return may


@transaction.atomic
def list_proposal(address: str, listing: Listing, *, actor: User) -> UmkmPage:
    """Publish a page for a proposed shop, on the same row of the registry: purchases stay with it.

    The row gets the page before it goes live: a live page without a row would make a second shop.
    Raises `UmkmNotProposed` if somebody else was quicker.
    """
    # The catalogue's row first: two pages at once would be given one path in the tree.
    catalogue = UmkmIndexPage.objects.select_for_update(of=("self",)).get()
    umkm = proposals.lock_at_address(address)
    page = catalogue.add_child(instance=_draft(umkm, listing, owner=actor))
    registry.list_pending(umkm=umkm, page=page.page_ptr, facts=page.facts(), actor=actor)
    page.save_revision(user=actor, log_action=True).publish(user=actor)
    return page


def _draft(umkm: Umkm, listing: Listing, *, owner: User) -> UmkmPage:
    stays = umkm.region_id == listing.region.pk  # RW and RT are numbers inside that kelurahan
    return UmkmPage(
        title=listing.name,
        region=listing.region,
        rw=umkm.rw if stays else None,
        rt=umkm.rt if stays else None,
        category=listing.category,
        summary=listing.summary,
        owner=owner,
        live=False,
    )
