"""The people of a small desk, and a platform that answers as it is told."""

import pytest

from accounts.models import User
from social.channels import ADAPTERS
from tests.social.factories import (
    APPROVES,
    SCRIPTED,
    SEES,
    WRITES,
    ScriptedPlatform,
    person,
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
