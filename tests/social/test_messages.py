"""Writing: one post per channel, every hand named, every edit a newer version."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import User
from social import approval
from social.errors import BadPicture, BadWindow, PostChanged, PostNotReady, StepRefused
from social.messages import (
    DraftMedia,
    add_contributor,
    compose_message,
    draft_of,
    edit_post,
    hold_posts_of,
)
from social.models import Message, MessageContributor, Post
from tests.social.factories import (
    SEES,
    WRITES,
    ChannelFactory,
    a_draft,
    a_picture,
    approved,
    person,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db


def test_a_message_has_one_draft_per_channel_and_names_everyone_who_wrote(author: User) -> None:
    editor = person("editor")
    drafts = [a_draft(ChannelFactory()), a_draft(ChannelFactory())]

    message = compose_message(
        author=author, contributors=[editor], source="Promosi", source_ref="p-1", drafts=drafts
    )

    assert [post.state for post in message.posts.all()] == [Post.State.DRAFT] * 2
    assert set(message.contributors.all()) == {author, editor}


def test_a_channel_twice_is_refused_and_nothing_is_left_behind(author: User) -> None:
    channel = ChannelFactory()

    with pytest.raises(PostNotReady), transaction.atomic():
        compose_message(author=author, source="", source_ref="", drafts=[a_draft(channel)] * 2)

    assert not Message.objects.exists()


def test_the_database_itself_holds_one_post_per_message_and_channel(author: User) -> None:
    post = written(author)

    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            message=post.message,
            channel=post.channel,
            window_from=post.window_from,
            window_until=post.window_until,
            send_at=post.send_at,
        )


@pytest.mark.parametrize("late", [timedelta(days=2), -timedelta(days=2)])
def test_a_time_of_sending_outside_the_window_is_refused(author: User, late: timedelta) -> None:
    draft = a_draft(ChannelFactory())

    with pytest.raises(BadWindow):
        written(author, channel=draft.channel, send_at=draft.send_at + late)


def test_the_database_itself_holds_the_window(author: User) -> None:
    post = written(author)

    with pytest.raises(IntegrityError, match="sent_inside_window"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(send_at=post.window_until)
    with pytest.raises(IntegrityError, match="sent_inside_window"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(window_until=post.window_from, version=2)


def test_something_that_is_no_picture_is_refused(author: User) -> None:
    with pytest.raises(BadPicture):
        written(author, media=[DraftMedia(b"<svg/>", "x.svg", "x")])


def test_an_edit_replaces_words_and_pictures_and_names_the_editor(author: User) -> None:
    post = written(author, media=[a_picture()])
    colleague = person("rekan", SEES, WRITES)
    draft = replace(draft_of(post), caption="Lebih singkat.", media=[a_picture("Semangkuk rawon")])

    edited = edit_post(post, by=colleague, version=post.version, draft=draft)

    assert edited.caption == "Lebih singkat."
    assert [one.alt for one in edited.draft_media.all()] == ["Semangkuk rawon"]
    assert colleague in edited.message.contributors.all()
    assert edited.version > post.version


def test_an_edit_of_what_somebody_else_has_changed_meanwhile_is_refused(author: User) -> None:
    post = written(author)
    edit_post(post, by=author, version=post.version, draft=draft_of(post))

    with pytest.raises(PostChanged):
        edit_post(post, by=author, version=post.version, draft=draft_of(post))


def test_an_edit_that_leaves_the_pictures_alone_keeps_their_bytes(author: User) -> None:
    post = written(author, media=[a_picture()])
    before = post.draft_media.get().public_id

    edit_post(post, by=author, version=1, draft=replace(draft_of(post), caption="Baru."))

    assert post.draft_media.get().public_id == before


def test_another_alt_text_does_not_encode_the_picture_again(author: User) -> None:
    post = written(author, media=[a_picture("Lama")])
    draft = draft_of(post)
    renamed = replace(draft, media=[replace(draft.media[0], alt="Baru")])

    edited = edit_post(post, by=author, version=1, draft=renamed)

    assert draft_of(edited).media[0].content == draft.media[0].content
    assert draft_of(edited).media[0].alt == "Baru"


def test_a_published_post_is_not_edited(author: User, approver: User) -> None:
    post = published(author, approver)

    with pytest.raises(StepRefused):
        edit_post(post, by=author, version=post.version, draft=draft_of(post))


def test_contributors_are_only_ever_added(author: User) -> None:
    post = written(author)
    named = MessageContributor.objects.filter(message=post.message)

    with pytest.raises(DatabaseError), transaction.atomic():
        named.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        named.update(user=person("lain"))


def test_whoever_signed_and_then_changes_what_is_behind_it_voids_what_they_signed(
    author: User, approver: User
) -> None:
    post = approved(author, approver)

    add_contributor(post.message, approver)

    post.refresh_from_db()
    assert post.state == Post.State.HELD
    assert not approval.covers(post)


def test_holding_what_a_closed_shop_stands_behind_stops_all_that_has_not_left(
    author: User, approver: User
) -> None:
    waiting = approved(author, approver, source_ref="promo-1")
    asked = submitted(author, source_ref="promo-1")
    other = approved(author, approver, source_ref="promo-2")
    out = published(author, approver, source_ref="promo-1")

    assert hold_posts_of(["promo-1"], reason="Toko ditutup") == 2
    assert hold_posts_of(["promo-1"], reason="Toko ditutup") == 0

    states = {post.pk: post.state for post in Post.objects.all()}
    assert states[waiting.pk] == Post.State.HELD
    assert states[asked.pk] == Post.State.DRAFT
    assert states[other.pk] == Post.State.WAITING
    assert states[out.pk] == Post.State.PUBLISHED
