"""The Celery application: broker, queues and the beat schedule.

PostgreSQL is the truth and Celery only carries it: a task's payload is an id, beat asks the
database what is due, and losing every message costs nothing but the delay. So each tick may run
twice, late or never; a tick that waited longer than its own period is dropped.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("asn_belanja_umkm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict[str, Any]:
    """A tick of `task` every so many seconds, worthless once the next one is there."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    # social: what is due goes out; what a dead worker held comes back
    "social-hand-out-due": every(5, "social.tasks.hand_out_due"),
    "social-sweep-posts": every(15, "social.tasks.sweep_posts"),
    # social: what the desk's people should know is brought to them, and forgotten later
    "social-hand-out-notices": every(15, "social.tasks.hand_out_notices"),
    "social-remind-approvers": every(300, "social.tasks.remind_approvers"),
    "social-forget-notices": {
        "task": "social.tasks.forget_notices",
        "schedule": crontab(hour=20, minute=55),  # 03.55 WIB
    },
    "social-forget-videos": {
        "task": "social.tasks.forget_videos",
        "schedule": crontab(hour=20, minute=50),  # 03.50 WIB
    },
    # social: how posts are received, an hour, a day and a week after they came out
    "social-look-after-posts": every(60, "social.tasks.look_after_posts"),
    # social: what somebody wants taken back is asked for until the platform answers
    "social-hand-out-withdrawals": every(5, "social.tasks.hand_out_withdrawals"),
    # social: whether the city's accounts can post, and how long their keys last
    "social-check-channels": {
        "task": "social.tasks.check_channels",
        "schedule": crontab(hour=21, minute=10),  # 04.10 WIB
    },
    # core: changes get their numbers, the audit log its seals; old answers to keys go
    "core-relay-outbox": every(2, "core.tasks.relay_outbox"),
    "core-hand-out-webhooks": every(5, "core.tasks.hand_out_webhooks"),
    "core-seal-audit": every(60, "core.tasks.seal_audit"),
    "core-purge-idempotency": {
        "task": "core.tasks.purge_idempotency",
        "schedule": crontab(hour=19, minute=10),  # 02.10 WIB
    },
    "core-prune-outbox": {
        "task": "core.tasks.prune_outbox",
        "schedule": crontab(hour=19, minute=25),  # 02.25 WIB
    },
    # cms: pages go live and expire at their hour; new photos get their sizes and formats
    "cms-publish-scheduled": every(60, "cms.tasks.publish_scheduled"),
    "cms-draw-pictures": every(5, "cms.tasks.draw_pictures"),
    # cms: files of shops and products that a dead worker left lying
    "cms-carry-stale-imports": every(30, "cms.tasks.carry_stale_imports"),
    "cms-forget-search-misses": {
        "task": "cms.tasks.forget_search_misses",
        "schedule": crontab(hour=19, minute=40),  # 02.40 WIB
    },
    # promotions: holds what a closed shop or a withdrawn product stands behind
    "promotions-read-catalogue": every(5, "promotions.tasks.read_catalogue"),
    # promotions: stops posts whose photo may no longer be posted
    "promotions-follow-consent": every(5, "promotions.tasks.follow_consent"),
    # marketplace: codes for people who activate their account, and word that they did
    "marketplace-hand-out-activations": every(3, "marketplace.tasks.hand_out_activations"),
    "marketplace-forget-activations": every(600, "marketplace.tasks.forget_activations"),
    # marketplace: who left signs in no more, from the first minutes of the day after
    "marketplace-close-sign-ins": every(600, "marketplace.tasks.close_sign_ins"),
    # marketplace: who withdrew their consent is erased within 3 x 24 hours
    "marketplace-erase-who-withdrew": every(600, "marketplace.tasks.erase_who_withdrew"),
    # marketplace: personnel files that a dead worker left lying; those of yesterday are dropped
    "marketplace-carry-stale-personnel": every(30, "marketplace.tasks.carry_stale_personnel"),
    # marketplace: people who asked for it get their own figures by mail, by day
    "marketplace-hand-out-letters": every(300, "marketplace.tasks.hand_out_letters"),
    "marketplace-forget-letters": {
        "task": "marketplace.tasks.forget_letters",
        "schedule": crontab(hour=20, minute=40),  # 03.40 WIB
    },
    # marketplace: who left the service long ago is kept no longer
    "marketplace-forget-former": {
        "task": "marketplace.tasks.forget_former",
        "schedule": crontab(hour=20, minute=10),  # 03.10 WIB
    },
    # marketplace: what single shops answered long ago in the yearly survey
    "marketplace-forget-survey-answers": {
        "task": "marketplace.tasks.forget_survey_answers",
        "schedule": crontab(hour=20, minute=40),  # 03.40 WIB
    },
    # accounts: sessions and tokens that are over
    "accounts-forget-sign-ins": {
        "task": "accounts.tasks.forget_sign_ins",
        "schedule": crontab(hour=20, minute=25),  # 03.25 WIB
    },
    # marketplace: marks what is improbable of what was recorded
    "marketplace-mark-purchases": every(10, "marketplace.tasks.mark_purchases"),
    # marketplace: the city's counter of the running month
    "marketplace-step-counter": {
        "task": "marketplace.tasks.step_counter",
        "schedule": crontab(hour=18, minute=5),  # 01.05 WIB
    },
    # marketplace: closes the past month once CLOSING_DAY has come
    "marketplace-close-due-months": {
        "task": "marketplace.tasks.close_due_months",
        "schedule": crontab(hour=18, minute=20),  # 01.20 WIB
    },
    # marketplace: looks whether the rollups equal the ledger, and tells if they do not
    "marketplace-check-circulation": {
        "task": "marketplace.tasks.check_circulation",
        "schedule": crontab(hour=20, minute=40),  # 03.40 WIB
    },
    "marketplace-remove-due-receipts": {
        "task": "marketplace.tasks.remove_due_receipts",
        "schedule": crontab(hour=19, minute=55),  # 02.55 WIB
    },
}
