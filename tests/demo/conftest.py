"""A demo city of a tenth of its size, loaded once for all tests of this folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from demo.city import Size, load_city
from tests import databases

SMALL = Size(people=600, short_shops=171, pending_shops=10, purchases=9_000)


@pytest.fixture(scope="package")
def loaded(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """The small demo city, committed; flushed when this folder's tests are over."""
    media = tmp_path_factory.mktemp("demo-media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=str(media)):
        for _step in load_city(SMALL):
            pass
    yield media
    shutil.rmtree(media, ignore_errors=True)
    with django_db_blocker.unblock():
        databases.restore_baseline()
