"""Webhooks: other systems are told of changes by signed calls, in the Standard Webhooks form.

Every event of the outbox becomes at most one delivery per endpoint; a delivery is sent until it is
answered with 2xx (at least once), and the receiver drops what it has by `webhook-id` and sorts by
`number`. PostgreSQL holds what is due; a task that dies leaves a delivery whose lease runs out.
"""

import json
import logging
import random
import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from standardwebhooks import Webhook

from core import audit, outbound, outbox, secrets
from core.models import OutboxEvent, OutboxPosition, WebhookDelivery, WebhookEndpoint

PAUSES = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000]
"""Seconds before the second, third … try; after the last one the delivery is given up."""
LEASE = timedelta(seconds=60)
"""A delivery whose sender died comes back after so long."""
OVERLAP = timedelta(hours=24)
"""How long the secret before the last still signs."""
ROUND_SECONDS = 60.0

State = WebhookDelivery.State

logger = logging.getLogger(__name__)


# --- Endpoints -----------------------------------------------------------------------------------


@transaction.atomic
def add_endpoint(endpoint: WebhookEndpoint, *, by: AbstractBaseUser) -> str:
    """Store a new endpoint, told of what happens from now on; its secret, readable this once."""
    secret = _new_secret()
    endpoint.secret = secrets.encrypt(secret)
    endpoint.created_by_id = by.pk
    endpoint.save()
    _begin_reading(endpoint)
    audit.record(actor=by, action="webhook.added", subject=endpoint)
    return secret


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, by: AbstractBaseUser) -> str:
    """A new secret, readable this once; the one before signs beside it for 24 hours."""
    secret = _new_secret()
    endpoint.old_secret = endpoint.secret
    endpoint.secret = secrets.encrypt(secret)
    endpoint.rotated_at = timezone.now()
    endpoint.save(update_fields=["secret", "old_secret", "rotated_at"])
    audit.record(actor=by, action="webhook.secret-rotated", subject=endpoint)
    return secret


@transaction.atomic
def switch_on(endpoint: WebhookEndpoint, *, by: AbstractBaseUser) -> None:
    """Tell it again: of what still waits, and of what happens from now on."""
    endpoint.active = True
    endpoint.failing_since = None
    endpoint.save(update_fields=["active", "failing_since"])
    _begin_reading(endpoint)
    audit.record(actor=by, action="webhook.on", subject=endpoint)


@transaction.atomic
def switch_off(endpoint: WebhookEndpoint, *, by: AbstractBaseUser | None) -> None:
    """Tell it nothing more; the outbox waits for it no longer."""
    endpoint.active = False
    endpoint.save(update_fields=["active"])
    OutboxPosition.objects.filter(reader=endpoint.reader).delete()
    audit.record(actor=by, action="webhook.off", subject=endpoint)


@transaction.atomic
def send_again(delivery: WebhookDelivery, *, by: AbstractBaseUser) -> None:
    """Make a delivery due now, whatever became of it."""
    delivery.state, delivery.attempt, delivery.next_at = State.WAITING, 0, timezone.now()
    delivery.save(update_fields=["state", "attempt", "next_at"])
    audit.record(actor=by, action="webhook.sent-again", subject=delivery)


# --- From the outbox to what is due --------------------------------------------------------------


def read_on() -> int:
    """Write a delivery for each new event that an active endpoint wants; return how many."""
    return sum(_read_on(each) for each in WebhookEndpoint.objects.filter(active=True))


@transaction.atomic
def _read_on(endpoint: WebhookEndpoint) -> int:
    rows = OutboxPosition.objects.select_for_update(skip_locked=True)
    position = rows.filter(reader=endpoint.reader, stream=endpoint.stream).first()
    if position is None:  # another worker reads, or it was switched off meanwhile
        return 0
    events = outbox.read_on(stream=endpoint.stream, after=position.number)
    if not events:
        return 0
    wanted = [_delivery(endpoint, event) for event in events if endpoint.wants(event.event)]
    WebhookDelivery.objects.bulk_create(wanted, ignore_conflicts=True)
    position.number = events[-1].number or position.number
    position.save(update_fields=["number"])
    return len(wanted)


def due_endpoints() -> list[int]:
    """The keys of the active endpoints for which something is due."""
    due = WebhookDelivery.objects.filter(
        state=State.WAITING, next_at__lte=timezone.now(), endpoint__active=True
    )
    return sorted(set(due.values_list("endpoint", flat=True)))


def forget_deliveries() -> int:
    """Delete what was settled more than OUTBOX_DAYS ago."""
    before = timezone.now() - timedelta(days=settings.OUTBOX_DAYS)
    old = WebhookDelivery.objects.filter(at__lt=before).exclude(state=State.WAITING)
    return old.delete()[0]


# --- Sending -------------------------------------------------------------------------------------


def deliver(endpoint_id: int) -> int:
    """Send what is due for one endpoint, in order, until one fails; return how many arrived."""
    arrived = 0
    ends = time.monotonic() + ROUND_SECONDS
    while time.monotonic() < ends:
        delivery = claim(endpoint_id)
        if delivery is None or not _send(delivery):
            break
        arrived += 1
    return arrived


