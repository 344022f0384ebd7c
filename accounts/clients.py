"""Programs of other offices: made, let in, given new secrets, revoked.

A client is known by a secret, which is told once and kept as a digest. It stops at its expiry, when
it is revoked, and when nobody answers for it any more.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import credentials
from accounts.errors import ClientExpired, ClientRevoked, ClientUnknown, ClientWithoutOwner
from accounts.models import ApiClient, ApiClientSecret, User
from core import audit

logger = logging.getLogger(__name__)

MARK = "abk_"
OVERLAP = timedelta(hours=24)
"""How long a secret still works beside the one that takes its place."""
OWNS = "accounts.own_apiclient"
"""The right of who answers for clients of their own: the role integrator has it."""


# --- Letting in ----------------------------------------------------------------------------------


def find_client(text: str) -> ApiClient:
    """The client that this secret opens; its use is noted, at most every ten minutes.

    Raises `ClientUnknown`, `ClientRevoked`, `ClientExpired` or `ClientWithoutOwner`.
    """
    now = timezone.now()
    rows = working_secrets(now).select_related("client")
    rows = rows.annotate(is_owned=Exists(owners().filter(pk=OuterRef("client__owner"))))
    secret = rows.filter(digest=credentials.digest(text)).first()
    if secret is None:
        raise ClientUnknown
    client = secret.client
    if client.revoked_at is not None:
        raise ClientRevoked
    if client.expires_at <= now:
        raise ClientExpired
    if not secret.is_owned:
        raise ClientWithoutOwner
    credentials.note_use(client)
    return client


def working_secrets(now: datetime) -> QuerySet[ApiClientSecret]:
    """The newest of each client, and those before it that have not ended yet."""
    return ApiClientSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now))


def owners() -> QuerySet[User]:
    """Who may answer for a client: they may sign in, and have the role."""
    app, _dot, codename = OWNS.partition(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    by_role = Exists(right.filter(group__user=OuterRef("pk")))
    by_name = Exists(right.filter(user=OuterRef("pk")))
    return User.objects.filter(Q(by_role) | Q(by_name), is_active=True)


# --- Making and changing -------------------------------------------------------------------------


def latest_expiry() -> datetime:
    """The last moment to which a client may be let in from now on."""
    return timezone.now() + settings.CLIENT_LIFETIME


@transaction.atomic
def add_client(client: ApiClient, *, by: User) -> str:
    """Store a new client; its secret, readable this once.

    Raises `ValueError` for an expiry beyond `latest_expiry`.
    """
    _check_expiry(client)
    client.save()
    text = _new_secret(client)
    audit.record(actor=by, action="client.added", subject=client)
    return text


@transaction.atomic
def change_client(client: ApiClient, *, fields: Collection[str], by: User) -> None:
    """Store these changed fields, and no other: its use and its end are written elsewhere.

    Raises `ValueError` for an expiry beyond `latest_expiry`.
    """
    if "expires_at" in fields:
        _check_expiry(client)
    client.save(update_fields=fields)
    changed = {"fields": sorted(fields)}
    audit.record(actor=by, action="client.changed", subject=client, detail=changed)


@transaction.atomic
def replace_secret(client: ApiClient, *, by: User) -> str:
    """A new secret, readable this once; the one before works beside it for 24 hours.

    Pressed twice, the one in use still works for these hours. Raises `ClientRevoked`.
    """
    _hold(client)
    newest = client.secrets.filter(ends_at=None)
    newest.update(ends_at=timezone.now() + OVERLAP)
    text = _new_secret(client)
    audit.record(actor=by, action="client.secret-replaced", subject=client)
    return text


@transaction.atomic
def end_old_secrets(client: ApiClient, *, by: User) -> int:
    """End all secrets but the newest at once, as after a leak; how many there were."""
    _hold(client)
    now = timezone.now()
    ended = client.secrets.filter(ends_at__gt=now).update(ends_at=now)
    if ended:
        audit.record(actor=by, action="client.old-secrets-ended", subject=client)
    return ended


@transaction.atomic
def revoke(client: ApiClient, *, by: User) -> None:
    """End a client for good; a second time changes nothing."""
    standing = ApiClient.objects.standing().filter(pk=client.pk)
    if standing.update(revoked_at=timezone.now()):
        audit.record(actor=by, action="client.revoked", subject=client)


# --- Inside --------------------------------------------------------------------------------------


def _hold(client: ApiClient) -> None:
    """Lock the row: two who press at once make two secrets, one after the other."""
    standing = ApiClient.objects.standing().select_for_update(no_key=True)
    if not standing.filter(pk=client.pk).exists():
        raise ClientRevoked


def _new_secret(client: ApiClient) -> str:
    text = credentials.new_text(MARK)
    prefix = text[: credentials.SHOWN]
    client.secrets.create(prefix=prefix, digest=credentials.digest(text))
    logger.info("client secret made", extra={"client": str(client.public_id)})
    return text


def _check_expiry(client: ApiClient) -> None:
    if client.expires_at > latest_expiry():
        raise ValueError("A client expires within CLIENT_DAYS.")
