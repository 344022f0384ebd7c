"""What Celery carries for the desk: ids and ticks. The rules decide, from PostgreSQL."""

from celery import shared_task

from social import publishing

STALE_AFTER = 30  # seconds: a hint that waited longer is dropped, the next tick finds the post


@shared_task
def hand_out_due() -> None:
    """Hand each due post to a worker; a post handed out twice is claimed once."""
    for post_id in publishing.due():
        publish_post.apply_async(args=(post_id,), expires=STALE_AFTER)


@shared_task(acks_late=True, ignore_result=True)
def publish_post(post_id: int) -> None:
    """Carry one post to its channel; delivered twice, it does nothing the second time."""
    publishing.publish(post_id)


@shared_task
def sweep_posts() -> None:
    """Take back what workers left behind, ask about unclear posts, give up missed ones."""
    publishing.release_leases()
    publishing.settle_unknown()
    publishing.mark_missed()
