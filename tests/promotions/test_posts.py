"""Posts out of a promotion: one per channel, once, and never signed by whoever edited it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from cms.models import ProductPage
from promotions.errors import (
    NoChannelChosen,
    NothingPromoted,
    PromotionNotPublished,
    PromotionOver,
)
from promotions.models import Promotion
from promotions.promotions import make_posts
from social import approval
from social.errors import SecondPersonNeeded
from social.models import Channel, Message, Post
from tests.promotions.factories import promotion
from tests.social.factories import person

pytestmark = pytest.mark.django_db


def test_a_promotion_becomes_one_submitted_post_per_channel(
    running: Promotion, editor: User, channels: list[Channel]
) -> None:
    message = make_posts(running, by=editor)

    posts = message.posts.select_related("channel")
    assert sorted(post.channel.slug for post in posts) == ["saluran-wa", "situs"]
    assert {post.state for post in posts} == {Post.State.SUBMITTED}
    assert all(len(post.pictures) == 1 for post in posts)


def test_made_twice_it_is_the_same_message(running: Promotion, editor: User) -> None:
    first = make_posts(running, by=editor)

    assert make_posts(running, by=editor) == first
    assert Message.objects.count() == 1


def test_whoever_edited_the_promotion_cannot_sign_its_posts(
    running: Promotion, editor: User
) -> None:
    other = person("rekan", "view_desk", "approve_post", is_staff=True)
    running.save_revision(user=other)

    post = make_posts(running, by=editor).posts.first()

    with pytest.raises(SecondPersonNeeded):
        approval.approve(post, by=other, seen=approval.digest(post))


def test_whoever_edits_the_promotion_after_its_posts_cannot_sign_them_either(
    running: Promotion, editor: User, approver: User
) -> None:
    post = make_posts(running, by=editor).posts.first()

    running.save_revision(user=approver)

    with pytest.raises(SecondPersonNeeded):
        approval.approve(post, by=approver, seen=approval.digest(post))


def test_the_window_is_the_promotions_days(
    editor: User, product: ProductPage, channels: list[Channel]
) -> None:
    today = timezone.localdate()
    later = promotion(
        by=editor,
        products=[product],
        channels=channels,
        starts=today + timedelta(days=3),
        ends=today + timedelta(days=5),
    )

    post = make_posts(later, by=editor).posts.first()

    begins, ends = timezone.localtime(post.window_from), timezone.localtime(post.window_until)
    assert (begins.date(), begins.hour) == (later.starts, 0)
    assert (ends.date(), ends.hour) == (later.ends + timedelta(days=1), 0)
    assert timezone.localtime(post.send_at).hour == 9


def test_a_draft_makes_no_posts(
    editor: User, product: ProductPage, channels: list[Channel]
) -> None:
    draft = promotion(by=editor, products=[product], channels=channels, live=False)

    with pytest.raises(PromotionNotPublished):
        make_posts(draft, by=editor)


def test_one_that_is_over_makes_no_posts(
    editor: User, product: ProductPage, channels: list[Channel]
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    over = promotion(
        by=editor, products=[product], channels=channels, starts=yesterday, ends=yesterday
    )

    with pytest.raises(PromotionOver):
        make_posts(over, by=editor)


def test_without_a_channel_there_are_no_posts(editor: User, product: ProductPage) -> None:
    with pytest.raises(NoChannelChosen):
        make_posts(promotion(by=editor, products=[product]), by=editor)


def test_without_a_listed_shop_there_are_no_posts(
    running: Promotion, editor: User, product: ProductPage
) -> None:
    product.get_parent().specific.unpublish()

    with pytest.raises(NothingPromoted):
        make_posts(running, by=editor)
    assert not Message.objects.exists()


def test_unpublishing_the_promotion_stops_what_waits(
    running: Promotion, editor: User, approver: User
) -> None:
    post = make_posts(running, by=editor).posts.first()
    approval.approve(post, by=approver, seen=approval.digest(post))

    running.unpublish(user=editor)

    post.refresh_from_db()
    assert post.state == Post.State.HELD
