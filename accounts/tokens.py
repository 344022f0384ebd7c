"""Tokens of apps: made once, kept as a digest, found again, revoked."""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts import second_factor
from accounts.models import ApiToken, User

logger = logging.getLogger(__name__)

MARK = "abu_"  # so that a token found in a log or a repository is recognised
USE_NOTED_EVERY = timedelta(minutes=10)


def make_token(user: User, *, name: str, scope: str = ApiToken.Scope.WRITE) -> tuple[ApiToken, str]:
    """A new token and its text, which is known now and never again (256 random bits)."""
    text = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=text[:12],
        digest=_digest(text),
        scope=scope,
        expires_at=timezone.now() + settings.TOKEN_LIFETIME,
    )
    logger.info("token made", extra={"user": user.pk, "token": str(token.public_id)})
    return token, text


def find_token(text: str) -> ApiToken | None:
    """The usable token with this text; its use is noted, at most every ten minutes."""
    beside = [f"user__{name}" for name in settings.USER_READ_WITH]
    rows = ApiToken.objects.usable().select_related("user", *beside)
    rows = rows.annotate(lacks_second_factor=second_factor.lacking("user"))
    token = rows.filter(digest=_digest(text)).first()
    if token is not None:
        setattr(token.user, second_factor.LACKING, token.lacks_second_factor)
        _note_use(token)
    return token


def revoke_token(token: ApiToken) -> None:
    """End a token for good; a second time changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_all(user: User) -> None:
    """End every token of `user`: they have a new password, or may not sign in any more."""
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
