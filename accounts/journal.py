"""Who signed in and who was refused, as log lines: by internal id, never by the name typed."""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver

from accounts.models import User

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def note_sign_in(user: User, **_: Any) -> None:
    """A session began."""
    logger.info("signed in", extra={"user": user.pk})


@receiver(user_login_failed)
def note_refusal(credentials: dict[str, Any], **_: Any) -> None:
    """Name and password did not belong together; which account was tried, if there is one."""
    tried = User.objects.filter(username__iexact=credentials.get("username", "")).first()
    logger.warning("sign-in refused", extra={"user": tried.pk if tried else None})
