"""What Celery carries for the pages."""

from celery import shared_task
from django.core.management import call_command
from django.db import transaction

from cms import pictures

DRAWING_SECONDS = 3
"""Of every five: other work of a city's one worker comes between."""


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
