"""People, channels and posts of the desk, made through the rules that make them for real."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import factory
from django.contrib.auth.models import Permission
from django.utils import timezone
from PIL import Image

from accounts.models import User
from social import approval
from social.channels import Call, Capabilities, NotSent, Outcome, Problem, Published
from social.channels.checks import usual_problems
from social.messages import DraftMedia, PostDraft, compose_message
from social.models import Channel, ChannelRest, Post
from social.models.channels import BY_HAND, SITE
from social.publishing import publish, settle_unknown

SCRIPTED = "scripted"

SEES, WRITES, APPROVES, MANAGES = "view_desk", "write_post", "approve_post", "manage_channel"


class ChannelFactory(factory.django.DjangoModelFactory[Channel]):
    class Meta:
        model = Channel

    platform = SITE
    slug = factory.Sequence(lambda number: f"saluran-{number}")
    name = factory.Sequence(lambda number: f"Saluran {number}")
    settings = factory.LazyFunction(lambda: {"budget": []})


class ByHandChannelFactory(ChannelFactory):
    platform = BY_HAND


class ScriptedChannelFactory(ChannelFactory):
    """A channel of `ScriptedPlatform`, for tests that install it."""

    platform = SCRIPTED


class ScriptedPlatform:
    """A platform that answers as it was told, and remembers what reached it.

    `steps` are the names of ids it gives before the publishing request, each told in `answers` as
    text.
    """

    needs = ()
    capabilities = Capabilities(
        label="Scripted", source="tests", longest_caption=200, most_pictures=2, longest_edge=400
    )

    def __init__(self) -> None:
        self.answers: list[Outcome | BaseException | str] = []
        self.steps: tuple[str, ...] = ()
        self.asked: list[str] = []
        self.reached: list[Post] = []
        self.found: Published | None = None

    def check(self, post: Post) -> list[Problem]:
        return usual_problems(post, self.capabilities)

    def count(self, caption: str, link: str) -> int:
        return len(caption)

    def publish(self, post: Post, call: Call) -> Outcome:
        for name in self.steps:
            if name not in call.kept:
                self.asked.append(name)
                answer = self._next()
                if not isinstance(answer, str):
                    return answer
                call.keep(**{name: answer})
        call.leave()
        self.reached.append(post)
        answer = self._next()
        assert not isinstance(answer, str)
        return answer

    def find(self, post: Post) -> Published | None:
        return self.found

    def _next(self) -> Outcome | str:
        answer = self.answers.pop(0) if self.answers else Published(remote_ids={"id": "1"})
        if isinstance(answer, BaseException):
            raise answer
        return answer


REFUSED_FOR_NOW = NotSent(reason="connect refused")


def person(username: str, *rights: str, **columns: object) -> User:
    """A person of staff with rights of the desk."""
    user = User.objects.create_user(username=username, password="rahasia-sekali", **columns)
    named = [*rights, "access_admin"] if user.is_staff else rights
    user.user_permissions.set(Permission.objects.filter(codename__in=named))
    return user


def picture(*, width: int = 640, height: int = 480, colour: str = "teal") -> bytes:
    """A JPEG of one colour."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def a_picture(alt: str = "Sepiring tahu campur", **looks: Any) -> DraftMedia:
    return DraftMedia(picture(**looks), "tahu.jpg", alt)


def a_draft(channel: Channel, **changes: object) -> PostDraft:
    """A draft that is due already and stays so until tomorrow."""
    now = timezone.now()
    draft = PostDraft(
        channel=channel,
        caption="Sarapan tahu campur di Klojen.\nBuka mulai pukul enam.",
        link="https://contoh.example/umkm/tahu-campur/",
        window_from=now - timedelta(hours=1),
        window_until=now + timedelta(days=1),
        send_at=now - timedelta(minutes=1),
    )
    return replace(draft, **changes)


def written(
    author: User,
    *,
    channel: Channel | None = None,
    contributors: Sequence[User] = (),
    source_ref: str = "",
    **changes: object,
) -> Post:
    """A draft post by `author`."""
    draft = a_draft(channel or ChannelFactory(), **changes)
    message = compose_message(
        author=author,
        contributors=contributors,
        source="Promosi: Sarapan di Klojen",
        source_ref=source_ref,
        drafts=[draft],
    )
    return message.posts.select_related("channel").get()


def submitted(author: User, **changes: object) -> Post:
    """A post by `author` that waits for a second person."""
    return approval.submit(written(author, **changes), by=author)


def approved(author: User, approver: User, **changes: object) -> Post:
    """A post by `author` that `approver` has signed."""
    post = submitted(author, **changes)
    approval.approve(post, by=approver, seen=approval.digest(post))
    post.refresh_from_db()
    return post


def published(author: User, approver: User, **changes: object) -> Post:
    """A post that the engine has carried out."""
    post = approved(author, approver, **changes)
    publish(post.pk)
    post.refresh_from_db()
    return post


def again(post: Post) -> Post:
    """All that the engine does by itself, once more; the post as it stands then."""
    Post.objects.filter(pk=post.pk).update(retry_at=None)
    ChannelRest.objects.all().delete()
    publish(post.pk)
    settle_unknown()
    return Post.objects.get(pk=post.pk)
