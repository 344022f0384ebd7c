"""The first administrator, and the roles."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.models import User
from config.roles import ROLES

pytestmark = pytest.mark.django_db


def test_the_first_administrator_is_made_and_can_sign_in(monkeypatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "soto-koya-gurih-2026")

    call_command("create_administrator", "pengelola", "pengelola@contoh.test")

    assert User.objects.get().check_password("soto-koya-gurih-2026")
    assert User.objects.get().is_superuser


def test_a_weak_password_makes_nobody(monkeypatch) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "password")

    with pytest.raises(CommandError):
        call_command("create_administrator", "pengelola", "pengelola@contoh.test")

    assert not User.objects.exists()


def test_every_role_is_written_with_exactly_its_permissions() -> None:
    call_command("write_roles")
    Group.objects.get(name="auditor").permissions.clear()
    call_command("write_roles")

    for name, permissions in ROLES.items():
        held = Group.objects.get(name=name).permissions.select_related("content_type")
        full = {f"{each.content_type.app_label}.{each.codename}" for each in held}
        assert full == set(permissions)


def test_a_permission_that_does_not_exist_is_named(settings, monkeypatch) -> None:
    monkeypatch.setattr("config.roles.ROLES", {"editor": ("cms.fly",)})

    with pytest.raises(CommandError, match="cms.fly"):
        call_command("write_roles")


def test_no_role_may_write_anything_of_the_ledger() -> None:
    beside_it = {
        "marketplace.change_umkm",  # a proposed shop is listed, merged or refused
        "marketplace.add_personnelrun",  # a file of the personnel office is carried over
        "marketplace.add_decision",  # a marked purchase counts, or goes by a void of the rule's
        "marketplace.add_band",  # what many enjoy reaching, from a day on
        "marketplace.add_collectivegoal",  # what a place, an agency or the city fills together
        "marketplace.change_collectivegoal",
        "marketplace.delete_collectivegoal",
        "marketplace.add_campaignday",  # a day with a name
        "marketplace.change_campaignday",
        "marketplace.delete_campaignday",
        "marketplace.change_localsurvey",  # what shops answer once a year
        "marketplace.own_umkm",  # that somebody has a shop: which one, its own row says
    }
    written = {
        permission
        for permissions in ROLES.values()
        for permission in permissions
        if permission.startswith("marketplace.") and "view_" not in permission
    }

    assert written <= beside_it
