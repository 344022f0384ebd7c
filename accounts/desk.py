"""What every page of ours in the admin asks first: whether this person may open it."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts.models import User


class DeskPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of ours in the admin, for who has its `right`."""

    right = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before anything is looked up."""
        if not self.may_open(self.person):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_open(self, person: User) -> bool:
        """Whether this person may see the page and act on it."""
        return person.has_perm(self.right)

    @property
    def person(self) -> User:
        """Who is at work: Wagtail's admin lets nobody in who is not signed in."""
        return cast(User, self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The trail ends with the page itself."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


def menu_item_for(right: str) -> type[MenuItem]:
    """A menu item that is shown to who has this right."""

    class RightMenuItem(MenuItem):
        def is_shown(self, request: HttpRequest) -> bool:
            may: bool = request.user.has_perm(right)
            return may

    return RightMenuItem
