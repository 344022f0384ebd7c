"""Nothing is published that a second person has not approved in exactly that form."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from social import approval
from social.errors import (
    NotAnApprover,
    PictureAltered,
    PostChanged,
    PostNotReady,
    SecondPersonNeeded,
    StepRefused,
    WindowOver,
)
from social.messages import PostDraft, draft_of, edit_post
from social.models import Approval, Post, PostMedia
from social.publishing import claim_post
from tests.social.factories import (
    APPROVES,
    SEES,
    WRITES,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    a_picture,
    approved,
    person,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db


def forge(post: Post, signer: User, **changes: object) -> Approval:
    """A certificate written past the rules."""
    columns = {
        "post": post,
        "decision": Approval.Decision.APPROVED,
        "version": post.version,
        "digest": approval.digest(post),
        "window_from": post.window_from,
        "window_until": post.window_until,
        "signer": signer,
    }
    return Approval.objects.create(**{**columns, **changes})


def test_a_second_person_approves_what_they_have_seen(author: User, approver: User) -> None:
    post = submitted(author, media=[a_picture()])

    approval.approve(post, by=approver, seen=approval.digest(post))

    post.refresh_from_db()
    assert post.state == Post.State.WAITING
    assert approval.covers(post)


def test_the_author_cannot_approve_even_with_the_right_to(author: User) -> None:
    both = person("berdua", SEES, WRITES, APPROVES)
    post = submitted(both)

    with pytest.raises(SecondPersonNeeded):
        approval.approve(post, by=both, seen=approval.digest(post))


def test_a_superuser_cannot_approve_what_they_wrote() -> None:
    root = person("pengelola", is_superuser=True)
    post = submitted(root)

    with pytest.raises(SecondPersonNeeded):
        approval.approve(post, by=root, seen=approval.digest(post))


def test_whoever_edited_the_promotion_behind_it_cannot_approve(
    author: User, approver: User
) -> None:
    post = submitted(author, contributors=[approver])

    with pytest.raises(SecondPersonNeeded):
        approval.approve(post, by=approver, seen=approval.digest(post))


def test_the_database_refuses_a_signer_who_contributed(author: User) -> None:
    post = submitted(author)

    with pytest.raises(DatabaseError, match="contributed"), transaction.atomic():
        forge(post, author)


def test_the_database_lets_nothing_wait_without_a_certificate(author: User) -> None:
    post = submitted(author)

    with pytest.raises(DatabaseError, match="no certificate"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state=Post.State.WAITING)


def test_certificates_are_kept_for_good(author: User, approver: User) -> None:
    approved(author, approver)

    with pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.update(signer=author)
    with pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.all().delete()


def test_somebody_without_the_right_cannot_approve(author: User) -> None:
    post = submitted(author)

    with pytest.raises(NotAnApprover):
        approval.approve(post, by=person("penonton", SEES), seen=approval.digest(post))


def test_an_approval_of_what_was_edited_meanwhile_is_refused(author: User, approver: User) -> None:
    post = submitted(author)
    seen = approval.digest(post)
    draft = replace(draft_of(post), caption="Lain sama sekali.")
    edited = edit_post(post, by=author, version=post.version, draft=draft)
    approval.submit(edited, by=author)

    with pytest.raises(PostChanged):
        approval.approve(post, by=approver, seen=seen)


def test_an_approval_after_the_window_is_refused(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = submitted(author)
    seen = approval.digest(post)
    monkeypatch.setattr(timezone, "now", lambda: post.window_until)

    with pytest.raises(WindowOver):
        approval.approve(post, by=approver, seen=seen)


def longer(draft: PostDraft) -> PostDraft:
    return replace(draft, caption=draft.caption + "!")


def other_link(draft: PostDraft) -> PostDraft:
    return replace(draft, link="https://contoh.example/lain/")


def other_alt(draft: PostDraft) -> PostDraft:
    return replace(draft, media=[replace(draft.media[0], alt="Gambar lain")])


def other_picture(draft: PostDraft) -> PostDraft:
    return replace(draft, media=[a_picture(width=200)])


def no_picture(draft: PostDraft) -> PostDraft:
    return replace(draft, media=[])


def longer_window(draft: PostDraft) -> PostDraft:
    return replace(draft, window_until=draft.window_until + timedelta(minutes=1))


EDITS = [longer, other_link, other_alt, other_picture, no_picture, longer_window]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_any_edit_voids_the_certificate(
    author: User, approver: User, edit: Callable[[PostDraft], PostDraft]
) -> None:
    post = approved(author, approver, media=[a_picture()])

    edited = edit_post(post, by=author, version=post.version, draft=edit(draft_of(post)))

    assert edited.state == Post.State.DRAFT
    assert not approval.covers(edited)
    resubmitted = approval.submit(edited, by=author)
    assert not approval.covers(resubmitted)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_the_digest_covers_everything_that_is_sent(
    author: User, edit: Callable[[PostDraft], PostDraft]
) -> None:
    post = submitted(author, media=[a_picture()])
    before = approval.digest(post)

    edited = edit_post(post, by=author, version=post.version, draft=edit(draft_of(post)))

    assert approval.digest(approval.submit(edited, by=author)) != before


def test_the_same_words_on_another_channel_are_another_digest(author: User) -> None:
    one = submitted(author)
    before = approval.digest(one)
    one.channel = ChannelFactory()

    assert approval.digest(one) != before


def test_the_same_picture_as_a_story_is_another_digest(author: User) -> None:
    one = submitted(author)
    before = approval.digest(one)
    one.channel.format = "story"

    assert approval.digest(one) != before


def test_an_edit_that_is_undone_brings_no_certificate_back(author: User, approver: User) -> None:
    post = approved(author, approver)
    as_signed = draft_of(post)
    edited = edit_post(post, by=author, version=post.version, draft=longer(as_signed))
    undone = edit_post(edited, by=author, version=edited.version, draft=as_signed)

    assert not approval.covers(approval.submit(undone, by=author))


@pytest.mark.parametrize(
    "change",
    [
        {"caption": "Diam-diam diganti"},
        {"link": "https://contoh.example/jahat/"},
        {"window_until": timezone.now() + timedelta(days=300)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_a_change_of_what_was_signed(
    author: User, approver: User, change: dict[str, object]
) -> None:
    post = approved(author, approver)

    with pytest.raises(DatabaseError, match="newer draft"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(**change)


def test_a_certificate_with_a_forged_digest_sends_nothing(author: User, approver: User) -> None:
    post = submitted(author)
    forge(post, approver, digest="0" * 64)
    Post.objects.filter(pk=post.pk).update(state=Post.State.WAITING)

    assert claim_post(post.pk) is None

    post.refresh_from_db()
    assert (post.state, post.reason) == (Post.State.HELD, "approval-void")


def test_submitted_pictures_are_frozen_with_their_hash(author: User) -> None:
    post = submitted(author, media=[a_picture()])
    media = post.media.get()

    assert hashlib.sha256(media.verified_content()).hexdigest() == media.sha256
    with pytest.raises(DatabaseError), transaction.atomic():
        PostMedia.objects.update(alt="Lain")
    with pytest.raises(DatabaseError), transaction.atomic():
        PostMedia.objects.all().delete()


def test_the_database_takes_no_picture_whose_hash_is_not_its_own(author: User) -> None:
    post = written(author)
    columns = {"post": post, "version": post.version, "position": 0, "mime": "image/jpeg"}

    with pytest.raises(IntegrityError, match="sha256_true"), transaction.atomic():
        PostMedia.objects.create(
            **columns, content=b"x", sha256="0" * 64, width=1, height=1, alt="x"
        )


def test_no_picture_is_slipped_under_a_signed_post(author: User, approver: User) -> None:
    post = approved(author, approver)
    sha256 = hashlib.sha256(b"x").hexdigest()

    with pytest.raises(DatabaseError, match="being submitted"), transaction.atomic():
        PostMedia.objects.create(
            post=post,
            version=post.version,
            position=9,
            content=b"x",
            sha256=sha256,
            width=1,
            height=1,
            alt="x",
        )


def test_bytes_are_hashed_again_as_they_leave(author: User) -> None:
    media = submitted(author, media=[a_picture()]).media.get()
    media.content = b"lain"

    with pytest.raises(PictureAltered):
        media.verified_content()


def test_a_picture_without_alt_text_cannot_be_submitted(author: User) -> None:
    with pytest.raises(PostNotReady) as refused:
        submitted(author, media=[a_picture(alt=" ")])

    assert "media" in refused.value.fields


def test_what_the_channel_would_refuse_is_found_before_anybody_approves_it(
    author: User, platform: ScriptedPlatform
) -> None:
    channel = ScriptedChannelFactory()

    submitted(author, channel=channel, caption="a" * 200)
    with pytest.raises(PostNotReady) as refused:
        submitted(author, channel=channel, caption="a" * 201)

    assert list(refused.value.fields) == ["caption"]


def test_pictures_are_made_to_fit_the_channel_at_submission(
    author: User, platform: ScriptedPlatform
) -> None:
    post = submitted(author, channel=ScriptedChannelFactory(), media=[a_picture(width=1000)])

    assert post.draft_media.get().width == 1000
    assert post.media.get().width == 400


def test_words_and_no_picture_or_a_picture_and_no_words_but_not_nothing(author: User) -> None:
    submitted(author, media=[], caption="Kata saja")
    submitted(author, media=[a_picture()], caption="")

    with pytest.raises(PostNotReady):
        submitted(author, media=[], caption="  ")


def test_a_desk_of_two_people_can_change_a_wording(author: User, approver: User) -> None:
    post = submitted(author)
    approval.request_changes(
        post, by=approver, reason="Terlalu panjang", suggested_wording="Sarapan di Klojen."
    )
    post.refresh_from_db()

    taken = approval.accept_suggestion(post, by=author, version=post.version)
    asked = approval.submit(taken, by=author)
    approval.approve(asked, by=approver, seen=approval.digest(asked))

    asked.refresh_from_db()
    assert (asked.caption, asked.state) == ("Sarapan di Klojen.", Post.State.WAITING)
    assert approver not in asked.message.contributors.all()


def test_changes_are_asked_for_with_a_reason(author: User, approver: User) -> None:
    post = submitted(author)

    with pytest.raises(PostNotReady):
        approval.request_changes(post, by=approver, reason="  ")


def test_changes_asked_for_after_the_approval_void_it(author: User, approver: User) -> None:
    post = approved(author, approver)

    approval.request_changes(post, by=approver, reason="Ada salah harga")

    post.refresh_from_db()
    assert post.state == Post.State.DRAFT
    assert not approval.covers(post)


def test_a_suggestion_is_answered_once(author: User, approver: User) -> None:
    post = submitted(author)
    approval.request_changes(post, by=approver, reason="Ringkas", suggested_wording="Ringkas.")
    post.refresh_from_db()
    taken = approval.accept_suggestion(post, by=author, version=post.version)

    with pytest.raises(StepRefused):
        approval.accept_suggestion(taken, by=author, version=taken.version)


def test_what_is_published_is_what_was_signed(author: User, approver: User) -> None:
    post = published(author, approver, media=[a_picture()])
    certificate = approval.certificate_of(post)

    assert certificate is not None
    assert certificate.digest == approval.digest(post)
