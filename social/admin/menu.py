"""What the desk's entries in the sidebar have in common."""

from django.http import HttpRequest
from django.utils.functional import Promise
from wagtail.admin.menu import MenuItem


class DeskMenuItem(MenuItem):
    """Shown to the people of the desk."""

    def is_shown(self, request: HttpRequest) -> bool:
        """A menu shows nothing that its page would refuse."""
        return request.user.has_perm("social.view_desk")


def counted(label: str | Promise, number: int) -> str:
    """A label with how many things ask something of whoever looks, if there are any."""
    return f"{label} ({number})" if number else str(label)
