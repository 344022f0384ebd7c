"""Write the declared roles as groups with exactly their permissions."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Write the roles of config/roles.py as groups; run after every migrate."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for name, permissions in import_string(settings.ROLES).items():
            group, _made = Group.objects.get_or_create(name=name)
            group.permissions.set([_permission(full) for full in permissions])
            if options["verbosity"]:
                self.stdout.write(f"{name}: {len(permissions)} permissions")


def _permission(full: str) -> Permission:
    app, _dot, codename = full.partition(".")
    found = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
    if found is None:
        raise CommandError(f"There is no permission {full}.")
    return found
