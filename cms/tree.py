"""What happens to pages without the `save()` of their own model.

A deleted page closes its row in the registry; the row and its purchases stay. A product moved to
another shop is registered under that shop. A page that expires, or is unpublished with many others,
is saved by Wagtail as a plain `Page`: its row is closed here. Lists follow in the same transaction.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
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


@transaction.atomic
def withdraw(products: Sequence[Page]) -> None:
    """Take products from view; what lists say of their shops is read again without them."""
    listed = Product.objects.filter(page__in=products, status=Product.Status.LISTED)
    shops = set(listed.values_list("umkm__page", flat=True))
    if shops:
        registry.withdraw_products(products)
        search_entries.renew(shops)


def _close(instance: UmkmPage, **_: Any) -> None:
    registry.close_umkm(page=instance.page_ptr)


def _withdraw(instance: ProductPage, **_: Any) -> None:
    withdraw([instance.page_ptr])


@transaction.atomic
def _moved(instance: Page, parent_page_before: Page, **_: Any) -> None:
    ProductPage.objects.get(pk=instance.pk).write_registry()
    search_entries.renew([parent_page_before.pk])


def _forget_shop(instance: Umkm, **_: Any) -> None:
    """Closed or merged, by whatever way: it is found no more from this very transaction on."""
    if instance.page_id is not None and instance.status != Umkm.Status.LISTED:
        search_entries.forget(instance.page_id)
