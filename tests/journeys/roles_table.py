"""docs/roles.md as tests read it, and somebody of each role."""

from pathlib import Path

from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import User
from config.roles import ROLES
from tests.accounts.factories import UserFactory
from tests.marketplace.factories import AsnFactory

TEXT = Path("docs/roles.md").read_text()


def users_of_roles() -> dict[str, User]:
    """One user in each group, with the rights that the command writes."""
    call_command("write_roles", verbosity=0)
    users = {}
    for role in ROLES:
        user = AsnFactory().user if role == "asn" else UserFactory(username=f"seorang-{role}")
        user.groups.set([Group.objects.get(name=role)])
        users[role] = user
    return users
