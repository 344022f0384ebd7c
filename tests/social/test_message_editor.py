"""Writing a message: shared words, each channel's own, counted and looked at at once."""

from datetime import time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from social import approval, desk
from social.campaigns import campaign_in, with_campaign, without_campaign
from social.channels.instagram import INSTAGRAM, STORY, Instagram
from social.channels.telegram import TELEGRAM
from social.cropping import Keep, crop_to_fit
from social.errors import BadPicture, PostNotReady
from social.looks import look_of
from social.messages import add_post, compose_message
from social.models import Channel, HashtagGroup, Message, Post
from social.pictures import fit_picture, read_picture, what_changes
from social.repeats import repeats_of
from tests.social.factories import (
    APPROVES,
    SEES,
    WRITES,
    ByHandChannelFactory,
    ChannelFactory,
    a_draft,
    a_picture,
    approved,
    person,
    picture,
    published,
    written,
)

pytestmark = pytest.mark.django_db

MINUTE = "%Y-%m-%dT%H:%M"
NEW = reverse("social_desk:compose")
INSTAGRAM_TAKES = Instagram.capabilities
LOOKS = reverse("social_desk:looks")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(message: Message) -> str:
    return reverse("social_desk:message", kwargs={"public_id": message.public_id})


def times(**changes: timedelta) -> dict[str, str]:
    now = timezone.localtime()
    said = {
        "window_from": timedelta(0),
        "window_until": timedelta(days=2),
        "send_at": timedelta(hours=1),
        **changes,
    }
    return {name: (now + after).strftime(MINUTE) for name, after in said.items()}