@transaction.atomic(durable=True)
def claim(endpoint_id: int) -> WebhookDelivery | None:
    """Take the first due delivery: committed before a byte leaves, so no two send it at once."""
    rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(
        endpoint=endpoint_id,
        endpoint__active=True,
        state=State.WAITING,
        next_at__lte=timezone.now(),
    )
    delivery = due.select_related("endpoint__created_by").order_by("number").first()
    if delivery is None:
        return None
    delivery.attempt += 1
    delivery.at = timezone.now()
    delivery.next_at = delivery.at + LEASE
    delivery.save(update_fields=["attempt", "at", "next_at"])
    return delivery


def signed_headers(delivery: WebhookDelivery) -> dict[str, str]:
    """The headers of the Standard Webhooks: id, time, and one signature per secret."""
    endpoint, now = delivery.endpoint, datetime.now(UTC)
    name = f"{endpoint.stream}-{delivery.number}"
    sealed = [endpoint.secret]
    if endpoint.old_secret and endpoint.rotated_at and now < endpoint.rotated_at + OVERLAP:
        sealed.append(endpoint.old_secret)
    return sign(name, delivery.body, keys=[secrets.decrypt(each) for each in sealed], at=now)


def sign(name: str, body: str, *, keys: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of a call named `name`, signed with each of the secrets (`whsec_…`)."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "asn-belanja-umkm",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(name, at, body) for key in keys),
    }


def _send(delivery: WebhookDelivery) -> bool:
    """Call the endpoint and write down what came of it; whether it took the delivery."""
    try:
        answer = outbound.post(
            delivery.endpoint.url,
            body=delivery.body.encode(),
            headers=signed_headers(delivery),
        )
    except (outbound.AddressRefused, outbound.CallFailed) as error:
        _note_failure(delivery, status=None, reason=error.reason)
        return False
    if 200 <= answer.status < 300:
        _note_arrival(delivery, answer.status)
        return True
    _note_failure(delivery, status=answer.status, reason="", wish=answer.retry_after)
    return False


@transaction.atomic
def _note_arrival(delivery: WebhookDelivery, status: int) -> None:
    delivery.state, delivery.status, delivery.reason = State.DELIVERED, status, ""
    delivery.save(update_fields=["state", "status", "reason"])
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None)


@transaction.atomic
def _note_failure(
    delivery: WebhookDelivery, *, status: int | None, reason: str, wish: int = 0
) -> None:
    delivery.status, delivery.reason = status, reason
    if delivery.attempt > len(PAUSES):
        delivery.state = State.FAILED
    else:
        delivery.next_at = timezone.now() + _pause(delivery.attempt, wish)
    delivery.save(update_fields=["status", "reason", "state", "next_at"])
    endpoint = delivery.endpoint
    endpoint.failing_since = endpoint.failing_since or timezone.now()
    endpoint.save(update_fields=["failing_since"])
    over = endpoint.failing_since < timezone.now() - timedelta(days=settings.WEBHOOK_DAYS)
    if over or status == 410:  # Gone: it asks not to be called again
        switch_off(endpoint, by=None)
        transaction.on_commit(lambda: _tell_who_made_it(endpoint), robust=True)


def _pause(attempt: int, wish: int) -> timedelta:
    """How long to wait after the attempt: longer each time, and not all at the same moment."""
    seconds = max(PAUSES[attempt - 1], min(wish, PAUSES[-1]))
    return timedelta(seconds=seconds * random.uniform(1.0, 1.2))


def _tell_who_made_it(endpoint: WebhookEndpoint) -> None:
    logger.warning("webhook switched off", extra={"webhook": str(endpoint.public_id)})
    address = getattr(endpoint.created_by, "email", "")
    if not address:
        return
    with translation.override(settings.LANGUAGE_CODE):
        send_mail(
            _("A webhook was switched off"),
            _(
                "The webhook %(id)s did not answer for %(days)d days and is switched off. "
                "Its deliveries are listed in the admin under Settings, Webhooks: switch it "
                "on there when the other side answers again."
            )
            % {"id": endpoint.public_id, "days": settings.WEBHOOK_DAYS},
            None,
            [address],
        )


# --- Inside --------------------------------------------------------------------------------------


def _new_secret() -> str:
    return f"whsec_{b64encode(token_bytes(32)).decode()}"


def _begin_reading(endpoint: WebhookEndpoint) -> None:
    OutboxPosition.objects.update_or_create(
        reader=endpoint.reader,
        stream=endpoint.stream,
        defaults={"number": outbox.reach(endpoint.stream).last},
    )


def _delivery(endpoint: WebhookEndpoint, event: OutboxEvent) -> WebhookDelivery:
    body = {
        "type": event.event,
        "timestamp": event.created_at.isoformat(),
        "data": {
            "number": event.number,
            "id": str(event.public_id),
            "version": event.version,
        },
    }
    return WebhookDelivery(
        endpoint=endpoint,
        number=event.number or 0,
        event=event.event,
        body=json.dumps(body, separators=(",", ":")),
    )
