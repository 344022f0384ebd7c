"""The desk in the admin: each page for its people, each act through its rule."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from social import approval, desk, withdrawing
from social.channels import ADAPTERS, Gone, Unknown
from social.models import Channel, Message, Post
from tests.social.factories import (
    APPROVES,
    MANAGES,
    SCRIPTED,
    SEES,
    WRITES,
    ByHandChannelFactory,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    a_picture,
    approved,
    person,
    picture,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

QUEUE_QUERIES = 16
MINUTE = "%Y-%m-%dT%H:%M"

QUEUE = reverse("social_desk:queue")


class TakesBack(ScriptedPlatform):
    """A platform that takes back what it is asked to."""

    def withdraw(self, post: Post) -> Gone:
        return Gone()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, post: Post) -> str:
    return reverse(f"social_desk:{name}", kwargs={"public_id": post.public_id})


def act(user: User, name: str, post: Post, **said: object) -> str:
    """Press a button of the post's page; return what the page then says."""
    answer = as_(user).post(at(name, post), said, follow=True)
    assert answer.status_code == 200
    post.refresh_from_db()
    return answer.content.decode()


def edit_of(post: Post, **changes: object) -> dict[str, object]:
    """The edit form as a browser sends it."""
    local = {
        name: timezone.localtime(getattr(post, name)).strftime(MINUTE)
        for name in ("window_from", "window_until", "send_at")
    }
    pictures = {f"alt_{one.pk}": one.alt for one in post.draft_media.all()}
    said = {"caption": post.caption, "link": post.link, "version": post.version}
    return {**said, **local, **pictures, **changes}


def test_the_queue_shows_each_section_with_its_count(author: User, approver: User) -> None:
    submitted(author, caption="Antre")
    approved(author, approver, caption="Terjadwal nanti")

    first = as_(approver).get(QUEUE)
    scheduled = as_(approver).get(QUEUE, {"section": "scheduled"})

    counts = {one.section.key: one.count for one in first.context["sections"]}
    assert (counts["approval"], counts["scheduled"]) == (1, 1)
    assert "Antre" in first.content.decode()
    assert "Terjadwal nanti" not in first.content.decode()
    assert "Terjadwal nanti" in scheduled.content.decode()


def test_the_queue_is_narrowed_by_channel_and_state(author: User, approver: User) -> None:
    one, other = ChannelFactory(), ChannelFactory()
    held = approved(author, approver, channel=one, caption="Tertahan")
    desk.hold(held, by=approver, reason="Tunggu")
    withheld = approved(author, approver, channel=other, caption="Kanal lain")
    desk.hold(withheld, by=approver, reason="Tunggu")

    wanted = {"section": "all", "channel": one.slug, "state": "held"}
    narrowed = as_(approver).get(QUEUE, wanted).content.decode()
    failed = as_(approver).get(QUEUE, {**wanted, "state": "failed"}).content.decode()

    assert "Tertahan" in narrowed
    assert "Kanal lain" not in narrowed
    assert "Tertahan" not in failed


def test_the_page_of_a_post_shows_all_that_is_signed(author: User, approver: User) -> None:
    post = submitted(author, media=[a_picture("Sepiring tahu campur")])

    page = as_(approver).get(at("post", post)).content.decode()

    for shown in (
        "Sarapan tahu campur di Klojen.",
        "Sepiring tahu campur",
        post.link,
        post.channel.name,
        author.username,
        approval.digest(post),
    ):
        assert shown in page


def test_an_approver_approves_and_an_author_finds_no_button(author: User, approver: User) -> None:
    post = submitted(author)
    assert at("approve", post) not in as_(author).get(at("post", post)).content.decode()
    assert at("approve", post) in as_(approver).get(at("post", post)).content.decode()

    act(approver, "approve", post, digest=approval.digest(post))

    assert post.state == Post.State.WAITING


def test_a_superuser_who_wrote_it_cannot_approve_it() -> None:
    root = person("pengelola", is_superuser=True, is_staff=True)
    post = submitted(root)

    act(root, "approve", post, digest=approval.digest(post))

    assert post.state == Post.State.SUBMITTED


def test_an_approval_of_an_older_page_is_refused(author: User, approver: User) -> None:
    post = submitted(author)

    act(approver, "approve", post, digest="0" * 64)

    assert post.state == Post.State.SUBMITTED


