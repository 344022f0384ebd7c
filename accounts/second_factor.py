"""The second factor: which account needs one, whether it has one, and the codes that open it.

Every role needs one but those of `ROLES_WITHOUT_SECOND_FACTOR`. allauth keeps the secrets, sealed
by accounts.adapters, and knows TOTP; whether an account that needs one still lacks it is read in
the query that reads the account, so that no request pays for it.
"""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Value
from django.db.models.expressions import Combinable

from accounts.errors import CodeNeeded, SecondFactorMissing, TooManyCodes, WrongCode
from accounts.models import User
from core.throttling import may_try_a_code

LACKING = "lacks_second_factor"
"""What the accounts and tokens that were read with `lacking` call it."""


def lacking(user: str = "") -> Combinable:
    """Whether the account that a row is, or leads to by `user`, needs a second factor it lacks."""
    if not settings.MFA_REQUIRED:
        return Value(value=False, output_field=BooleanField())
    pk = OuterRef(f"{user}_id" if user else "pk")
    prefix = f"{user}__" if user else ""
    with_other_roles = Group.objects.filter(user=pk).exclude(
        name__in=settings.ROLES_WITHOUT_SECOND_FACTOR
    )
    needs_one = (
        Q(**{f"{prefix}is_superuser": True})
        | Q(**{f"{prefix}is_staff": True})
        | Q(Exists(with_other_roles))
    )
    has_one = Exists(Authenticator.objects.filter(user=pk, type=Authenticator.Type.TOTP))
    return ExpressionWrapper(needs_one & ~Q(has_one), output_field=BooleanField())


def is_lacking(user: User | AnonymousUser) -> bool:
    """Whether `user` may do nothing yet but set up a second factor."""
    if not settings.MFA_REQUIRED or not user.is_authenticated:
        return False
    if not hasattr(user, LACKING):
        setattr(user, LACKING, User.objects.filter(lacking(), pk=user.pk).exists())
    return bool(getattr(user, LACKING))


def is_set_up(user: User) -> bool:
    """Whether signing in as `user` asks for a code."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def check(user: User, *, code: str) -> None:
    """Let `user`, whose password was right, pass with `code`, which opens nothing a second time.

    Raises `SecondFactorMissing`, `CodeNeeded`, `TooManyCodes` or `WrongCode`.
    """
    if is_lacking(user):
        raise SecondFactorMissing
    if not is_set_up(user):
        return
    if not code:
        raise CodeNeeded
    use_code(user, code=code)


def use_code(user: User, *, code: str) -> Authenticator:
    """Take one code of the app or of those written down; the same code is not taken again.

    Raises `TooManyCodes` or `WrongCode`.
    """
    if not may_try_a_code(user.pk):
        raise TooManyCodes(retry_after=3_600)
    code = "".join(code.split())
    for factor in Authenticator.objects.filter(user=user).order_by("-type"):  # the app's first
        if factor.wrap().validate_code(code):
            factor.user = user
            factor.record_usage()
            return factor
    raise WrongCode
