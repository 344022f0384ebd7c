"""Who is shown what is the editors' in the menu."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.permission_policies.pages import PagePermissionPolicy

WORK_ON_PAGES = ["add", "change", "publish"]


class EditorsMenuItem(MenuItem):
    """Shown to who works on pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        shown: bool = PagePermissionPolicy().user_has_any_permission(request.user, WORK_ON_PAGES)
        return shown
