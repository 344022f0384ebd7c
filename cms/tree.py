"""What happens to pages without the `save()` of their own model.

A deleted page closes its row in the registry; the row and its purchases stay. A product moved to
another shop is registered under that shop. A page that expires, or is unpublished with many others,
is saved by Wagtail as a plain `Page`: its row is closed here.
"""

from typing import Any

from django.db.models.signals import post_save, pre_delete
from wagtail.models import Page
from wagtail.signals import page_unpublished, post_page_move

from cms import search_entries
from cms.models.product import ProductPage
from cms.models.umkm import UmkmPage
from marketplace import registry
from marketplace.models import Product, Umkm


def connect() -> None:
    """Listen to our own pages, whatever deletes, moves or unpublishes them."""
    pre_delete.connect(_close, sender=UmkmPage)
    pre_delete.connect(_withdraw, sender=ProductPage)
    post_page_move.connect(_moved, sender=ProductPage)
    page_unpublished.connect(_close, sender=UmkmPage)
    page_unpublished.connect(_withdraw, sender=ProductPage)
    post_save.connect(_forget_shop, sender=Umkm)
    post_save.connect(_forget_product, sender=Product)


def _close(instance: UmkmPage, **_: Any) -> None:
    registry.close_umkm(page=instance.page_ptr)


def _withdraw(instance: ProductPage, **_: Any) -> None:
    if Product.objects.filter(page=instance.pk, status=Product.Status.LISTED).exists():
        registry.withdraw_product(page=instance.page_ptr)


def _moved(instance: Page, **_: Any) -> None:
    ProductPage.objects.get(pk=instance.pk).write_registry()


def _forget_shop(instance: Umkm, **_: Any) -> None:
    """Closed or merged, by whatever way: it is found no more from this very transaction on."""
    if instance.page_id is not None and instance.status != Umkm.Status.LISTED:
        search_entries.forget(shop=instance.page_id)


def _forget_product(instance: Product, **_: Any) -> None:
    if instance.page_id is not None and instance.status != Product.Status.LISTED:
        search_entries.forget(page=instance.page_id)
