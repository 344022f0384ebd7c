"""Wagtail's own API of pictures and documents lists all of them to whoever enters the admin.

Here it lists to each what they may choose or work on, as the choosers do.
"""

from typing import Any

from django.db.models import QuerySet
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry

WORK_ON_MEDIA = ["add", "change", "delete", "choose"]


class OnlyOwn:
    """Before a list of Wagtail's: what the person who asks works on here."""

    request: Any

    def get_queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset()  # type: ignore[misc]
        policy = policy_registry.get_by_type(found.model)
        mine = policy.instances_user_has_any_permission_for(self.request.user, WORK_ON_MEDIA)
        return found.filter(pk__in=mine)


class OwnPictures(OnlyOwn, ImagesAdminAPIViewSet):
    """The pictures of a person at work here."""


class OwnDocuments(OnlyOwn, DocumentsAdminAPIViewSet):
    """The documents of a person at work here."""


def list_own_media(router: WagtailAPIRouter) -> None:
    """In the place of Wagtail's own endpoints."""
    router.register_endpoint("images", OwnPictures)
    router.register_endpoint("documents", OwnDocuments)
