"""Tokens of apps: made once, kept as a digest, found again, revoked."""

import logging

from django.conf import settings
from django.utils import timezone

from accounts import credentials, second_factor
from accounts.models import ApiToken, User

logger = logging.getLogger(__name__)

MARK = "abu_"


def make_token(user: User, *, name: str, scope: str = ApiToken.Scope.WRITE) -> tuple[ApiToken, str]:
    """A new token and its text, which is known now and never again (256 random bits)."""
    text = credentials.new_text(MARK)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=text[: credentials.SHOWN],
        digest=credentials.digest(text),
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
    token = rows.filter(digest=credentials.digest(text)).first()
    if token is not None:
        setattr(token.user, second_factor.LACKING, token.lacks_second_factor)
        credentials.note_use(token)
    return token


def revoke_token(token: ApiToken) -> None:
    """End a token for good; a second time changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_all(user: User) -> None:
    """End every token of `user`: they have a new password, or may not sign in any more."""
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
