"""A video of a message: read, kept once, signed, sent only as signed, and forgotten in time."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from social import approval, comparing
from social.channels import ADAPTERS, Call, Outcome, Published, VideoLimits
from social.composing import say_again
from social.errors import BadVideo, VideoAltered, VideoForgotten
from social.messages import DraftVideo, add_post, draft_of, edit_post
from social.models import Message, Post, Video, VideoPart
from social.models.videos import PART
from social.mp4 import Facts, read_facts
from social.repeats import repeats_of
from social.serving import part_asked
from social.videos import forget_videos, keep_video
from tests.social.factories import (
    SCRIPTED,
    ByHandChannelFactory,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    a_picture,
    approved,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "videos"
UPRIGHT = (FILES / "tegak.mp4").read_bytes()
LENGTH_AT = UPRIGHT.index(b"mvhd") + 20
COMPOSE = reverse("social_desk:compose")
MINUTE = "%Y-%m-%dT%H:%M"


def kept(content: bytes = UPRIGHT, *, name: str = "tahu.mp4") -> Video:
    return keep_video(ContentFile(content, name), filename=name)


def a_video(alt: str = "Tahu digoreng, tanpa suara") -> DraftVideo:
    return DraftVideo(kept(), alt)


def longer(content: bytes) -> bytes:
    """The same video with more than a part of free space behind it."""
    return content + (PART + 8).to_bytes(4, "big") + b"free" + bytes(PART)


def facts(content: bytes) -> Facts:
    return read_facts(BytesIO(content), size=len(content))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def forget_in_a_thread() -> None:
    try:
        forget_videos()
    finally:
        connection.close()


def wait_until_somebody_waits_for_a_lock() -> None:
    until = monotonic() + 5
    with connection.cursor() as cursor:
        while monotonic() < until:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
            if cursor.rowcount:
                return
            sleep(0.01)
    raise AssertionError


class PlatformToCome(ScriptedPlatform):
    """One that shows videos and takes them in pieces, as TikTok and YouTube do."""

    capabilities = replace(
        ScriptedPlatform.capabilities,
        video=VideoLimits(
            most_bytes=1_500_000,
            least_seconds=1,
            most_seconds=60,
            narrowest=Fraction(9, 16),
            widest=Fraction(1),
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self.received = b""

    def publish(self, post: Post, call: Call) -> Outcome:
        assert post.video is not None
        pieces = post.video.verified()
        call.leave()
        self.received = b"".join(pieces)
        return Published(remote_ids={"id": "1"})


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> PlatformToCome:
    to_come = PlatformToCome()
    monkeypatch.setitem(ADAPTERS, SCRIPTED, to_come)
    return to_come


# --- Reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tegak", Facts(width=180, height=320, milliseconds=2_000)),
        ("awal", Facts(width=320, height=180, milliseconds=2_000)),
    ],
)
def test_size_and_length_are_read_wherever_the_headers_stand(name: str, said: Facts) -> None:
    assert facts((FILES / f"{name}.mp4").read_bytes()) == said


def test_a_phone_held_upright_writes_a_wide_video_that_is_shown_turned() -> None:
    wide = (FILES / "awal.mp4").read_bytes()
    one, none = (0x10000).to_bytes(4, "big"), bytes(4)
    upright = one + none * 3 + one
    turned = none + one + none + (-0x10000).to_bytes(4, "big", signed=True) + none
    track = wide.index(b"tkhd")
    at = wide.index(upright, track)

    said = facts(wide[:at] + turned + wide[at + len(upright) :])

    assert (said.width, said.height) == (180, 320)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        UPRIGHT[8:],
        (FILES / "terpotong.mp4").read_bytes(),
        (FILES / "mpeg4.mp4").read_bytes(),
        UPRIGHT.replace(b"moov", b"free"),
        UPRIGHT.replace(b"vide", b"soun"),
        UPRIGHT[:LENGTH_AT] + b"\xff" * 4 + UPRIGHT[LENGTH_AT + 4 :],
    ],
    ids=[
        "nothing",
        "gif",
        "no-ftyp",
        "for-streaming",
        "old-codec",
        "no-moov",
        "sound-only",
        "length-unknown",
    ],
)
def test_what_no_platform_takes_is_refused_and_nothing_is_kept(content: bytes) -> None:
    with pytest.raises(BadVideo):
        kept(content)

    assert not Video.objects.exists()


@given(end=st.integers(0, len(UPRIGHT)), at=st.integers(0, 4_000), said=st.binary(max_size=12))
def test_a_broken_file_is_read_or_refused_and_never_an_error(
    end: int, at: int, said: bytes
) -> None:
    content = (UPRIGHT[:at] + said + UPRIGHT[at + len(said) :])[:end]
    try:
        read = facts(content)
    except BadVideo:
        return
    assert read.width
    assert read.height
    assert read.milliseconds


def test_a_video_that_is_too_large_is_refused_before_it_is_read(settings: Any) -> None:
    settings.VIDEO_MEGABYTES = 1

    with pytest.raises(BadVideo) as refused:
        kept(longer(UPRIGHT))

    assert "1 MB" in str(refused.value.detail)
    assert not VideoPart.objects.exists()


# --- Keeping -------------------------------------------------------------------------------------


def test_the_same_file_is_kept_once_and_comes_out_as_it_went_in() -> None:
    content = longer(UPRIGHT)

    first, second = kept(content), kept(content, name="lain.mp4")

    assert first == second
    assert VideoPart.objects.count() == 2
    assert b"".join(first.verified()) == content
    assert b"".join(first.bytes_between(PART - 3, PART + 2)) == content[PART - 3 : PART + 2]


def test_what_a_kept_video_says_never_changes() -> None:
    video = kept()

    for change in ({"sha256": "0" * 64}, {"width": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Video.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        video.parts.update(content=b"lain")


def test_the_bytes_go_ninety_days_after_the_last_window_and_the_hash_stays(
    author: User, approver: User
) -> None:
    channel = ByHandChannelFactory()
    post = approved(author, approver, channel=channel, video=a_video())
    video, digest = post.video, approval.digest(post)
    assert video is not None

    with time_machine.travel(post.window_until + timedelta(days=89)):
        assert forget_videos() == 0
    with time_machine.travel(post.window_until + timedelta(days=91)):
        assert forget_videos() == 1
        assert forget_videos() == 0

    video.refresh_from_db()
    assert approval.digest(Post.objects.get(pk=post.pk)) == digest
    with pytest.raises(VideoForgotten):
        video.verified()
    assert (
        client_of(author).get(reverse("social_desk:video", args=[video.public_id])).status_code
        == 404
    )
    again = written(author, channel=channel, video=DraftVideo(video, "Tahu"))
    assert "video" in approval.problems_of(again)
    assert kept() == video
    assert b"".join(Video.objects.get().verified()) == UPRIGHT


def test_a_video_that_no_post_shows_goes_after_a_day() -> None:
    kept()

    assert forget_videos() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert forget_videos() == 1

    assert not Video.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_video_that_a_post_takes_up_at_this_very_moment_is_not_forgotten(author: User) -> None:
    kept()
    channel, forgotten = ByHandChannelFactory(), Thread(target=forget_in_a_thread)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        with transaction.atomic():
            video = a_video()  # handed in again: it stays locked until the post is there
            forgotten.start()
            wait_until_somebody_waits_for_a_lock()
            post = written(author, channel=channel, video=video)
        forgotten.join()

    assert post.video is not None
    assert b"".join(post.video.verified()) == UPRIGHT


def test_a_message_that_is_refused_leaves_no_video_behind(author: User) -> None:
    by_hand = ByHandChannelFactory()
    broken = SimpleUploadedFile("foto.jpg", b"bukan gambar", "image/jpeg")
    said = typed(channels=[by_hand.pk], new_video=upload(), new_pictures=broken)

    assert client_of(author).post(COMPOSE, said).status_code == 422

    assert not Video.objects.exists()


def test_an_edit_that_is_refused_leaves_no_video_behind(author: User) -> None:
    post, by_hand = written(author, channel=ChannelFactory()), ByHandChannelFactory()
    broken = SimpleUploadedFile("foto.jpg", b"bukan gambar", "image/jpeg")
    said = typed(added_channels=[by_hand.pk], new_video=upload(), new_pictures=broken)
    page = reverse("social_desk:message", args=[post.message.public_id])

    answer = client_of(author).post(page, {**said, f"version_{post.channel_id}": post.version})

    assert answer.status_code == 422
    assert not Video.objects.exists()


# --- What a channel takes ------------------------------------------------------------------------


def test_a_platform_to_come_gets_the_very_bytes_that_were_signed(
    author: User, approver: User, platform: PlatformToCome
) -> None:
    content = longer(UPRIGHT)
    video = DraftVideo(kept(content), "Tahu digoreng")

    post = published(author, approver, channel=ScriptedChannelFactory(), video=video)

    assert post.state == Post.State.PUBLISHED
    assert platform.received == content


def test_not_a_byte_leaves_of_a_video_that_was_altered(
    author: User, approver: User, platform: PlatformToCome
) -> None:
    post = approved(author, approver, channel=ScriptedChannelFactory(), video=a_video())
    VideoPart.objects.all().delete()
    VideoPart.objects.create(video=post.video, position=0, content=UPRIGHT[::-1])

    assert post.video is not None
    with pytest.raises(VideoAltered):
        post.video.verified()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"most_bytes": 1_000}, "0 MB"),
        ({"most_seconds": 1.5}, "1.5"),
        ({"least_seconds": 3}, "3"),
        ({"narrowest": Fraction(1)}, "bentuk"),
        ({"widest": Fraction(1, 2)}, "bentuk"),
        ({}, None),
    ],
)
def test_what_a_platform_would_refuse_is_found_before_anybody_signs(
    author: User, platform: PlatformToCome, change: dict[str, Any], said: str | None
) -> None:
    limits = replace(PlatformToCome.capabilities.video, **change)  # type: ignore[type-var]
    platform.capabilities = replace(platform.capabilities, video=limits)  # type: ignore[misc]

    found = approval.problems_of(
        written(author, channel=ScriptedChannelFactory(), video=a_video())
    ).get("video", [])

    assert len(found) == (said is not None)
    assert all(said in words for words in found if said)


def test_a_video_needs_words_and_stands_alone_where_the_platform_wants_it_so(
    author: User, platform: PlatformToCome
) -> None:
    channel = ScriptedChannelFactory()
    both = written(author, channel=channel, video=a_video(alt=" "), media=[a_picture()])
    site = written(author, channel=ChannelFactory(), video=a_video())
    by_hand = written(author, channel=ByHandChannelFactory(), video=a_video(), media=[a_picture()])

    assert len(approval.problems_of(both)["video"]) == 2
    assert len(approval.problems_of(site)["video"]) == 1
    assert approval.problems_of(by_hand) == {}


# --- Signing -------------------------------------------------------------------------------------


def test_the_certificate_covers_the_video_and_what_is_said_of_it(
    author: User, approver: User
) -> None:
    channel = ByHandChannelFactory()
    post = approved(author, approver, channel=channel, video=a_video())
    other = DraftVideo(kept((FILES / "awal.mp4").read_bytes()), post.video_alt)

    for change in ({"video": other.video}, {"video_alt": "Lain"}, {"video": None}):
        with pytest.raises(DatabaseError, match="newer draft"), transaction.atomic():
            Post.objects.filter(pk=post.pk).update(**change)
        changed = Post.objects.get(pk=post.pk)
        vars_of = {"video": post.video, "video_alt": post.video_alt, **change}
        changed.video, changed.video_alt = vars_of["video"], vars_of["video_alt"]
        assert approval.digest(changed) != approval.digest(post)
    assert approval.covers(Post.objects.get(pk=post.pk))


def test_whoever_looks_again_sees_that_the_video_is_another(author: User, approver: User) -> None:
    post = submitted(author, channel=ByHandChannelFactory(), video=a_video())
    approval.request_changes(post, by=approver, reason="Salah video")
    post.refresh_from_db()
    other = DraftVideo(kept((FILES / "awal.mp4").read_bytes(), name="baru.mp4"), "Pasar pagi")
    edited = edit_post(
        post, by=author, version=post.version, draft=replace(draft_of(post), video=other)
    )
    again = approval.submit(edited, by=author)

    changes = comparing.to_look_at(again)
    page = client_of(approver).get(reverse("social_desk:post", args=[again.public_id]))

    assert changes is not None
    assert changes.video_changed
    assert not changes.words_changed
    assert re.search(r"<del>\s*tahu\.mp4.*</del>\s*<ins>\s*baru\.mp4", page.content.decode())


def test_the_same_video_lately_on_the_channel_is_warned_of(author: User) -> None:
    channel = ByHandChannelFactory()
    submitted(author, channel=channel, caption="Satu", video=a_video())

    assert len(repeats_of(written(author, channel=channel, caption="Dua", video=a_video()))) == 1
    assert repeats_of(written(author, caption="Tiga")) == []


# --- At the desk ---------------------------------------------------------------------------------


def typed(**said: Any) -> dict[str, Any]:
    now = timezone.localtime()
    times = {"window_from": 0, "window_until": 48, "send_at": 1}
    moments = {name: (now + timedelta(hours=at)).strftime(MINUTE) for name, at in times.items()}
    return {"caption": "Tahu campur", "link": "", **moments, **said}


def as_it_stands(*posts: Post) -> dict[str, Any]:
    """The form of a message that nobody has touched."""
    times = {
        name: timezone.localtime(getattr(posts[0], name)).strftime(MINUTE)
        for name in ("window_from", "window_until", "send_at")
    }
    versions = {f"version_{post.channel_id}": post.version for post in posts}
    return {"caption": "Tahu", "video_alt": posts[0].video_alt, **times, **versions}


def read_again(posts: list[Post]) -> list[Post]:
    return [Post.objects.get(pk=post.pk) for post in posts]


def upload(content: bytes = UPRIGHT, name: str = "tahu.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "video/mp4")


def test_a_video_is_offered_where_a_channel_takes_it_and_goes_to_those_alone(author: User) -> None:
    desk, site = client_of(author), ChannelFactory()
    assert "new_video" not in desk.get(COMPOSE).content.decode()
    by_hand = ByHandChannelFactory()
    said = typed(channels=[site.pk, by_hand.pk], new_video=upload(), video_alt="Tahu digoreng")

    desk.post(COMPOSE, said)

    on_site, by_a_person = (Post.objects.get(channel=one) for one in (site, by_hand))
    assert on_site.video is None
    assert by_a_person.video == Video.objects.get()
    assert by_a_person.video_alt == "Tahu digoreng"
    page = desk.get(reverse("social_desk:post", args=[by_a_person.public_id])).content.decode()
    assert reverse("social_desk:video", args=[Video.objects.get().public_id]) in page


def test_a_video_that_cannot_be_used_is_told_and_nothing_is_written(author: User) -> None:
    by_hand = ByHandChannelFactory()
    said = typed(channels=[by_hand.pk], new_video=upload(b"bukan video"), video_alt="Tahu")

    page = client_of(author).post(COMPOSE, said)

    assert page.status_code == 422
    assert "MP4" in page.content.decode()
    assert not Message.objects.exists()


def test_a_video_stays_is_described_anew_replaced_and_taken_out(author: User) -> None:
    post = written(author, channel=ByHandChannelFactory(), video=a_video(), caption="Tahu", link="")
    address = reverse("social_desk:message", args=[post.message.public_id])
    desk = client_of(author)

    def saved(**said: Any) -> Post:
        same = as_it_stands(Post.objects.get(pk=post.pk))
        assert desk.post(address, same | said).status_code == 302
        return Post.objects.get(pk=post.pk)

    assert saved().version == 1
    assert saved(video_alt="Tahu dan petis").video_alt == "Tahu dan petis"
    replaced = saved(new_video=upload((FILES / "awal.mp4").read_bytes()))
    assert replaced.video is not None
    assert replaced.video.width == 320
    assert saved(remove_video="on").video is None


def test_the_queue_tells_of_videos_loads_none_and_asks_no_more_for_many(
    author: User, approver: User, django_assert_num_queries: Any
) -> None:
    queue, desk = reverse("social_desk:queue"), client_of(approver)
    channel = ByHandChannelFactory()
    submitted(author, channel=channel, video=a_video(), media=[a_picture()])
    desk.get(queue)
    with CaptureQueriesContext(connection) as for_one:
        page = desk.get(queue).content.decode()
    for _each in range(3):
        submitted(author, channel=channel, video=a_video(), media=[a_picture()])

    with django_assert_num_queries(len(for_one)):
        desk.get(queue)

    assert "<span>Video</span>" in page
    assert 'preload="none"' in page
    assert 'preload="metadata"' not in page


def test_a_video_that_no_chosen_channel_takes_is_not_lost_in_silence(author: User) -> None:
    site, by_hand = ChannelFactory(), ByHandChannelFactory()
    desk, said = client_of(author), typed(channels=[site.pk], video_alt="Tahu")

    page = desk.post(COMPOSE, {**said, "new_video": upload()})

    assert page.status_code == 422
    assert "Tidak satu pun saluran yang dipilih menerima video." in page.content.decode()
    assert not Message.objects.exists()
    stands = written(author, channel=site, caption="Tahu", link="")
    address = reverse("social_desk:message", args=[stands.message.public_id])
    same = as_it_stands(stands) | {"video_alt": "Tahu"}
    assert desk.post(address, same | {"new_video": upload()}).status_code == 422
    assert desk.post(
        address, same | {"new_video": upload(), "added_channels": [by_hand.pk]}
    ).has_header("Location")
    assert Post.objects.get(channel=by_hand).video == Video.objects.get()
    assert Post.objects.get(channel=site).version == 1


def test_a_video_that_nobody_touched_stays_each_posts_own(author: User) -> None:
    other = DraftVideo(kept((FILES / "awal.mp4").read_bytes()), "Pasar pagi")
    first, second, third = (ByHandChannelFactory(name=name) for name in ("A", "B", "C"))
    post = written(author, channel=first, video=a_video(), caption="Tahu", link="")
    draft = draft_of(post)
    posts = [post] + [
        add_post(post.message, by=author, draft=replace(draft, channel=channel, video=video))
        for channel, video in ((second, other), (third, None))
    ]
    address = reverse("social_desk:message", args=[post.message.public_id])
    same = as_it_stands(*posts)

    assert client_of(author).post(address, same).status_code == 302
    assert [one.version for one in read_again(posts)] == [1, 1, 1]
    client_of(author).post(address, same | {"video_alt": "Tahu dan petis"})
    assert [one.video_alt for one in read_again(posts)] == ["Tahu dan petis", "Pasar pagi", ""]
    same = as_it_stands(*read_again(posts))
    client_of(author).post(address, same | {"new_video": upload()})
    assert {one.video for one in read_again(posts)} == {kept()}


def test_what_is_said_again_brings_its_video_whichever_post_was_written_last(
    author: User,
) -> None:
    by_hand, site, more = ByHandChannelFactory(), ChannelFactory(), ByHandChannelFactory()
    shown = written(author, channel=by_hand, video=a_video())
    message, draft = shown.message, draft_of(shown)
    last = add_post(message, by=author, draft=replace(draft, channel=site, video=None))
    times = {name: getattr(shown, name) for name in ("window_from", "window_until", "send_at")}

    [again] = say_again(message, on=[more], by=author, **times)

    assert last.video is None
    assert again.video == shown.video
    assert again.video_alt == shown.video_alt


# --- Its bytes for those who look ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-30", (70, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=20-10", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
        ("lines=0-1", (0, 100)),
    ],
)
def test_a_part_is_what_the_header_asks_for(asked: str, part: tuple[int, int] | None) -> None:
    assert part_asked(asked, 100) == part


def test_a_phone_gets_the_part_of_a_video_that_it_asks_for(author: User) -> None:
    content = longer(UPRIGHT)
    address = reverse("social_desk:video", args=[kept(content).public_id])
    desk = client_of(author)

    whole, part = desk.get(address), desk.get(address, headers={"Range": "bytes=999990-1000009"})

    assert (whole.status_code, b"".join(whole.streaming_content)) == (200, content)
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 999990-1000009/{len(content)}"
    assert b"".join(part.streaming_content) == content[999_990:1_000_010]
    nowhere = desk.get(address, headers={"Range": f"bytes={len(content)}-"})
    assert (nowhere.status_code, nowhere["Content-Range"]) == (416, f"bytes */{len(content)}")
    headers = desk.head(address, headers={"Range": "bytes=0-3"})
    assert (headers.status_code, headers["Content-Length"]) == (200, str(len(content)))


def test_whoever_takes_a_video_to_post_it_by_hand_gets_what_was_signed_or_nothing(
    author: User, approver: User
) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory(), video=a_video())
    VideoPart.objects.all().delete()
    VideoPart.objects.create(video=post.video, position=0, content=UPRIGHT[::-1])
    assert post.video is not None
    api = APIClient()
    api.force_authenticate(author)

    at_the_desk = client_of(author).get(reverse("social_desk:video", args=[post.video.public_id]))
    by_the_api = api.get(f"/api/v1/social/videos/{post.video.public_id}")

    assert (at_the_desk.status_code, by_the_api.status_code) == (409, 409)
    assert by_the_api.json()["type"].endswith("video-altered")


def test_who_signs_by_the_api_sees_the_picture_and_the_video(
    author: User, approver: User, django_user_model: type[User]
) -> None:
    channel = ByHandChannelFactory()
    post = submitted(author, channel=channel, video=a_video(), media=[a_picture()])
    api, stranger = APIClient(), APIClient()
    api.force_authenticate(approver)
    stranger.force_authenticate(django_user_model.objects.create_user("asn"))

    shown = api.get(f"/api/v1/social/posts/{post.public_id}").json()

    assert shown["video"].items() >= {"alt": post.video_alt, "seconds": 2.0}.items()
    for media, first in ((shown["pictures"][0], b"\xff\xd8\xff"), (shown["video"], UPRIGHT[:8])):
        path = media["url"].removeprefix("http://localhost:8000")
        answer = api.get(path)
        assert answer.status_code == 200
        assert b"".join(answer).startswith(first)
        assert answer["Cache-Control"] == "no-store"
        assert stranger.get(path).status_code == 403
        assert APIClient().get(path).status_code == 401
