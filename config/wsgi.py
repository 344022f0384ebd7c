"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A request's transaction is short; one that hangs holds locks that others wait for.
os.environ.setdefault("IDLE_TIMEOUT_MS", "10000")
os.environ.setdefault("TRANSACTION_TIMEOUT_MS", "15000")

application = get_wsgi_application()
