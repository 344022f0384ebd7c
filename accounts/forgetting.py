"""What is left of sign-ins that are over."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiToken

ENDED_TOKENS_KEPT = timedelta(days=30)


def forget_sign_ins() -> int:
    """Delete sessions that are over and tokens that ended 30 days ago; how many they were."""
    now = timezone.now()
    sessions, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    long_ago = now - ENDED_TOKENS_KEPT
    ended = Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago)
    tokens, _kinds = ApiToken.objects.filter(ended).delete()
    return sessions + tokens