def upload(name: str = "tahu.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture())


def form_of(message: Message, user: User) -> dict[str, Any]:
    """What the page of a message sends if nothing is touched."""
    form = as_(user).get(page_of(message)).context["form"]
    said: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            said |= {field.html_name: "on"} if value else {}
        elif value is not None and field.html_name != "new_pictures":
            is_moment = hasattr(value, "strftime")
            said[field.html_name] = value.strftime(MINUTE) if is_moment else value
    return said


def on(message: Message, channel: Channel) -> Post:
    return message.posts.get(channel=channel)


@pytest.fixture
def two(author: User) -> Message:
    """A message on the site and by hand, with two pictures."""
    media = [a_picture("Tahu", colour="teal"), a_picture("Warung", colour="red")]
    drafts = [
        a_draft(channel, media=media, send_at=timezone.now() + timedelta(hours=2))
        for channel in (ChannelFactory(slug="situs"), ByHandChannelFactory(slug="wa"))
    ]
    return compose_message(author=author, source="Promosi", source_ref="", drafts=drafts)


def test_a_message_is_written_once_with_own_words_and_a_link_that_names_the_channel(
    author: User,
) -> None:
    site, by_hand = ChannelFactory(slug="situs"), ByHandChannelFactory(slug="wa")
    said = {
        "channels": [site.pk, by_hand.pk],
        "caption": "Pasar pagi.",
        "source": "Pasar Pagi",
        f"own_{by_hand.pk}": "Pasar pagi, kawan!",
        "link": "https://contoh.example/pasar/?kec=klojen",
        "with_campaign": "on",
        "new_pictures": [upload("a.jpg"), upload("b.jpg", picture(colour="red"))],
        "new_alts": ["Lapak sayur", "Lapak buah"],
        **times(),
    }

    answer = as_(author).post(NEW, said)

    message = Message.objects.get()
    assert answer["Location"] == page_of(message)
    assert on(message, site).caption == "Pasar pagi."
    assert on(message, by_hand).caption == "Pasar pagi, kawan!"
    assert on(message, by_hand).link == (
        "https://contoh.example/pasar/?kec=klojen"
        "&utm_source=wa&utm_medium=social&utm_campaign=pasar-pagi"
    )
    alts = [one.alt for one in on(message, site).draft_media.all()]
    assert alts == ["Lapak sayur", "Lapak buah"]


def test_what_stays_the_same_keeps_its_approval(author: User, approver: User, two: Message) -> None:
    site, by_hand = two.posts.order_by("channel__slug")
    for post in (site, by_hand):
        approval.submit(post, by=author)
        post.refresh_from_db()
        approval.approve(post, by=approver, seen=approval.digest(post))
    said = form_of(two, author)

    as_(author).post(page_of(two), {**said, f"own_{by_hand.channel_id}": "Lain sendiri."})

    site.refresh_from_db()
    by_hand.refresh_from_db()
    assert (site.state, by_hand.state) == (Post.State.WAITING, Post.State.DRAFT)
    assert by_hand.caption == "Lain sendiri."


def test_a_form_that_nobody_touched_changes_nothing(author: User, two: Message) -> None:
    as_(author).post(page_of(two), form_of(two, author))

    assert {post.version for post in two.posts.all()} == {1}


def test_pictures_are_put_in_order_described_taken_out_and_left_off_a_channel(
    author: User, two: Message
) -> None:
    site, by_hand = two.posts.order_by("channel__slug")
    said = form_of(two, author)
    first, second = [
        one.shared.media.pk
        for one in as_(author).get(page_of(two)).context["form"].picture_fields()
    ]
    said |= {f"order_{first}": 2, f"order_{second}": 1, f"alt_{second}": "Warung di Kawi"}
    del said[f"on_{by_hand.channel_id}_{first}"]

    as_(author).post(page_of(two), {**said, "new_pictures": [upload("c.jpg", picture(width=500))]})

    alts = [one.alt for one in site.draft_media.order_by("position")]
    assert alts == ["Warung di Kawi", "Tahu", ""]
    assert [one.alt for one in by_hand.draft_media.order_by("position")] == ["Warung di Kawi", ""]
    as_(author).post(page_of(two), {**form_of(two, author), f"remove_{_picture(site, 0)}": "on"})
    assert [one.alt for one in site.draft_media.order_by("position")] == ["Tahu", ""]


def test_without_script_a_picture_moves_by_a_button_and_nothing_typed_is_lost(
    author: User, two: Message
) -> None:
    site = on(two, Channel.objects.get(slug="situs"))
    first, second = (_picture(site, position) for position in (0, 1))
    said = form_of(two, author) | {"caption": "Baru diketik.", "move": f"up-{second}"}

    page = as_(author).post(page_of(two), said)

    form = page.context["form"]
    assert [one.shared.media.pk for one in form.picture_fields()] == [second, first]
    assert form["caption"].value() == "Baru diketik."
    assert {post.version for post in two.posts.all()} == {1}
    said = form_of(two, author) | {
        one.order.html_name: one.order.value() for one in form.picture_fields()
    }
    as_(author).post(page_of(two), said)
    assert [one.alt for one in site.draft_media.order_by("position")] == ["Warung", "Tahu"]


@pytest.mark.parametrize("size", [(400, 1_600), (1_600, 400), (1_637, 2_047), (2_048, 1_072)])
@pytest.mark.parametrize("keep", ["start", "middle", "end"])
def test_a_cut_picture_has_a_shape_that_the_platform_takes_also_when_it_is_made_smaller(
    size: tuple[int, int], keep: str
) -> None:
    limits = INSTAGRAM_TAKES
    content = picture(width=size[0], height=size[1])

    cut = read_picture(crop_to_fit(content, limits=limits, keep=Keep(keep)))

    for one in (cut, fit_picture(cut, longest_edge=limits.longest_edge)):
        assert limits.takes_shape(one.width, one.height)
    assert cut.width == size[0] or cut.height == size[1]


def test_the_part_that_was_asked_for_is_kept() -> None:
    image = Image.new("RGB", (400, 1_600), "red")
    image.paste("blue", (0, 800, 400, 1_600))
    out = BytesIO()
    image.save(out, "JPEG")

    def colour(keep: Keep) -> str:
        cut = Image.open(BytesIO(crop_to_fit(out.getvalue(), limits=INSTAGRAM_TAKES, keep=keep)))
        red, _green, blue = cut.convert("RGB").getpixel((200, 100))
        return "red" if red > blue else "blue"

    assert (colour(Keep.START), colour(Keep.END)) == ("red", "blue")


def test_a_picture_of_a_wrong_shape_is_cut_for_that_channel_alone_when_a_person_asks(
    author: User,
) -> None:
    site, instagram = ChannelFactory(slug="situs"), ChannelFactory(slug="ig", platform=INSTAGRAM)
    media = [a_picture("Menara", width=400, height=1_600)]
    message = compose_message(
        author=author,
        source="",
        source_ref="",
        drafts=[a_draft(one, media=media) for one in (site, instagram)],
    )
    said = form_of(message, author)
    key = as_(author).get(page_of(message)).context["form"].picture_fields()[0].shared.media.pk
    as_(author).post(page_of(message), said)
    assert {post.version for post in message.posts.all()} == {1}
    assert f"crop_{site.pk}_{key}" not in said

    page = as_(author).post(
        page_of(message), said | {f"crop_{instagram.pk}_{key}": "middle"}, follow=True
    )

    shapes = {
        post.channel: (one.width, one.height, one.alt)
        for post in message.posts.all()
        for one in post.draft_media.all()
    }
    assert shapes[site] == (400, 1_600, "Menara")
    assert shapes[instagram][0] == 400
    assert INSTAGRAM_TAKES.takes_shape(400, shapes[instagram][1])
    assert shapes[instagram][2] == "Menara"
    assert "tahu.jpg dipotong untuk" in page.content.decode()
    assert page.context["form"].picture_fields()[-1].crops == []


@pytest.mark.parametrize("move", ["up-0", "down-x", "", "\0-1"])
def test_a_move_of_no_picture_changes_nothing(author: User, two: Message, move: str) -> None:
    before = [one["post"].pk for one in as_(author).get(page_of(two)).context["blocks"]]

    page = as_(author).post(page_of(two), {**form_of(two, author), "move": move})

    assert page.status_code == 200
    assert [one["post"].pk for one in page.context["blocks"]] == before
    alts = [one.alt.value() for one in page.context["form"].picture_fields()]
    assert alts == ["Tahu", "Warung"]


def test_a_channel_is_added_with_the_shared_words_pictures_and_time(
    author: User, approver: User, two: Message
) -> None:
    site = on(two, Channel.objects.get(slug="situs"))
    approval.submit(site, by=author)
    approval.approve(site, by=approver, seen=approval.digest(on(two, site.channel)))
    more, writer = ByHandChannelFactory(slug="radio"), person("rekan", SEES, WRITES, is_staff=True)

    as_(writer).post(page_of(two), {**form_of(two, writer), "added_channels": [more.pk]})

    post = on(two, more)
    at = site.send_at.replace(second=0, microsecond=0)
    assert (post.state, post.caption, post.send_at) == ("draft", site.caption, at)
    assert [one.alt for one in post.draft_media.all()] == ["Tahu", "Warung"]
    assert on(two, site.channel).state == Post.State.WAITING
    assert writer in two.contributors.all()


def test_who_signed_part_of_a_message_and_adds_a_channel_has_signed_nothing_any_more(
    author: User, two: Message
) -> None:
    site = on(two, Channel.objects.get(slug="situs"))
    both = person("serba-bisa", SEES, WRITES, APPROVES, is_staff=True)
    approval.submit(site, by=author)
    approval.approve(site, by=both, seen=approval.digest(on(two, site.channel)))

    add_post(two, by=both, draft=a_draft(ByHandChannelFactory()))

    assert on(two, site.channel).state == Post.State.HELD


def test_a_message_stands_on_a_channel_once(author: User, two: Message) -> None:
    site = Channel.objects.get(slug="situs")

    with pytest.raises(PostNotReady):
        add_post(two, by=author, draft=a_draft(site))
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(message=two, **times_of(on(two, site)), channel=site)


def times_of(post: Post) -> dict[str, Any]:
    return {name: getattr(post, name) for name in ("window_from", "window_until", "send_at")}


def test_what_is_out_is_said_on_a_further_channel_as_a_draft_of_its_own(
    author: User, approver: User
) -> None:
    link = with_campaign("https://contoh.id/tahu", channel="situs", campaign="Sarapan")
    situs = ChannelFactory(slug="situs")
    out = published(author, approver, channel=situs, link=link, media=[a_picture()])
    by_hand, _other = ByHandChannelFactory(slug="wa"), ByHandChannelFactory(slug="radio")
    page = page_of(out.message)
    offered = as_(author).get(page).context["again"].fields["channels"].queryset

    as_(author).post(page, {"channels": [by_hand.pk], **times()})

    assert {one.slug for one in offered} == {"wa", "radio"}
    again = on(out.message, by_hand)
    assert (again.state, again.caption) == (Post.State.DRAFT, out.caption)
    assert [one.alt for one in again.draft_media.all()] == [one.alt for one in out.pictures]
    assert again.link == with_campaign(link, channel="wa", campaign="Sarapan")
    assert Post.objects.get(pk=out.pk).state == Post.State.PUBLISHED


@pytest.mark.parametrize(
    "wrong", [{"channels": []}, {"send_at": "2020-01-01T10:00"}, {"window_until": ""}]
)
def test_a_further_channel_needs_to_be_chosen_and_a_time_ahead(
    author: User, approver: User, wrong: dict[str, Any]
) -> None:
    out = published(author, approver, channel=ChannelFactory())
    said = {"channels": [ByHandChannelFactory().pk], **times()}

    page = as_(author).post(page_of(out.message), {**said, **wrong})

    assert page.status_code == 422
    assert page.context["again"].errors
    assert out.message.posts.count() == 1


def test_a_draft_is_taken_off_its_channel_and_may_come_back_as_a_new_post(
    author: User, two: Message
) -> None:
    by_hand = Channel.objects.get(slug="wa")
    gone = on(two, by_hand)

    as_(author).post(page_of(two), {**form_of(two, author), f"off_{by_hand.pk}": "on"})

    gone.refresh_from_db()
    assert gone.state == Post.State.WITHDRAWN
    assert on(two, Channel.objects.get(slug="situs")).version == 1
    as_(author).post(page_of(two), {**form_of(two, author), "added_channels": [by_hand.pk]})
    states = two.posts.filter(channel=by_hand).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "draft"]


