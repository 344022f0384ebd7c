"""A city may set its figures to be more careful than the rule, never less."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

LEAST = {"SMALLEST_GROUP": 5, "SMALLEST_SHOPS": 3, "DOMINANCE_PERCENT": 10}


def test_the_defaults_are_the_rule() -> None:
    assert {name: getattr(settings, name) for name in LEAST} == LEAST


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_a_setting_below_the_rule_stops_every_command(
    settings: Settings, name: str, least: int
) -> None:
    setattr(settings, name, least - 1)

    with pytest.raises(SystemCheckError, match=f"{name} is {least - 1}"):
        call_command("check")


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_a_setting_above_the_rule_is_welcome(settings: Settings, name: str, least: int) -> None:
    setattr(settings, name, least + 3)

    call_command("check")
