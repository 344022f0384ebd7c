"""What Celery carries for the desk: ids and ticks. The rules decide, from PostgreSQL."""

from celery import shared_task

from social import (
    health,
    notice_delivery,
    publishing,
    receiving,
    reminding,
    rounds,
    videos,
    withdrawing,
)
from social.models import Channel

TICK = 5  # seconds from one handing out to the next
MOST_CARRIERS = 8  # workers called per tick
STALE_AFTER = 30  # seconds: a hint that waited longer is dropped, the next tick finds the post
CHECK_STALE_AFTER = 6 * 3_600  # seconds


@shared_task
def hand_out_due() -> None:
    """Call a worker for each channel that has something due, as long as it is worth it."""
    for _channel in range(min(rounds.channels_with_due(), MOST_CARRIERS)):
        carry_due.apply_async(expires=TICK)


@shared_task(ignore_result=True)
def carry_due() -> None:
    """Carry what is due for a while; delivered twice, the second finds less to do or nothing."""
    rounds.carry_due()


@shared_task
def sweep_posts() -> None:
    """Take back what workers left behind, ask about unclear posts, give up missed ones."""
    publishing.release_leases()
    publishing.settle_unknown()
    publishing.mark_missed()


@shared_task
def hand_out_notices() -> None:
    """Hand everyone who has something to be told to a worker."""
    for way, person_id in notice_delivery.due():
        deliver_notices.delay(way, person_id)


@shared_task
def deliver_notices(way: str, person_id: int | None) -> None:
    """Bring one person, or the desk's chat or webhook, what is due; run twice, it is sent once."""
    notice_delivery.deliver(way, person_id)


@shared_task
def remind_approvers() -> None:
    """Tell again of what waits too long for a second person."""
    reminding.remind()


@shared_task
def forget_notices() -> None:
    """Forget notices that were settled long ago, and who was away then."""
    notice_delivery.forget_settled()
    reminding.forget_absences()


@shared_task
def forget_videos() -> None:
    """Let the bytes go of videos that no post will show any more."""
    videos.forget_videos()


@shared_task(acks_late=True, ignore_result=True)
def withdraw_post(withdrawal_id: int) -> None:
    """Ask a platform to take a post back; delivered twice, it is asked once."""
    withdrawing.carry(withdrawal_id)


@shared_task
def hand_out_withdrawals() -> None:
    """Hand each wish that no platform has answered to a worker."""
    for withdrawal_id in withdrawing.due():
        withdraw_post.apply_async(args=(withdrawal_id,), expires=STALE_AFTER)


@shared_task
def check_channels() -> None:
    """Ask each platform how the city's account stands; one that hangs keeps none of the others."""
    for channel_id in health.channels_to_check():
        check_channel.apply_async(args=(channel_id,), expires=CHECK_STALE_AFTER)


@shared_task(ignore_result=True)
def check_channel(channel_id: int) -> None:
    """Renew one channel's key where that is due, and ask how its account stands."""
    health.look_after(Channel.objects.get(pk=channel_id))


@shared_task
def look_after_posts() -> None:
    """Ask how posts are received, whose time for it has come."""
    receiving.plan()
    receiving.take_due()