def test_what_was_submitted_meanwhile_is_not_taken_off(author: User, two: Message) -> None:
    by_hand = on(two, Channel.objects.get(slug="wa"))
    said = form_of(two, author) | {f"off_{by_hand.channel_id}": "on", "caption": "Lain."}
    approval.submit(by_hand, by=author)

    answer = as_(author).post(page_of(two), said)

    by_hand.refresh_from_db()
    assert (answer.status_code, by_hand.state) == (422, Post.State.SUBMITTED)
    assert "Lain." not in {post.caption for post in two.posts.all()}


def test_a_message_keeps_one_channel(author: User, two: Message) -> None:
    said = form_of(two, author) | {f"off_{post.channel_id}": "on" for post in two.posts.all()}

    answer = as_(author).post(page_of(two), said)

    assert answer.status_code == 422
    assert {post.state for post in two.posts.all()} == {"draft"}


def _picture(post: Post, position: int) -> int:
    return post.draft_media.get(position=position).pk


def test_times_that_nobody_touched_stay_each_posts_own(author: User, two: Message) -> None:
    first, second = two.posts.order_by("channel__name", "pk")
    later = second.send_at + timedelta(hours=3)
    desk.move(second, by=author, send_at=later)

    as_(author).post(page_of(two), {**form_of(two, author), "caption": "Kata baru."})

    second.refresh_from_db()
    assert (second.caption, second.send_at) == ("Kata baru.", later)


