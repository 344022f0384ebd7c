"""How notices reach people: by mail, and in a chat or at a webhook where the city has one.

A failure is tried again, ever more seldom, and is nobody's problem but the delivery's. Dead
between sending and writing so, it is sent a second time: better twice than not at all.
"""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import outbound
from core.webhooks import sign
from social.channels import http
from social.models import Notice, NoticeDelivery

logger = logging.getLogger(__name__)

Way = NoticeDelivery.Way

PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 720, 1_440))
"""How long until the next try; after the last one nobody tries any more."""
LEASE = timedelta(minutes=5)  # longer than a task may run: CELERY_TASK_TIME_LIMIT is 150 s
MOST_AT_ONCE = 50
MOST_ADDRESSEES = 200
KEPT_FOR = timedelta(days=90)


class NotTaken(Exception):
    """The chat or the webhook answered that it does not take it."""

    reason = "not-taken"


def due() -> list[tuple[str, int | None]]:
    """Who has something due: ways, with a person's key for mail."""
    rows = _to_deliver().order_by("way", "person_id").values_list("way", "person_id")
    return list(rows.distinct()[:MOST_ADDRESSEES])


def deliver(way: str, person_id: int | None) -> None:
    """Bring one addressee all that is due, as one mail or one message."""
    deliveries = _claim(way, person_id)
    if not deliveries:
        return
    try:
        _send(deliveries)
    except Exception as error:  # a mail server has many ways to fail, and none may stop the desk
        reason = getattr(error, "reason", "") or type(error).__name__
        logger.warning("notices not delivered", extra={"way": way, "reason": reason})
        _postpone(deliveries, reason=reason)
    else:
        _done(deliveries)


def forget_settled() -> None:
    """Delete what was settled longer ago than KEPT_FOR, with its deliveries."""
    Notice.objects.filter(settled_at__lt=timezone.now() - KEPT_FOR).delete()


def _to_deliver() -> QuerySet[NoticeDelivery]:
    """Open deliveries whose time has come; of what is settled by now nobody need be told."""
    reachable = Q(person=None) | Q(person__is_active=True)
    return NoticeDelivery.objects.filter(
        reachable, done_at=None, next_at__lte=timezone.now(), notice__settled_at=None
    )


@transaction.atomic(durable=True)
def _claim(way: str, person_id: int | None) -> list[NoticeDelivery]:
    """Take what is due for one addressee, so that another worker finds nothing."""
    rows = _to_deliver().filter(way=way, person_id=person_id).select_related("notice", "person")
    # of a webhook's deliveries each is a request of its own, and fails on its own
    most = 1 if way == Way.WEBHOOK else MOST_AT_ONCE
    locked = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    deliveries = list(locked[:most])
    for one in deliveries:
        one.attempts += 1
        one.next_at = timezone.now() + LEASE
    NoticeDelivery.objects.bulk_update(deliveries, ["attempts", "next_at"])
    return deliveries


def _send(deliveries: Sequence[NoticeDelivery]) -> None:
    notices = [one.notice for one in deliveries]
    with translation.override(settings.LANGUAGE_CODE):
        match deliveries[0].way:
            case Way.MAIL:
                _mail(deliveries[0], notices)
            case Way.TELEGRAM:
                _chat(notices)
            case Way.WEBHOOK:
                _call(deliveries[0])


def _mail(delivery: NoticeDelivery, notices: Sequence[Notice]) -> None:
    if delivery.person is None or not delivery.person.email:
        return
    subject = notices[0].get_kind_display()
    if len(notices) > 1:
        subject = ngettext("%(count)d notice", "%(count)d notices", len(notices)) % {
            "count": len(notices)
        }
    send_mail(
        _("Social media: %(subject)s") % {"subject": subject},
        _text(notices),
        None,
        [delivery.person.email],
    )


def _chat(notices: Sequence[Notice]) -> None:
    reply = http.ask(
        "POST",
        f"{settings.TELEGRAM_URL}/bot{settings.NOTICE_TELEGRAM_TOKEN}/sendMessage",
        form={"chat_id": settings.NOTICE_TELEGRAM_CHAT, "text": _text(notices)[:4_000]},
    )
    if not reply.ok:
        raise NotTaken


def _call(delivery: NoticeDelivery) -> None:
    """One signed request; the same id each time, by which the receiver knows a repeat."""
    notice = delivery.notice
    document = {
        "type": "desk.notice",
        "timestamp": notice.opened_at.isoformat(),
        "data": {
            "kind": notice.kind,
            "subject": notice.subject,
            "words": notice.words,
            "url": _address(notice),
        },
    }
    body = json.dumps(document, ensure_ascii=False)
    name = f"notice-{notice.pk}"
    keys = [settings.NOTICE_WEBHOOK_SECRET]
    headers = sign(name, body, keys=keys, at=timezone.now())
    answer = outbound.post(settings.NOTICE_WEBHOOK_URL, body=body.encode(), headers=headers)
    if not 200 <= answer.status < 300:
        raise NotTaken


def _text(notices: Sequence[Notice]) -> str:
    return "\n\n".join(
        "\n".join(part for part in (one.get_kind_display(), one.words, _address(one)) if part)
        for one in notices
    )


def _address(notice: Notice) -> str:
    return settings.BASE_URL.rstrip("/") + notice.url if notice.url else ""


def _done(deliveries: Sequence[NoticeDelivery]) -> None:
    keys = [one.pk for one in deliveries]
    NoticeDelivery.objects.filter(pk__in=keys).update(done_at=timezone.now(), reason="")


def _postpone(deliveries: Sequence[NoticeDelivery], *, reason: str) -> None:
    now = timezone.now()
    for one in deliveries:
        one.reason = reason[:100]
        if one.attempts > len(PAUSES):
            one.done_at = now
        else:
            one.next_at = now + PAUSES[one.attempts - 1]
    NoticeDelivery.objects.bulk_update(deliveries, ["reason", "done_at", "next_at"])
