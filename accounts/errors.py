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


class ClientRefused(AccountsError):
    """A program of another office is not let in; each kind says why, to who holds the secret."""

    status = 401
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class ClientUnknown(ClientRefused):
    """No client has this secret, or another secret took its place."""

    type = "client-unknown"
    title = _("This secret belongs to no client, or was replaced by a new one.")


class ClientExpired(ClientRefused):
    """The client was let in up to a moment that has passed."""

    type = "client-expired"
    title = _("This client has expired. Please ask an administrator to extend it.")


class ClientRevoked(ClientRefused):
    """The client was ended for good."""

    type = "client-revoked"
    title = _("This client was revoked.")


class ClientWithoutOwner(ClientRefused):
    """Whoever answered for the client may not sign in any more, or is no integrator any more."""

    type = "client-without-owner"
    title = _("Nobody answers for this client any more. Please ask an administrator.")


class ClientScopeMissing(AccountsError):
    """The client was not given the scope of this route, which the problem names."""

    type = "client-scope-missing"
    title = _("This client was not given the scope that is needed here.")
    status = 403

    def __init__(self, scope: str) -> None:
        super().__init__(extra={"scope": scope})
        said = f'Bearer error="insufficient_scope", scope="{scope}"'
        self.headers = {"WWW-Authenticate": said}


class ClientNotHere(AccountsError):
    """No scope lets a program in here: it is about a person, or changes something."""

    type = "client-not-here"
    title = _("No client is let in here, whatever its scopes.")
    status = 403
