"""A desk in the middle of its day: posts in every corner, for looking at its pages."""

from dataclasses import dataclass, replace
from datetime import time, timedelta

from django.utils import timezone

from accounts.models import User
from social import approval, pace
from social.channels.instagram import INSTAGRAM
from social.channels.telegram import TELEGRAM
from social.credentials import keep_credentials
from social.messages import compose_message, draft_of, edit_post
from social.models import Channel, HashtagGroup, Message, Post, WeeklySlot
from tests.social.factories import (
    APPROVES,
    MANAGES,
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

WORDS = (
    "Sarapan tahu campur di Klojen: tujuh warung buka sebelum pukul enam, semuanya bisa "
    "dicapai dengan jalan kaki dari alun-alun.\n\n#Malang #UMKM"
)


@dataclass(frozen=True)
class Desk:
    """What the pages are about."""

    anyone: User
    strict: Channel
    site: Channel
    changed: Post
    message: Message
    planned: Post


def lay_desk(author: User, approver: User) -> Desk:
    """Channels with a pace, a message being written, and a post that came back changed."""
    anyone = person("serba-bisa", SEES, WRITES, APPROVES, MANAGES, is_staff=True)
    site = ChannelFactory(name="Situs Kota", slug="situs")
    strict = ChannelFactory(name="Instagram Kota Malang", slug="ig", platform=INSTAGRAM)
    keep_credentials(strict, {"ig_id": "17841400000000000", "access_token": "rahasia-rahasia"})
    ChannelFactory(name="Telegram Kota", slug="tg", platform=TELEGRAM)
    strict.signers_needed = 2
    strict.save(update_fields=["signers_needed"])
    for channel in (site, strict):
        WeeklySlot.objects.bulk_create(
            WeeklySlot(channel=channel, weekday=day, at=time(hour, 15))
            for day in range(7)
            for hour in (8, 16)
        )
    today = timezone.localdate()
    pace.add_holiday(name="Hari jadi kota", first=today, last=today, by=anyone)
    pace.add_quiet_time(
        name="Salat Jumat", weekday=4, begins=time(11, 30), ends=time(13), by=anyone
    )
    HashtagGroup.objects.create(name="Kota", tags="#Malang #UMKM")
    published(author, approver, channel=site, media=[a_picture()])
    return Desk(
        anyone=anyone,
        strict=strict,
        site=site,
        changed=_changed(author, approver, strict),
        message=_being_written(author, [site, strict]),
        planned=_planned(author, approver, site),
    )


def _changed(author: User, approver: User, channel: Channel) -> Post:
    """Sent back, written anew, handed in again, signed by one of two."""
    post = submitted(author, channel=channel, caption=WORDS, media=[a_picture()])
    approval.request_changes(post, by=approver, reason="Sebutkan jam bukanya, dan ganti gambarnya.")
    post.refresh_from_db()
    draft = replace(
        draft_of(post),
        caption=WORDS.replace("tujuh warung buka sebelum", "delapan warung buka mulai"),
        link="https://contoh.example/umkm/tahu-campur/?utm_source=ig&utm_medium=social",
        media=[a_picture("Semangkuk tahu campur dengan kuah petis", colour="orange")],
        window_until=post.window_until + timedelta(days=2),
    )
    post = approval.submit(edit_post(post, by=author, version=post.version, draft=draft), by=author)
    other = person("penyetuju-kedua", SEES, APPROVES, is_staff=True)
    approval.approve(post, by=other, seen=approval.digest(post))
    return Post.objects.get(pk=post.pk)


def _being_written(author: User, channels: list[Channel]) -> Message:
    ahead = timezone.now() + timedelta(hours=3)
    pictures = [a_picture("Tahu"), a_picture("Warung", colour="brown"), a_picture("", width=900)]
    drafts = [a_draft(one, caption=WORDS, send_at=ahead, media=pictures) for one in channels]
    return compose_message(author=author, source="Sarapan", source_ref="", drafts=drafts)


def _planned(author: User, approver: User, channel: Channel) -> Post:
    """Signed for a Monday, in a window that ends on the Tuesday."""
    now = timezone.localtime()
    monday = now + timedelta(days=7 - now.weekday())
    send_at = monday.replace(hour=9, minute=0, second=0, microsecond=0)
    written(author, channel=channel, caption="Kopi dari lereng Kawi.", send_at=timezone.now())
    return approved(
        author,
        approver,
        channel=channel,
        caption="Pasar Minggu pagi di Ijen: empat puluh UMKM, dari jamu sampai tas rajut.",
        window_from=send_at - timedelta(days=7),
        window_until=send_at + timedelta(days=1, hours=3),
        send_at=send_at,
    )
