"""Refusals of signing in."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class AccountsError(Refusal):
    """Something about who signs in was refused."""


class WrongPassword(AccountsError):
    """Name and password do not belong together; which of them is wrong is not said."""

    type = "wrong-password"
    title = _("This name and password do not belong together.")
    status = 401


class TokenOnlyReads(AccountsError):
    """The token was made for reading, and this request writes."""

    type = "token-only-reads"
    title = _("This token may only read.")
    status = 403
