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


class CodeNeeded(AccountsError):
    """Name and password are right, and the account has a second factor."""

    type = "code-needed"
    title = _("Please give the code of your second factor, too.")
    status = 401


class WrongCode(AccountsError):
    """The code is none of this account, too old, or used before; which is not said."""

    type = "wrong-code"
    title = _("This code is not valid. Codes work once and for a short time.")
    status = 401


class TooManyCodes(AccountsError):
    """Codes of one account were tried too often."""

    type = "too-many-codes"
    title = _("Too many codes were tried. Please wait an hour.")
    status = 429


class SecondFactorMissing(AccountsError):
    """The account's role needs a second factor, and it has none yet."""

    type = "second-factor-missing"
    title = _("Your role needs a second factor. Please sign in on the website and set one up.")
    status = 403
