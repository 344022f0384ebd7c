"""What Celery carries for the marketplace: ticks of a few lines that call a rule."""

from celery import shared_task
from django.utils import timezone

from marketplace import closing


@shared_task
def close_due_months() -> None:
    """Close and release every month that is due; a month that was closed half is finished."""
    for month in closing.months_due(timezone.localdate()):
        closing.close_month(month)
