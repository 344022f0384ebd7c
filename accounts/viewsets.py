"""Wagtail's user admin for a user without personal names."""

from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from accounts.forms import NamelessCreationForm, NamelessEditForm


class UserViewSet(WagtailUserViewSet):
    """Create and edit by sign-in name and e-mail."""

    def get_form_class(self, for_update: bool = False) -> type:  # noqa: FBT001, FBT002
        return NamelessEditForm if for_update else NamelessCreationForm
