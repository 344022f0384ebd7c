"""What is left of sign-ins that are over."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiClient, ApiClientSecret, ApiToken

ENDED_TOKENS_KEPT = timedelta(days=30)
ENDED_CLIENTS_KEPT = timedelta(days=365)


def forget_sign_ins() -> int:
    """Delete sessions that are over, tokens and clients that ended long ago; how many they were."""
    now = timezone.now()
    sessions, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    long_ago = now - ENDED_TOKENS_KEPT
    ended = Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago)
    tokens, _kinds = ApiToken.objects.filter(ended).delete()
    old_secrets, _kinds = ApiClientSecret.objects.filter(ends_at__lt=long_ago).delete()
    return sessions + tokens + old_secrets + _forget_clients(now - ENDED_CLIENTS_KEPT)


def _forget_clients(before: datetime) -> int:
    ended = Q(expires_at__lt=before) | Q(revoked_at__lt=before)
    clients, _kinds = ApiClient.objects.filter(ended).delete()
    return clients