def test_a_suggested_wording_goes_back_and_is_taken_over(author: User, approver: User) -> None:
    post = submitted(author)
    act(approver, "request-changes", post, reason="Ringkas", suggested_wording="Ringkas sekali.")
    assert post.state == Post.State.DRAFT

    page = act(author, "accept-suggestion", post, version=post.version)

    assert post.caption == "Ringkas sekali."
    assert "Ringkas sekali." in page


def test_hold_resume_move_and_withdraw(author: User, approver: User) -> None:
    post = approved(author, approver)
    later = timezone.localtime(post.send_at + timedelta(hours=2))

    act(approver, "move", post, send_at=later.strftime(MINUTE))
    assert timezone.localtime(post.send_at).strftime(MINUTE) == later.strftime(MINUTE)
    act(approver, "hold", post, reason="Tunggu")
    assert post.state == Post.State.HELD
    act(author, "resume", post)
    assert post.state == Post.State.WAITING
    act(author, "withdraw", post, reason="Batal")
    assert post.state == Post.State.WITHDRAWN


def test_what_a_platform_is_to_take_back_says_so_until_it_answers(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ADAPTERS, SCRIPTED, TakesBack())
    post = published(author, approver, channel=ScriptedChannelFactory())

    page = act(author, "withdraw", post, reason="Toko tutup")

    assert post.state == Post.State.PUBLISHED
    assert "penulis meminta" in page
    assert at("withdraw", post) not in page
    withdrawing.carry(post.withdrawals.get().pk)
    assert Post.objects.get(pk=post.pk).state == Post.State.WITHDRAWN


def test_where_no_platform_takes_back_the_page_says_what_to_do(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    post = published(author, approver, channel=ScriptedChannelFactory())

    page = as_(author).get(at("post", post)).content.decode()

    assert "hapus di platformnya" in page
    assert at("withdraw", post) not in page


def test_a_reason_is_asked_for(author: User, approver: User) -> None:
    post = approved(author, approver)

    act(approver, "hold", post, reason="")

    assert post.state == Post.State.WAITING


def test_a_post_made_by_hand_is_handed_in(author: User, approver: User) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())
    now = timezone.localtime().strftime(MINUTE)

    act(author, "hand-in", post, permalink="https://contoh.example/1", posted_at=now)

    assert post.state == Post.State.PUBLISHED


