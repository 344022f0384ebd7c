"""Which rows of the registry must stay, though their page goes."""

from wagtail.models import Page

from marketplace.models import Product, Purchase, PurchaseItem, Umkm


def is_needed(page: Page) -> bool:
    """Whether a purchase, or a shop that was merged, leads to the row of a page.

    Yes or no, for whoever is about to remove the page: never who, how often or how much.
    """
    shops = Umkm.objects.filter(page=page)
    products = Product.objects.filter(page=page)
    return (
        Purchase.objects.filter(umkm__in=shops).exists()
        or PurchaseItem.objects.filter(product__in=products).exists()
        or Umkm.objects.filter(merged_into__in=shops).exists()
    )
