"""The people of a small desk, and a platform that answers as it is told."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from core import outbound
from social.channels import ADAPTERS
from social.models import Channel, Post
from tests.social.doubles.server import PlatformDouble, serving
from tests.social.factories import (
    APPROVES,
    SCRIPTED,
    SEES,
    WRITES,
    ScriptedPlatform,
    person,
    published,
)


@pytest.fixture
def author(db: None) -> User:
    return person("penulis", SEES, WRITES, is_staff=True)


@pytest.fixture
def approver(db: None) -> User:
    return person("penyetuju", SEES, APPROVES, is_staff=True)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> ScriptedPlatform:
    """The scripted platform, installed for one test."""
    scripted = ScriptedPlatform()
    monkeypatch.setitem(ADAPTERS, SCRIPTED, scripted)
    return scripted


@pytest.fixture
def run_double(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[PlatformDouble], None]]:
    """Starts doubles that outgoing calls may reach and believe; all end with the test."""
    believes = ssl.create_default_context()
    monkeypatch.setattr(outbound, "tls", lambda: believes)
    settings.OUTBOUND_TRUSTED_HOSTS = []
    with ExitStack() as running:

        def run(double: PlatformDouble) -> None:
            believes.load_verify_locations(running.enter_context(serving(double, tmp_path)))
            settings.OUTBOUND_TRUSTED_HOSTS.append(double.host)

        yield run


@pytest.fixture
def send(author: User, approver: User, channel: Channel) -> Callable[..., Post]:
    """Carries a signed post once, on the `channel` of the file that asks."""
    return partial(published, author, approver, channel=channel)
