"""What Celery carries for the core: ticks of a few lines that call a rule."""

from celery import shared_task

from core import audit_chain, idempotency, outbox, webhooks


@shared_task
def relay_outbox() -> None:
    """Number the changes that were committed since the last tick."""
    outbox.relay()


@shared_task
def prune_outbox() -> None:
    """Forget changes that are older than OUTBOX_DAYS and that every reader has read."""
    outbox.prune()
    webhooks.forget_deliveries()


@shared_task
def purge_idempotency() -> None:
    """Forget first answers that are older than IDEMPOTENCY_DAYS."""
    idempotency.purge()


@shared_task
def hand_out_webhooks() -> None:
    """Write what the endpoints are to be told, and hand each that has something due to a worker."""
    webhooks.read_on()
    for endpoint in webhooks.due_endpoints():
        deliver_webhooks.delay(endpoint)


@shared_task
def deliver_webhooks(endpoint: int) -> None:
    """Send what is due for one endpoint; run twice, each delivery is claimed once."""
    webhooks.deliver(endpoint)


@shared_task
def seal_audit() -> None:
    """Bind what was written to the audit log since the last tick."""
    audit_chain.seal()
