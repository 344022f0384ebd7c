"""What Celery carries for the pages."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def publish_scheduled() -> None:
    """Let pages go live and expire at their hour; Wagtail's own command, run twice, finds none."""
    call_command("publish_scheduled")
