"""What SECURITY.md calls the least version is what pyproject.toml asks for."""

import re
import tomllib

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.version import Version

NAMES = {
    "Django": "django",
    "Wagtail": "wagtail",
    "Django REST framework": "djangorestframework",
    "Pillow": "pillow",
}
ROW = re.compile(r"^\| ([^|]+?) +\| ([0-9.]+) +\|", re.MULTILINE)


def asked_for() -> dict[str, Requirement]:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    requirements = [Requirement(text) for text in project["dependencies"]]
    return {requirement.name: requirement for requirement in requirements}


def least_versions() -> dict[str, str]:
    text = (settings.BASE_DIR / "SECURITY.md").read_text(encoding="utf-8")
    return {name: least for name, least in ROW.findall(text) if name in NAMES}


def test_the_table_names_every_part_with_an_advisory() -> None:
    assert least_versions().keys() == NAMES.keys()


@pytest.mark.parametrize("name", NAMES)
def test_no_version_below_the_least_can_be_installed(name: str) -> None:
    floors = [
        Version(part.version)
        for part in asked_for()[NAMES[name]].specifier
        if part.operator == ">="
    ]

    assert max(floors) >= Version(least_versions()[name])
