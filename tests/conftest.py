"""What every test stands on: a real PostgreSQL, a real Valkey, a real Celery worker, a browser.

`make test` starts the servers; a run of one file takes them from DATABASE_URL and REDIS_URL.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker, Settings

from config.supervisor import Child, Program, spawn, stop
from tests import databases

WORKER_READY_WITHIN = 90.0
SHOWN_WITHIN_MS = 20_000
BROKERS_FROM = 16  # Valkey databases 0-15 are caches, 16-31 brokers: one of each per process
PLAIN_STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
LONGEST = (
    "test_accessibility.py",
    "test_api_cost.py",
    "test_budgets.py",
    "test_city.py",
    "test_desk_in_a_browser.py",
    "test_interleavings.py",
    "test_roles.py",
    "test_roles_in_the_admin.py",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


# A machine that is busy is no failure: what is too slow is measured in bench/.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Give this process a cache and a broker of its own, and settings fit for tests."""
    cache_url, broker_url = own_valkey(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))
    os.environ["CELERY_BROKER_URL"] = broker_url  # Celery itself prefers the variable
    override_settings(
        REDIS_URL=cache_url,
        CACHES={"default": {**settings.CACHES["default"], "LOCATION": cache_url}},
        CELERY_BROKER_URL=broker_url,
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": PLAIN_STATIC_FILES},
            "receipts": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MFA_REQUIRED=False,  # tests/accounts/test_second_factor.py turns it on
        STATIC_ROOT=settings.STATE_DIR / "nothing-collected",  # each test client would read it all
    ).enable()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns without


@pytest.hookimpl(trylast=True)  # pytest-django has put those with a live server last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files of the longest tests first: one that begins last would keep the others waiting."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def own_valkey(worker: str) -> tuple[str, str]:
    """Addresses of a cache and of a broker that no other test process uses."""
    address = urlsplit(settings.REDIS_URL)
    number = valkey_database(settings.REDIS_URL) + int(worker.removeprefix("gw"))
    broker = number + BROKERS_FROM
    if address.scheme == "unix":
        return (
            f"unix://{address.path}?db={number}",
            f"redis+socket://{address.path}?virtual_host={broker}",
        )
    return (
        address._replace(path=f"/{number}").geturl(),
        address._replace(path=f"/{broker}").geturl(),
    )


def valkey_database(url: str) -> int:
    """The database number a Redis address names, in its path or its `db` parameter."""
    address = urlsplit(url)
    tail = address.query.removeprefix("db=") if address.scheme == "unix" else address.path[1:]
    return int(tail or 0)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    worker_id: str,
) -> Iterator[None]:
    """A clone of the migrated template, and a flush that keeps what the migrations made."""
    with django_db_blocker.unblock():
        if request.config.getvalue("create_db") and worker_id == "master":
            databases.forget_template()
        template = databases.lay_template()
        name = databases.clone_template(template=template, suffix=worker_id)
        databases.connect_to(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase,
            "_fixture_teardown",
            lambda case: databases.restore_baseline(),
        )
        yield
    with django_db_blocker.unblock():
        databases.drop_database(name)


@pytest.fixture(autouse=True)
def _clean_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """No throttle counter, site root or lock of one test is seen by the next."""
    from cms import known  # only here: its models need the settings changed above

    cache.clear()
    known.forget()
    monkeypatch.setattr(known, "SECONDS", 3_600.0)  # queries that a clock starts cannot be counted


@pytest.fixture(autouse=True)
def _own_media(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploaded pictures land in a folder that goes away."""
    settings.MEDIA_ROOT = str(tmp_path_factory.getbasetemp() / "media")


@pytest.fixture(scope="session")
def celery_worker_process(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on this process's database and broker.

    It sees committed rows only: use it in tests marked `django_db(transaction=True)`.
    """
    log = tmp_path_factory.mktemp("celery") / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "celery_app", "worker", "--pool=solo"]
    options = ["--loglevel=INFO", "--without-mingle", "--without-gossip"]
    program = Program(
        name="celery",
        command=command + options,
        environment=os.environ | worker_environment(),
        folder=settings.BASE_DIR,
    )
    process = spawn(program, log)  # as the supervisor does: it ends with us, even if we are killed
    try:
        wait_for_worker(process, log)
        yield process
    finally:
        stop(Child(program, process))


def worker_environment() -> dict[str, str]:
    """This process's servers, as the settings of another process read them."""
    name = settings.DATABASES["default"]["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    return {
        "DATABASE_URL": address.geturl(),
        "REDIS_URL": settings.REDIS_URL,
    }


def wait_for_worker(process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the worker answers, or fail with what it logged."""
    from celery_app import app  # only here: it reads the settings changed above

    deadline = time.monotonic() + WORKER_READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        if app.control.ping(timeout=0.5):
            return
    pytest.fail(f"The Celery worker did not start:\n{log.read_text()[-2_000:]}")


def find_chromium() -> str | None:
    """Path of an installed Chromium; CHROMIUM names another."""
    names = [os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES]
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: skipped with a reason where there is none, unless REQUIRE_BROWSER=1."""
    chromium = find_chromium()
    if chromium is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("REQUIRE_BROWSER=1, and no Chromium is installed.")
    if chromium is None:
        pytest.skip("No Chromium is installed: `apt install chromium` runs the browser tests.")
    # Playwright's event loop makes Django refuse the ORM in this thread; nothing here is async.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=SHOWN_WITHIN_MS)  # waits no longer than it has to
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone's screen, 360 px wide, in Indonesian."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="id-ID")
    yield context.new_page()
    context.close()