def test_a_channel_may_have_a_time_of_its_own_and_the_others_keep_the_shared_one(
    author: User,
) -> None:
    site, by_hand = ChannelFactory(slug="situs"), ByHandChannelFactory(slug="wa")
    own = (timezone.localtime() + timedelta(hours=5)).replace(second=0, microsecond=0)
    said = {"channels": [site.pk, by_hand.pk], "caption": "Pasar pagi.", **times()}

    as_(author).post(NEW, said | {f"at_{by_hand.pk}": own.strftime(MINUTE)})

    message = Message.objects.get()
    shared = timezone.localtime(on(message, site).send_at)
    assert (shared.strftime(MINUTE), on(message, by_hand).send_at) == (said["send_at"], own)
    form = as_(author).get(page_of(message)).context["form"]
    assert form[f"at_{by_hand.pk}"].value() == own.replace(tzinfo=None)
    assert form[f"at_{site.pk}"].value() is None


def test_the_shared_time_moves_those_that_have_no_time_of_their_own(
    author: User, two: Message
) -> None:
    site, by_hand = two.posts.order_by("channel__slug")
    own = by_hand.send_at + timedelta(hours=3)
    desk.move(by_hand, by=author, send_at=own)
    said = form_of(two, author) | {"send_at": times(send_at=timedelta(hours=6))["send_at"]}

    as_(author).post(page_of(two), said)

    moved = timezone.localtime(on(two, site.channel).send_at).strftime(MINUTE)
    assert (moved, on(two, by_hand.channel).send_at) == (said["send_at"], own)
    as_(author).post(page_of(two), form_of(two, author) | {f"at_{by_hand.channel_id}": ""})
    assert on(two, by_hand.channel).send_at == on(two, site.channel).send_at


