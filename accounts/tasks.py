"""What Celery carries for accounts."""

from celery import shared_task

from accounts import forgetting


@shared_task
def forget_sign_ins() -> None:
    """Drop sessions and tokens that are over."""
    forgetting.forget_sign_ins()
