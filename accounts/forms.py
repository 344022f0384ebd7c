"""Forms of signing in, and of Wagtail's user admin without personal names."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import CharField, EmailField, EmailInput, Form, PasswordInput, TextInput
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from accounts import second_factor, tokens
from accounts.errors import TooManyCodes, WrongCode
from accounts.models import User
from core import secrets
from core.throttling import may_try_a_code, may_try_to_sign_in

TOO_MANY_TRIES = _("Too many tries. Please wait a minute.")


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
            raise ValidationError(TOO_MANY_TRIES, code="throttled")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


def _code_field() -> CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return CharField(label=_("Code"), max_length=20, widget=TextInput(attrs=attributes))


class CodeForm(AuthenticateForm):
    """A code of the app, or one of those written down; counted and taken once by our rule."""

    code = _code_field()

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            self.authenticator = second_factor.use_code(self.user, code=code)
        except (TooManyCodes, WrongCode) as refusal:
            raise ValidationError(refusal.title) from None
        return code


class AgainByCodeForm(CodeForm, ReauthenticateForm):
    """The same, of somebody who is signed in."""

    save = ReauthenticateForm.save


class AgainForm(Form):
    """The password of somebody who is signed in."""

    password = CharField(
        label=_("Password"),
        strip=False,
        widget=PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        if not may_try_a_code(f"password/{self.user.pk}"):
            raise ValidationError(TooManyCodes.title)
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password


class SetUpForm(ActivateTOTPForm):
    """The first code of a new app. Until it is right, its secret waits encrypted in the session."""

    code = _code_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        Form.__init__(self, *args, **kwargs)
        self.user = user
        self.secret = _pending_secret(anew=not self.is_bound)

    def clean_code(self) -> str:
        if not may_try_a_code(self.user.pk):
            raise ValidationError(TooManyCodes.title)
        code = "".join(self.cleaned_data["code"].split())
        if not totp.validate_totp_code(self.secret, code):
            raise ValidationError(_("This code does not fit. Take the one the app shows now."))
        return code


def _pending_secret(*, anew: bool) -> str:
    session = context.request.session
    kept = None if anew else session.get(totp.SECRET_SESSION_KEY)
    if kept is None:
        kept = session[totp.SECRET_SESSION_KEY] = secrets.encrypt(totp.generate_totp_secret())
    return secrets.decrypt(kept)


class NewPasswordForm(SetPasswordForm):
    """A new password ends what the old one opened: sessions (by Django) and tokens."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 (Django's signature)
        user = super().save(commit=commit)
        tokens.revoke_all(user)
        return user


class EmailChangeForm(AgainForm):
    """Another address for one's account, and the password, where the account has one."""

    email = EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        del self.fields["password"].widget.attrs["autofocus"]
        if not user.has_usable_password():  # who signs in with the city's own provider
            del self.fields["password"]

    def clean_email(self) -> str:
        email: str = User.objects.normalize_email(self.cleaned_data["email"])
        if email == self.user.email:
            raise ValidationError(_("This is the address your account has."))
        return email


class EmailCodeForm(Form):
    """The code that was sent to the new address."""

    code = _code_field()


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
