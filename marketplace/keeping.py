"""Which rows of the registry must stay, though their page goes."""

from collections.abc import Sequence

from wagtail.models import Page

from marketplace.models import Purchase, PurchaseItem, Umkm


def is_needed(page: Page) -> bool:
    """Whether a purchase, or a shop that was merged, leads to the row of a page.

    Yes or no, for whoever is about to remove the page: never who, how often or how much.
    """
    return bool(needed([page]))


def needed(pages: Sequence[Page]) -> set[int]:
    """The keys of those pages of which this is so."""
    keys = [page.pk for page in pages]
    bought_at = Purchase.objects.filter(umkm__page__in=keys).values_list("umkm__page")
    bought = PurchaseItem.objects.filter(product__page__in=keys).values_list("product__page")
    merged = Umkm.objects.filter(merged_into__page__in=keys).values_list("merged_into__page")
    return {key for found in (bought_at, bought, merged) for (key,) in found.distinct()}
