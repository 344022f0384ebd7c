"""What Celery carries for the pages."""

from celery import shared_task
from django.core.management import call_command
from django.db import transaction

from cms import pictures, search_misses
from cms.imports import runs

DRAWING_SECONDS = 3
"""Of every five: other work of a city's one worker comes between."""
IMPORT_SECONDS = 5
"""Then an import stands at the end of the queue again."""
STALE_SECONDS = 30


@shared_task
def publish_scheduled() -> None:
    """Let pages go live and expire at their hour; Wagtail's own command, run twice, finds none.

    One transaction: an expired page and its row in the registry leave the view together.
    """
    with transaction.atomic():
        call_command("publish_scheduled")


@shared_task
def draw_pictures() -> None:
    """Draw what photos lack."""
    pictures.draw_waiting(seconds=DRAWING_SECONDS)


@shared_task(acks_late=True, ignore_result=True)
def carry_import(run_id: int) -> None:
    """Read, apply or take back a file; delivered twice, the second goes on or finds it done."""
    if runs.carry(run_id, seconds=IMPORT_SECONDS):
        carry_import.delay(run_id)


@shared_task
def carry_stale_imports() -> None:
    """Go on with what a worker left lying."""
    for run_id in runs.stale_runs():
        carry_import.apply_async(args=(run_id,), expires=STALE_SECONDS)


@shared_task
def forget_search_misses() -> None:
    """Forget searches without result that are older than SEARCH_MISS_DAYS."""
    search_misses.forget()
