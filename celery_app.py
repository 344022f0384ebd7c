"""The Celery application: broker, queues and the beat schedule.

PostgreSQL is the truth and Celery only carries it: a task's payload is an id, beat asks the
database what is due, and losing every message costs nothing but the delay.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("asn_belanja_umkm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
