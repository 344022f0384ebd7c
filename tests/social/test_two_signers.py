"""On chosen channels two different second persons sign the same digest; the database holds it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import User
from social import approval, comparing, signing
from social.admin.queue import Narrowing, posts_in, section_of
from social.errors import AlreadySigned
from social.messages import PostDraft, draft_of, edit_post, name_contributor
from social.models import Approval, Channel, Post, PostWording
from social.publishing import claim_post
from tests.social.factories import (
    APPROVES,
    MANAGES,
    SEES,
    WRITES,
    ChannelFactory,
    a_picture,
    approved,
    person,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict() -> Channel:
    return ChannelFactory(signers_needed=2)


@pytest.fixture
def second(db: None) -> User:
    return person("penyetuju-kedua", SEES, APPROVES, is_staff=True)


def sign(post: Post, by: User) -> None:
    approval.approve(post, by=by, seen=approval.digest(post))
    post.refresh_from_db()


def test_the_first_signature_alone_lets_nothing_out(
    author: User, approver: User, strict: Channel
) -> None:
    post = submitted(author, channel=strict)

    sign(post, approver)

    assert post.state == Post.State.SUBMITTED
    assert approval.signatures_missing(post) == 1
    with pytest.raises(DatabaseError, match="no certificate"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state=Post.State.WAITING)


def test_with_the_second_persons_signature_it_goes_out(
    author: User, approver: User, second: User, strict: Channel
) -> None:
    post = submitted(author, channel=strict)

    sign(post, approver)
    sign(post, second)

    assert post.state == Post.State.WAITING
    assert approval.covers(post)
    assert claim_post(post.pk) is not None


def test_the_same_person_does_not_sign_twice(author: User, approver: User, strict: Channel) -> None:
    post = submitted(author, channel=strict)
    sign(post, approver)

    with pytest.raises(AlreadySigned):
        sign(post, approver)

    approval._sign(post, by=approver, decision=Approval.Decision.APPROVED)
    with pytest.raises(DatabaseError, match="no certificate"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state=Post.State.WAITING)


def test_signatures_on_two_digests_are_not_two(
    author: User, approver: User, second: User, strict: Channel
) -> None:
    post = submitted(author, channel=strict)
    sign(post, approver)
    longer = replace(draft_of(post), caption=post.caption + "!")
    edited = edit_post(post, by=author, version=post.version, draft=longer)
    post = approval.submit(edited, by=author)

    sign(post, second)

    assert (post.state, approval.signatures_missing(post)) == (Post.State.SUBMITTED, 1)


def test_a_signer_who_contributes_later_counts_no_more(
    author: User, second: User, strict: Channel
) -> None:
    both = person("berdua", SEES, WRITES, APPROVES)
    post = submitted(author, channel=strict)
    sign(post, both)
    name_contributor(post.message_id, both)

    sign(post, second)

    assert (post.state, approval.signatures_missing(post)) == (Post.State.SUBMITTED, 1)


def test_what_one_person_signed_before_the_channel_asked_for_two_is_held(
    author: User, approver: User, strict: Channel
) -> None:
    channel = ChannelFactory()
    post = approved(author, approver, channel=channel)
    signing.ask_for_signers(channel, by=person("pengelola", SEES, MANAGES), number=2)

    assert claim_post(post.pk) is None

    post.refresh_from_db()
    assert (post.state, post.reason) == (Post.State.HELD, "approval-void")


def test_an_administrator_asks_for_two_and_for_one_again(strict: Channel, approver: User) -> None:
    channel = ChannelFactory()
    client, stranger = Client(), Client()
    client.force_login(person("pengelola", SEES, MANAGES, is_staff=True))
    stranger.force_login(approver)
    address = f"/admin/media-sosial/saluran/{channel.slug}"

    stranger.post(f"{address}/dua/")
    channel.refresh_from_db()
    assert channel.signers_needed == 1
    client.post(f"{address}/dua/")
    channel.refresh_from_db()
    assert channel.signers_needed == 2
    assert f"{address}/satu/" in client.get(f"{address}/").content.decode()
    client.post(f"{address}/satu/")
    channel.refresh_from_db()
    assert channel.signers_needed == 1


def test_the_page_says_what_is_missing_and_offers_a_signer_no_second_signature(
    author: User, approver: User, second: User, strict: Channel
) -> None:
    post = submitted(author, channel=strict)
    sign(post, approver)
    page = f"/admin/media-sosial/{post.public_id}/"
    first_client, second_client = Client(), Client()
    first_client.force_login(approver)
    second_client.force_login(second)

    assert f"{page}approve/" not in first_client.get(page).content.decode()
    assert f"{page}approve/" in second_client.get(page).content.decode()


@pytest.mark.parametrize("ticked", [False, True])
def test_the_first_signer_is_told_that_one_more_has_to_sign(
    author: User, approver: User, second: User, strict: Channel, ticked: bool
) -> None:
    post = submitted(author, channel=strict)
    digest, client, pages = approval.digest(post), Client(), []
    if ticked:
        address = "/admin/media-sosial/centang/approve/"
        said = {"post": str(post.public_id), f"digest-{post.public_id}": digest}
    else:
        address = f"/admin/media-sosial/{post.public_id}/approve/"
        said = {"digest": digest}

    for signer in (approver, second):
        client.force_login(signer)
        pages.append(client.post(address, said, follow=True).content.decode())

    first, last = pages
    assert "satu orang lagi" in first
    assert "pada waktunya" not in first
    assert "Selesai untuk" not in first
    assert "satu orang lagi" not in last


def test_the_queue_offers_the_first_signer_no_second_signature(
    author: User, approver: User, second: User, strict: Channel
) -> None:
    post = submitted(author, channel=strict)
    sign(post, approver)

    open_to_first = posts_in(section_of("approval"), Narrowing(), looker=approver).get()
    open_to_second = posts_in(section_of("approval"), Narrowing(), looker=second).get()

    assert (open_to_first.is_open, open_to_second.is_open) == (False, True)


# --- What changed since the last look ------------------------------------------------------------


def sent_back_and_submitted_again(
    post: Post, author: User, approver: User, change: Callable[[PostDraft], PostDraft]
) -> Post:
    approval.request_changes(post, by=approver, reason="Harga salah")
    post.refresh_from_db()
    edited = edit_post(post, by=author, version=post.version, draft=change(draft_of(post)))
    return approval.submit(edited, by=author)


def test_the_words_of_each_submitted_version_are_kept_for_good(
    author: User, approver: User
) -> None:
    post = submitted(author, caption="Harga 5.000")
    sent_back_and_submitted_again(
        post, author, approver, lambda draft: replace(draft, caption="Harga 6.000")
    )

    kept = PostWording.objects.filter(post=post).values_list("caption", flat=True)
    assert list(kept) == ["Harga 5.000", "Harga 6.000"]
    with pytest.raises(DatabaseError), transaction.atomic():
        PostWording.objects.update(caption="Lain")
    with pytest.raises(DatabaseError), transaction.atomic():
        PostWording.objects.all().delete()


def test_a_signer_sees_which_words_are_others_since_the_last_look(
    author: User, approver: User
) -> None:
    post = submitted(author, caption="Tahu campur, harga 5.000 saja.")
    post = sent_back_and_submitted_again(
        post,
        author,
        approver,
        lambda draft: replace(draft, caption="Tahu campur, harga 6.000 saja."),
    )

    changes = comparing.since_last_look(post)

    assert changes is not None
    assert [(one.text, one.is_gone, one.is_new) for one in changes.words] == [
        ("Tahu campur, harga ", False, False),
        ("5.000", True, False),
        ("6.000", False, True),
        (" saja.", False, False),
    ]
    assert not changes.pictures_changed
    client = Client()
    client.force_login(approver)
    page = client.get(f"/admin/media-sosial/{post.public_id}/").content.decode()
    assert "<del>5.000</del><ins>6.000</ins>" in page


def test_a_signer_sees_which_pictures_links_and_windows_are_others(
    author: User, approver: User
) -> None:
    post = submitted(author, media=[a_picture("Satu"), a_picture("Dua", width=300)])
    day = timedelta(days=1)

    def change(draft: PostDraft) -> PostDraft:
        media = [draft.media[0], replace(draft.media[1], alt="Dua porsi")]
        return replace(draft, media=media, link="", window_until=draft.window_until + day)

    changes = comparing.since_last_look(
        sent_back_and_submitted_again(post, author, approver, change)
    )

    assert changes is not None
    assert [one.alt for one in changes.pictures_gone] == ["Dua"]
    assert [one.alt for one in changes.pictures_new] == ["Dua porsi"]
    assert (changes.words_changed, changes.link_changed, changes.window_changed) == (
        False,
        True,
        True,
    )


def test_pictures_in_another_order_are_a_change(author: User, approver: User) -> None:
    post = submitted(author, media=[a_picture("Satu"), a_picture("Dua", width=300)])

    changes = comparing.since_last_look(
        sent_back_and_submitted_again(
            post, author, approver, lambda draft: replace(draft, media=draft.media[::-1])
        )
    )

    assert changes is not None
    assert changes.is_reordered


def test_what_nobody_has_looked_at_has_nothing_to_compare_with(author: User) -> None:
    assert comparing.since_last_look(submitted(author)) is None
