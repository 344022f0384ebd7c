"""Accounts' place in Wagtail's admin: the programs of other offices."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks

from accounts.client_admin import ClientViewSet


@hooks.register("register_admin_viewset")
def register_clients() -> ClientViewSet:
    return ClientViewSet()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Clients' rights, so that a group can be given them by hand."""
    return Permission.objects.filter(
        content_type__app_label="accounts", content_type__model="apiclient"
    )
