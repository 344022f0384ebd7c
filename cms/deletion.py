"""A page that is deleted closes its row in the registry; the row and its purchases stay."""

from typing import Any

from django.db.models.signals import pre_delete

from cms.models.umkm import ProductPage, UmkmPage
from marketplace import registry


def connect() -> None:
    """Listen to the deletion of our own pages, whatever deletes them."""
    pre_delete.connect(_close, sender=UmkmPage)
    pre_delete.connect(_withdraw, sender=ProductPage)


def _close(instance: UmkmPage, **_: Any) -> None:
    registry.close_umkm(page=instance.page_ptr)


def _withdraw(instance: ProductPage, **_: Any) -> None:
    registry.withdraw_product(page=instance.page_ptr)
