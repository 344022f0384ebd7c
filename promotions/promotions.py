"""The rules of promotions: posts are made of them once, and pages and posts follow what is live."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from marketplace.models import Product, Umkm
from promotions import highlights
from promotions.captions import Caption, captions_of, channels_of
from promotions.errors import (
    NoChannelChosen,
    NothingPromoted,
    PromotionNotPublished,
    PromotionOver,
)
from promotions.models import Promotion, editors_of
from promotions.pictures import media_of
from social import approval
from social.messages import (
    DraftMedia,
    PostDraft,
    add_contributor,
    compose_message,
    hold_posts_of,
)
from social.models import Message

MORNING = time(9)
"""When a promotion that has not begun yet is first told of."""


@transaction.atomic
def make_posts(promotion: Promotion, *, by: User) -> Message:
    """Make one post per chosen channel and ask for approval; made before, that message again.

    Whoever edited the promotion is a contributor and signs none of them. Raises
    `PromotionNotPublished`, `PromotionOver`, `NoChannelChosen`, `NothingPromoted`,
    `PhotoNotAllowed`, and what the channels refuse (`PostNotReady`).
    """
    promotion = Promotion.objects.select_for_update(no_key=True).get(pk=promotion.pk)
    made = message_of(promotion)
    if made is not None:
        return made
    refuse_unless_ready(promotion)
    message = compose_message(
        author=by,
        contributors=editors_of(promotion),
        source=_("Promotion: %(title)s") % {"title": promotion.title},
        source_ref=str(promotion.public_id),
        drafts=_drafts(promotion),
    )
    for post in message.posts.order_by("pk"):
        approval.submit(post, by=by)
    return message


def message_of(promotion: Promotion) -> Message | None:
    """The message that was made of a promotion."""
    return Message.objects.filter(source_ref=str(promotion.public_id)).first()


def refuse_unless_ready(promotion: Promotion) -> None:
    """Raise what keeps posts from being made of it."""
    if not promotion.live:
        raise PromotionNotPublished
    if promotion.ends < timezone.localdate():
        raise PromotionOver
    if not channels_of(promotion):
        raise NoChannelChosen
    if not any(shop.status == Umkm.Status.LISTED for shop in promotion.shops):
        raise NothingPromoted


def follow(promotion: Promotion) -> None:
    """Let the shops' pages show it while it is live, and stop its waiting posts when it is not."""
    highlights.renew(promotion)
    if not promotion.live:
        hold_posts_of([str(promotion.public_id)], reason=_("The promotion is not published."))


def name_editor(promotion: Promotion, user: User | None) -> None:
    """Whoever changes a promotion has a hand in the posts made of it."""
    message = message_of(promotion)
    if message is not None and user is not None:
        add_contributor(message, user)


def hold_posts_about(*, umkm: Iterable[Umkm], products: Iterable[Product], reason: str) -> int:
    """Stop what waits of promotions that show these; return how many posts were stopped."""
    found = Promotion.objects.about(umkm=umkm, products=products)
    references = [str(public_id) for public_id in found.values_list("public_id", flat=True)]
    return hold_posts_of(references, reason=reason) if references else 0


def _drafts(promotion: Promotion) -> list[PostDraft]:
    media = media_of(promotion)
    return [_draft(promotion, caption, media) for caption in captions_of(promotion)]


def _draft(promotion: Promotion, caption: Caption, media: list[DraftMedia]) -> PostDraft:
    now = timezone.now().replace(second=0, microsecond=0)
    begins = _moment(promotion, time.min)
    return PostDraft(
        channel=caption.channel,
        caption=caption.text,
        link=caption.link,
        media=media,
        window_from=max(now, begins),
        window_until=_midnight_after(promotion),
        send_at=max(now, _moment(promotion, MORNING)) if begins > now else now,
    )


def _moment(promotion: Promotion, at: time) -> datetime:
    """That hour of its first day, in TIME_ZONE."""
    return timezone.make_aware(datetime.combine(promotion.starts, at))


def _midnight_after(promotion: Promotion) -> datetime:
    return timezone.make_aware(datetime.combine(promotion.ends + timedelta(days=1), time.min))
