"""Makes users who can sign in, by role."""

import factory
from django.contrib.auth.models import Group

from accounts.models import User

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
