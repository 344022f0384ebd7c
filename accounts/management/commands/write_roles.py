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
        numbers = _numbers_of_permissions()
        for name, permissions in import_string(settings.ROLES).items():
            unknown = [full for full in permissions if full not in numbers]
            if unknown:
                raise CommandError(f"There is no permission {unknown[0]}.")
            group, _made = Group.objects.get_or_create(name=name)
            group.permissions.set([numbers[full] for full in permissions])
            if options["verbosity"]:
                self.stdout.write(f"{name}: {len(permissions)} permissions")


def _numbers_of_permissions() -> dict[str, int]:
    """Primary keys by full name, `app.codename`, in one query."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}