@pytest.mark.parametrize(
    ("own", "told"),
    [(timedelta(days=9), "di dalam jendela"), (timedelta(days=-1), "sudah lewat")],
    ids=str,
)
def test_a_time_of_its_own_lies_ahead_and_inside_the_window(
    author: User, two: Message, own: timedelta, told: str
) -> None:
    channel = two.posts.order_by("channel__slug")[1].channel
    window = {"window_from": times(window_from=timedelta(days=-3))["window_from"]}
    said = form_of(two, author) | window

    answer = as_(author).post(page_of(two), said | {f"at_{channel.pk}": times(own=own)["own"]})

    assert answer.status_code == 422
    assert told in str(answer.context["form"].errors[f"at_{channel.pk}"])
    assert {post.version for post in two.posts.all()} == {1}


def test_free_slots_of_each_channel_are_offered_where_its_time_is_chosen(
    author: User, two: Message
) -> None:
    site, by_hand = two.posts.order_by("channel__slug")
    slot = timezone.localtime(site.window_until) - timedelta(hours=1)
    site.channel.slots.create(weekday=slot.weekday(), at=slot.time().replace(second=0))

    blocks = {one["channel"]: one for one in as_(author).get(page_of(two)).context["blocks"]}
    post_page = reverse("social_desk:post", kwargs={"public_id": site.public_id})
    offered = as_(author).get(post_page).context["slots"]

    assert [timezone.localtime(one).strftime(MINUTE) for one in offered] == [slot.strftime(MINUTE)]
    assert (blocks[site.channel]["slots"], blocks[by_hand.channel]["slots"]) == (offered, [])


@pytest.mark.parametrize("name", ["send_at", "window_until"])
def test_a_schedule_in_the_past_is_refused_in_words(author: User, name: str) -> None:
    channel = ChannelFactory()
    past = {"window_from": timedelta(days=-3), name: timedelta(days=-1)}
    if name == "window_until":
        past["send_at"] = timedelta(days=-2)
    said = {"channels": [channel.pk], "caption": "Terlambat", **times(**past)}

    answer = as_(author).post(NEW, said)

    assert answer.status_code == 422
    assert "sudah lewat" in str(answer.context["form"].errors[name])
    assert not Message.objects.exists()


def test_an_edit_of_an_older_version_is_refused_as_a_whole(author: User, two: Message) -> None:
    said = form_of(two, author)
    as_(author).post(page_of(two), {**said, "caption": "Yang pertama."})

    answer = as_(author).post(page_of(two), {**said, "caption": "Yang kedua."})

    assert answer.status_code == 422
    assert {post.caption for post in two.posts.all()} == {"Yang pertama."}


def test_what_is_out_already_is_not_changed(author: User, approver: User) -> None:
    post = published(author, approver)

    page = as_(author).get(page_of(post.message))
    as_(author).post(page_of(post.message), {"caption": "Terlambat"})

    assert page.context["form"] is None
    assert Post.objects.get(pk=post.pk).caption == post.caption


def test_all_of_a_message_is_submitted_and_what_is_not_ready_is_named(
    author: User, two: Message
) -> None:
    site, by_hand = two.posts.order_by("channel__slug")
    said = form_of(two, author) | {f"own_{by_hand.channel_id}": "x" * 5_001}

    answer = as_(author).post(page_of(two), {**said, "then": "submit"}, follow=True)

    assert Post.objects.get(pk=site.pk).state == Post.State.SUBMITTED
    assert Post.objects.get(pk=by_hand.pk).state == Post.State.DRAFT
    assert by_hand.channel.name in answer.content.decode()


def test_each_channel_counts_in_its_own_way_while_one_types(author: User) -> None:
    ChannelFactory(platform="x", slug="x")
    site = ChannelFactory(slug="situs")
    said = {
        "caption": "Halo 🎉",
        f"own_{site.pk}": "Sebelas huruf",
        "link": "https://contoh.id/halaman/yang/sangat/panjang/sekali/",
        "look": ["x", "situs"],
    }

    looks = {c.slug: look for c, look in as_(author).post(LOOKS, said).context["looks"]}

    assert (looks["x"].length, looks["x"].most) == (len("Halo ") + 2 + 2 + 23, 280)
    assert looks["situs"].length == len("Sebelas huruf")
    assert not Post.objects.exists()


