"""What Celery carries for the core: ticks of a few lines that call a rule."""

from celery import shared_task

from core import idempotency, outbox


@shared_task
def relay_outbox() -> None:
    """Number the changes that were committed since the last tick."""
    outbox.relay()


@shared_task
def prune_outbox() -> None:
    """Forget changes that are older than OUTBOX_DAYS and that every reader has read."""
    outbox.prune()


@shared_task
def purge_idempotency() -> None:
    """Forget first answers that are older than IDEMPOTENCY_DAYS."""
    idempotency.purge()
