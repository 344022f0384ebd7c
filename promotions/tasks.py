"""Tasks of a line, which beat hands out: see celery_app.py."""

from celery import shared_task

from promotions import reader


@shared_task(ignore_result=True)
def read_catalogue() -> None:
    """Hold the posts of what was closed; run twice or late, nothing is lost."""
    reader.read_catalogue()