def test_telegram_takes_less_below_pictures(author: User) -> None:
    channel = ChannelFactory(platform="telegram")

    assert look_of(written(author, channel=channel)).most == 4_096
    assert look_of(written(author, channel=channel, media=[a_picture()])).most == 1_024


def test_typing_changes_no_saved_post(author: User, two: Message) -> None:
    said = {"message": str(two.public_id), "caption": "x" * 6_000, "look": ["situs"]}

    ((_channel, look),) = as_(author).post(LOOKS, said).context["looks"]

    assert look.is_too_long
    assert look.problems
    assert {post.version for post in two.posts.all()} == {1}


def test_a_preview_runs_nothing_that_was_typed(author: User) -> None:
    ChannelFactory(slug="situs")
    said = {"caption": "<script>alert(1)</script> #Malang<b>", "look": ["situs"]}

    page = as_(author).post(LOOKS, said).content.decode()

    assert "<script>" not in page
    assert '<b class="desk-mark">#Malang</b>&lt;b&gt;' in page


def test_long_words_fold_where_the_platform_folds_them(author: User) -> None:
    channel = ChannelFactory(platform="instagram")
    look = look_of(written(author, channel=channel, caption="kata " * 60, link=""))

    assert len(look.words) <= 125
    assert look.words + look.folded == ("kata " * 60).strip()


def test_a_story_is_looked_at_without_the_words_that_it_does_not_show(author: User) -> None:
    channel = ChannelFactory(platform=INSTAGRAM, format=STORY)
    look = look_of(written(author, channel=channel, caption="Soto", media=[a_picture()]))

    assert (look.words, look.has_words, look.layout) == ("", False, "story")


def test_the_same_words_or_picture_on_a_channel_lately_are_warned_of(
    author: User, approver: User, settings: Any
) -> None:
    channel = ChannelFactory()
    once = approved(author, approver, channel=channel, media=[a_picture()])
    again = written(author, channel=channel, media=[a_picture("Lain")], caption="Kata lain.")
    words = written(author, channel=channel, caption=once.caption)

    assert "gambar yang sama" in "".join(repeats_of(again))
    assert "kata-kata yang sama" in "".join(repeats_of(words))
    assert repeats_of(written(author, caption=once.caption, media=[a_picture()])) == []
    settings.REPEAT_WARNING_DAYS = 0
    assert repeats_of(words) == []


def test_a_draft_that_was_never_submitted_is_no_repeat(author: User) -> None:
    channel = ChannelFactory()
    written(author, channel=channel)

    assert repeats_of(written(author, channel=channel)) == []


def encoded(mode: str, kind: str, size: tuple[int, int] = (60, 40), **said: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **said)
    return out.getvalue()


def test_what_is_done_to_a_picture_is_said(author: User) -> None:
    channel = ChannelFactory()
    said = {"channels": [channel.pk], "caption": "Lihat", **times()}
    png = upload("poster.png", encoded("RGBA", "PNG", (2_500, 40)))

    page = as_(author).post(NEW, {**said, "new_pictures": [png]}, follow=True).content.decode()

    for words in ("poster.png: disimpan sebagai JPEG", "putih di bagian", "2048 piksel"):
        assert words in page
    assert what_changes(picture()) == []


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)

    with pytest.raises(BadPicture):
        read_picture(out.getvalue())


@pytest.mark.parametrize(
    ("link", "tagged"),
    [
        ("https://a.example", "https://a.example?utm_source=x&utm_medium=social&utm_campaign=kopi"),
        (
            "https://a.example/?b=%20&utm_source=lama#c",
            "https://a.example/?b=+&utm_source=x&utm_medium=social&utm_campaign=kopi#c",
        ),
    ],
)
def test_a_link_says_which_channel_it_stands_on_once(link: str, tagged: str) -> None:
    assert with_campaign(link, channel="x", campaign="Kopi") == tagged
    assert with_campaign(tagged, channel="x", campaign="Kopi") == tagged
    assert campaign_in(tagged) == "kopi"
    assert campaign_in(without_campaign(tagged)) is None


