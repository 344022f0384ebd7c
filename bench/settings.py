"""The project's own settings, with the peers' addresses beside ours.

Throttles stay on: each request of a bench comes from an address of its own, as phones do.
"""

from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, REST_FRAMEWORK, TEMPLATES

ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "wagtail.api.v2"]
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]  # type: ignore[misc]
REST_FRAMEWORK = {**REST_FRAMEWORK, "NUM_PROXIES": 1}
WAGTAILAPI_LIMIT_MAX = 100
