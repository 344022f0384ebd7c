"""Each role of the house at the desk's doors: three see it, and none does all of it alone."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config.roles import ROLES
from social import approval
from social.models import Post
from tests.social.factories import person, submitted

pytestmark = pytest.mark.django_db

AT_THE_DESK = {"social_author", "social_approver", "administrator"}


def in_role(role: str) -> User:
    user = person(role, is_staff=True)
    for name in ROLES[role]:
        app, codename = name.split(".")
        found = Permission.objects.filter(content_type__app_label=app, codename=codename)
        user.user_permissions.add(*found)
    return user


def sees(user: User, address: str) -> bool:
    client = Client()
    client.force_login(user)
    return client.get(address).status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_only_the_people_of_the_desk_see_posts_that_are_not_out(author: User, role: str) -> None:
    post = submitted(author)
    user = in_role(role)

    for address in (
        reverse("social_desk:queue"),
        reverse("social_desk:post", kwargs={"public_id": post.public_id}),
        reverse("desk-posts"),
        reverse("desk-post", kwargs={"public_id": post.public_id}),
    ):
        assert sees(user, address) == (role in AT_THE_DESK)


@pytest.mark.parametrize("role", ROLES)
def test_only_the_approver_signs(author: User, role: str) -> None:
    post = submitted(author)
    client = Client()
    client.force_login(in_role(role))
    address = reverse("social_desk:approve", kwargs={"public_id": post.public_id})

    client.post(address, {"digest": approval.digest(post)})

    signed = Post.objects.get(pk=post.pk).state == Post.State.WAITING
    assert signed == (role == "social_approver")


def test_no_role_both_writes_and_approves() -> None:
    both = {"social.write_post", "social.approve_post"}

    assert not [role for role, rights in ROLES.items() if both <= set(rights)]
