"""What the city does for somebody who lost the phone that signs them in."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import sessions, tokens
from accounts.models import User
from core import audit


@transaction.atomic
def reset_second_factor(user: User) -> None:
    """Take a lost second factor away, and end all that was opened with it."""
    Authenticator.objects.filter(user=user).delete()
    tokens.revoke_all(user)
    sessions.end_all(user)
    audit.record(actor=None, action="user.second_factor_reset", subject=user, subject_user=user)
