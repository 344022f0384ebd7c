"""Forms of signing in, and of Wagtail's user admin without personal names."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import CharField, PasswordInput
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.account import NameEmailForm
from wagtail.users.forms import UserCreationForm, UserEditForm

from accounts import tokens
from accounts.models import User
from core.throttling import may_try_to_sign_in


class SignInForm(AuthenticationForm):
    """Name and password, at the sign-in rate."""

    password = CharField(
        label=_("Password"),
        strip=False,
        widget=PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _("This name and password do not belong together."),
        "inactive": _("This account is switched off."),
    }

    def clean(self) -> dict[str, Any]:
        if not may_try_to_sign_in(self.request):
            raise ValidationError(_("Too many tries. Please wait a minute."), code="throttled")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class NewPasswordForm(SetPasswordForm):
    """A new password ends what the old one opened: sessions (by Django) and tokens."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 (Django's signature)
        user = super().save(commit=commit)
        tokens.revoke_all(user)
        return user


class EmailForm(NameEmailForm):
    """One's own e-mail address in the admin's account page."""

    first_name = None
    last_name = None

    class Meta(NameEmailForm.Meta):
        fields = ["email"]


class NamelessCreationForm(UserCreationForm):
    """A user is a sign-in name and an e-mail address: no first and last name."""

    first_name = None
    last_name = None

    class Meta(UserCreationForm.Meta):
        fields = {"username", "email", "is_superuser", "groups"}


class NamelessEditForm(UserEditForm):
    """The same for a user who exists."""

    first_name = None
    last_name = None

    class Meta(UserEditForm.Meta):
        fields = {"username", "email", "is_active", "is_superuser", "groups"}

    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 (Wagtail's signature)
        user: User = super().save(commit=commit)
        if "password1" in self.changed_data or not user.is_active:
            tokens.revoke_all(user)
        return user
