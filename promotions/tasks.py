"""Tasks of a line, which beat hands out: see celery_app.py."""

from celery import shared_task

from promotions import pictures, reader


@shared_task(ignore_result=True)
def read_catalogue() -> None:
    """Hold the posts of what was closed; run twice or late, nothing is lost."""
    reader.read_catalogue()


@shared_task(ignore_result=True)
def follow_consent() -> None:
    """Stop posts whose photo may no longer be posted; run twice or late, nothing is lost."""
    pictures.follow_consent()
