"""Makes users who can sign in, by role, and programs of other offices."""

from datetime import timedelta
from typing import Any

import factory
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from accounts import clients
from accounts.models import ApiClient, User
from accounts.scopes import Scope

PASSWORD = "belanja-di-tetangga"


class UserFactory(factory.django.DjangoModelFactory):
    """Someone with a sign-in name; give `role` to put them into that role's group."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"pengguna{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@contoh.test")

    @factory.post_generation
    def password(user: User, create: bool, given: str | None) -> None:  # noqa: N805
        user.set_password(given or PASSWORD)
        user.save(update_fields=["password"])

    @factory.post_generation
    def role(user: User, create: bool, given: str | None) -> None:  # noqa: N805
        if given:
            user.groups.add(Group.objects.get_or_create(name=given)[0])


def an_integrator(**facts: Any) -> User:
    """Somebody with the role, whose group has the right as `write_roles` writes it."""
    user = UserFactory(role="integrator", **facts)
    right = Permission.objects.get(codename="own_apiclient")
    user.groups.get(name="integrator").permissions.add(right)
    return user


def a_client(owner: User | None = None, **facts: Any) -> tuple[ApiClient, str]:
    """A client with every scope, for a week, and its secret."""
    given = {
        "name": "Papan harga",
        "organisation": "Dinas Kominfo",
        "contact": "papan@kominfo.test",
        "scopes": list(Scope.values),
        "expires_at": timezone.now() + timedelta(days=7),
    }
    client = ApiClient(owner=owner or an_integrator(), **given | facts)
    return client, clients.add_client(client, by=client.owner)
