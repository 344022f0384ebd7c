"""The desk's place in Wagtail's admin: its pages, its rights, its panel on the home page."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from social.admin.queue import TROUBLE, counted_sections
from social.admin.viewsets import SocialDesk

ON_HOME = ("approval", "scheduled", "unclear", "failed", "missed", "held")


@hooks.register("register_admin_viewset")
def register_desk() -> SocialDesk:
    return SocialDesk()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The desk's own rights, so that a group can be given them by hand."""
    codenames = ["view_desk", "write_post", "approve_post", "manage_channel"]
    return Permission.objects.filter(content_type__app_label="social", codename__in=codenames)


class DeskPanel(Component):
    """How much waits at the desk, on the admin's home page."""

    name = "social_desk"
    template_name = "social/admin/panel.html"
    order = 90

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """The sections that ask something of somebody."""
        counted = counted_sections(parent_context["request"])
        sections = [one for one in counted if one.section.key in ON_HOME]
        return {"sections": sections, "trouble": TROUBLE}


@hooks.register("construct_homepage_panels")
def add_desk_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm("social.view_desk"):
        panels.append(DeskPanel())