def test_an_unclear_post_is_settled(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    platform.answers = [Unknown(reason="timeout")]
    post = published(author, approver, channel=ScriptedChannelFactory())
    assert at("resolve", post) in as_(author).get(at("post", post)).content.decode()

    act(author, "resolve", post, to="published", reason="Ada di sana", permalink="")

    assert post.state == Post.State.PUBLISHED


def test_an_author_edits_words_alt_text_and_pictures(author: User, approver: User) -> None:
    post = approved(author, approver, media=[a_picture("Lama"), a_picture("Dibuang")])
    first, second = post.draft_media.all()
    upload = SimpleUploadedFile("baru.jpg", picture(colour="red"), "image/jpeg")
    said = edit_of(
        post,
        caption="Kata baru.",
        new_picture=upload,
        new_alt="Baru",
        **{f"alt_{first.pk}": "Lebih jelas", f"remove_{second.pk}": "on"},
    )

    answer = as_(author).post(at("edit", post), said)

    assert answer.status_code == 302
    post.refresh_from_db()
    assert (post.caption, post.state) == ("Kata baru.", Post.State.DRAFT)
    assert [one.alt for one in post.draft_media.all()] == ["Lebih jelas", "Baru"]


def test_an_edit_with_mistakes_keeps_what_was_typed_and_says_what_is_wrong(
    author: User,
) -> None:
    post = written(author)
    said = edit_of(post, caption="Diketik lama", send_at="2001-01-01T08:00")

    answer = as_(author).post(at("edit", post), said)

    assert answer.status_code == 422
    assert "Diketik lama" in answer.content.decode()
    assert "send_at" in answer.context["form"].errors


def test_an_edit_of_an_older_version_is_refused(author: User) -> None:
    post = written(author)

    answer = as_(author).post(at("edit", post), edit_of(post, version=99, caption="Tertimpa"))

    assert answer.status_code == 422
    post.refresh_from_db()
    assert post.caption != "Tertimpa"


def test_a_message_is_written_at_the_desk_for_several_channels(author: User) -> None:
    channels = [ChannelFactory(), ByHandChannelFactory()]
    now = timezone.localtime()
    said = {
        "channels": [channel.pk for channel in channels],
        "caption": "Pasar pagi hari Minggu.",
        "window_from": now.strftime(MINUTE),
        "window_until": (now + timedelta(days=2)).strftime(MINUTE),
        "send_at": (now + timedelta(hours=1)).strftime(MINUTE),
    }

    answer = as_(author).post(reverse("social_desk:compose"), said)

    message = Message.objects.get()
    assert answer.status_code == 302
    assert {post.channel for post in message.posts.all()} == set(channels)
    assert list(message.contributors.all()) == [author]


def test_channels_are_paused_and_resumed_by_who_may(author: User) -> None:
    channel = ChannelFactory()
    manager = person("pengelola", SEES, MANAGES, is_staff=True)
    address = {"slug": channel.slug}

    as_(manager).post(reverse("social_desk_channels:pause", kwargs=address))
    assert Channel.objects.get().paused
    as_(author).post(reverse("social_desk_channels:resume", kwargs=address))
    assert Channel.objects.get().paused
    as_(manager).post(reverse("social_desk_channels:resume", kwargs=address))
    assert not Channel.objects.get().paused


def test_a_channel_is_added_by_who_may(author: User) -> None:
    manager = person("pengelola", SEES, MANAGES, is_staff=True)
    said = {"name": "Situs Kota", "slug": "situs"}
    address = reverse("social_desk_channels:add", kwargs={"platform": "site"})

    assert refused(author, address)
    assert as_(manager).post(address.replace("site", "burung"), said).status_code == 404
    as_(manager).post(address, said)
    again = as_(manager).post(address, said)

    assert again.status_code == 422
    assert Channel.objects.get().slug == "situs"


def test_a_draft_picture_is_for_the_desk_only(author: User) -> None:
    media = written(author, media=[a_picture()]).draft_media.get()
    address = reverse("social_desk:picture", kwargs={"public_id": media.public_id})

    shown = as_(author).get(address)

    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"].startswith("private")
    assert as_(person("staf", is_staff=True)).get(address).status_code != 200
    assert Client().get(address).status_code == 302


WRITERS_ONLY = ["submit", "accept-suggestion", "edit"]
APPROVERS_ONLY = ["approve", "request-changes"]
TEAM_ONLY = ["hold", "resume", "withdraw", "move", "hand-in", "resolve"]


def refused(user: User, address: str) -> bool:
    """Whether the admin sends this person away: to its home page, with a word of explanation."""
    answer = as_(user).post(address)
    return answer.status_code == 403 or answer["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", WRITERS_ONLY + APPROVERS_ONLY + TEAM_ONLY)
def test_each_act_is_refused_without_its_right(author: User, name: str) -> None:
    post = submitted(author)
    others = {"submit": APPROVES, "edit": APPROVES, "accept-suggestion": APPROVES}
    others |= {"approve": WRITES, "request-changes": WRITES}

    assert refused(person("staf", is_staff=True), at(name, post))
    assert refused(person("pembaca", SEES, is_staff=True), at(name, post))
    assert refused(person("tanpa-meja", WRITES, APPROVES, is_staff=True), at(name, post))
    if name in others:
        assert refused(person("lain", SEES, others[name], is_staff=True), at(name, post))
    assert Post.objects.get(pk=post.pk).state == Post.State.SUBMITTED


def test_pages_are_for_the_people_of_the_desk(author: User) -> None:
    post = written(author)
    stranger = as_(person("staf", is_staff=True))
    pages = [QUEUE, at("post", post), reverse("social_desk_channels:list")]

    for page in [*pages, reverse("social_desk:compose")]:
        assert stranger.get(page).status_code == 302
        assert as_(author).get(page).status_code == 200


def test_the_admin_home_counts_what_waits(author: User, approver: User) -> None:
    submitted(author)
    home = reverse("wagtailadmin_home")

    assert 'id="social-desk-panel"' in as_(approver).get(home).content.decode()
    stranger = person("staf", is_staff=True)
    assert 'id="social-desk-panel"' not in as_(stranger).get(home).content.decode()


@pytest.mark.parametrize("number", [1, 8])
def test_the_queue_reads_no_more_with_more_posts(
    author: User,
    approver: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    channel = ChannelFactory()
    for _post in range(number):
        submitted(author, channel=channel, media=[a_picture()])
    client = as_(approver)
    client.get(QUEUE)

    with django_assert_num_queries(QUEUE_QUERIES):
        assert len(client.get(QUEUE).context["page"]) == number