def test_the_link_that_is_signed_is_the_one_that_names_the_channel(author: User) -> None:
    channel = ChannelFactory(slug="situs")
    said = {"channels": [channel.pk], "caption": "Lihat", "link": "https://a.example/", **times()}
    as_(author).post(NEW, {**said, "with_campaign": "on"})
    post = Post.objects.get()
    before = approval.digest(post)

    plain = form_of(post.message, author)
    del plain["with_campaign"]
    as_(author).post(page_of(post.message), plain)

    post.refresh_from_db()
    assert post.link == "https://a.example/"
    assert approval.digest(post) != before


def test_an_edit_keeps_what_the_link_says_it_is_about(author: User, two: Message) -> None:
    link = with_campaign("https://a.example/", channel="situs", campaign="Sarapan")
    post = on(two, Channel.objects.get(slug="situs"))
    Post.objects.filter(pk=post.pk).update(link=link, version=2)

    as_(author).post(page_of(two), {**form_of(two, author), "caption": "Kata baru."})

    post.refresh_from_db()
    assert (post.caption, post.link) == ("Kata baru.", link)


def test_a_hashtag_group_holds_hashtags_only() -> None:
    group = HashtagGroup(name="Kota", tags="  #Malang   #UMKM ")
    group.clean()
    assert group.tags == "#Malang #UMKM"

    with pytest.raises(ValidationError):
        HashtagGroup(name="Kota", tags="#Malang UMKM #1").full_clean()


def test_the_pages_of_writing_are_for_who_writes(approver: User, two: Message) -> None:
    for address in (page_of(two), LOOKS, NEW):
        answer = as_(approver).post(address, {"look": ["situs"]})
        assert answer["Location"] == reverse("wagtailadmin_home")


def test_a_draft_needs_its_own_times_in_its_window(author: User, two: Message) -> None:
    said = form_of(two, author) | {"send_at": times(send_at=timedelta(days=9))["send_at"]}

    answer = as_(author).post(page_of(two), said)

    assert answer.status_code == 422
    assert "send_at" in answer.context["form"].errors


@pytest.mark.django_db(transaction=True)
def test_the_count_follows_what_is_typed(page: Page, live_server: LiveServer, author: User) -> None:
    ChannelFactory(name="Situs", slug="situs").slots.create(weekday=0, at=time(8, 15))
    HashtagGroup.objects.create(name="Kota", tags="#Malang #UMKM")
    key = as_(author).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(live_server.url + NEW)
    page.get_by_role("checkbox", name="Situs").check()

    page.locator("[name=caption]").fill("Halo")
    expect(page.locator(".desk-length")).to_contain_text("4 dari")
    page.locator("[data-tags]").click()

    expect(page.locator("[name=caption]")).to_have_value("Halo\n\n#Malang #UMKM")
    expect(page.locator(".desk-length")).to_contain_text("19 dari")
    page.get_by_text("Waktu khusus untuk saluran ini").click()
    page.locator("[data-slot]").first.click()
    slot = page.locator("[data-slot]").first.get_attribute("data-slot") or ""
    expect(page.locator("[name^=at_]")).to_have_value(slot)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.django_db(transaction=True)
def test_a_picture_moves_up_by_the_keyboard_and_keeps_the_focus(
    page: Page, live_server: LiveServer, author: User, two: Message
) -> None:
    key = as_(author).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(live_server.url + page_of(two))
    second = page.locator("[data-picture]").nth(1)

    second.locator("[data-order=up]").press("Enter")

    moved = page.locator("[data-picture]").first
    expect(moved.locator("[name^=alt_]")).to_have_value("Warung")
    expect(moved.locator("[data-order=down]")).to_be_focused()
    expect(page.locator("[data-order-say]")).to_have_text("Gambar 1 dari 2")
    box = moved.locator("[data-order=down]").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.get_by_role("button", name="Simpan konsep").click()
    page.wait_for_url("**")
    site = on(two, Channel.objects.get(slug="situs"))
    assert [one.alt for one in site.draft_media.order_by("position")] == ["Warung", "Tahu"]


def test_a_channel_that_nobody_has_connected_is_not_offered(author: User) -> None:
    site, _telegram = ChannelFactory(), ChannelFactory(platform=TELEGRAM)

    offered = as_(author).get(NEW).context["form"].fields["channels"].queryset

    assert list(offered) == [site]


def test_a_post_on_a_channel_that_is_not_connected_is_not_handed_over(author: User) -> None:
    post = written(author, channel=ChannelFactory(platform=TELEGRAM))

    with pytest.raises(PostNotReady) as refused:
        approval.submit(post, by=author)

    assert "channel" in refused.value.fields
