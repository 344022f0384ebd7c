"""A photo is posted only where whoever may allow it did, and no longer than that."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from celery_app import app
from cms.models import Photo, ProductPage, UmkmPage
from promotions.errors import PhotoNotAllowed
from promotions.models import Promotion
from promotions.pictures import follow_consent, photo_of
from promotions.promotions import make_posts
from social import approval
from social.errors import PictureBarred, PostNotReady
from social.models import Channel, Post
from tests.cms.factories import PhotoFactory
from tests.promotions.factories import promotion
from tests.promotions.test_admin import form

pytestmark = pytest.mark.django_db

ONLY_HERE = {"allowed": True, "allowed_use": "site"}


@pytest.fixture
def posts(running: Promotion, editor: User) -> list[Post]:
    """The posts of the promotion: they await approval."""
    return list(make_posts(running, by=editor).posts.order_by("pk"))


def forbid(shop: UmkmPage) -> None:
    """What an office writes when the owner takes a consent back."""
    photo = Photo.objects.get(pk=shop.photo_id)
    photo.allowed_use = "site"
    photo.save()


@pytest.mark.parametrize("rights", [{}, ONLY_HERE, {"allowed": True, "allowed_on": None}])
def test_a_photo_that_nobody_allowed_to_be_posted_is_refused_as_it_is_chosen(
    desk: Client, product: ProductPage, channels: list[Channel], rights: dict[str, Any]
) -> None:
    photo = PhotoFactory(title="Dapur Bu Contoh", **rights)

    answer = desk.post("/admin/promosi/add/", form(product, channels, photo=photo.pk))

    assert "Foto “Dapur Bu Contoh” tidak boleh diposting" in answer.content.decode()
    assert not Promotion.objects.exists()


def test_one_that_was_allowed_is_taken(
    desk: Client, product: ProductPage, channels: list[Channel]
) -> None:
    photo = PhotoFactory(allowed=True)

    desk.post("/admin/promosi/add/", form(product, channels, photo=photo.pk))

    assert photo_of(Promotion.objects.get()) == photo


def test_no_posts_are_made_of_a_photo_that_was_allowed_only_when_it_was_chosen(
    running: Promotion, editor: User, desk: Client, shop: UmkmPage
) -> None:
    forbid(shop)

    with pytest.raises(PhotoNotAllowed):
        make_posts(running, by=editor)
    assert not Post.objects.exists()
    page = desk.get(f"/admin/promosi/{running.pk}/posting/").content.decode()
    assert "tidak boleh diposting" in page


def test_the_first_photo_that_may_be_posted_is_taken_by_itself(
    running: Promotion, product: ProductPage, shop: UmkmPage
) -> None:
    product.photo = PhotoFactory()
    product.save()

    assert photo_of(running) == shop.photo


def test_without_any_photo_posts_have_none(
    editor: User, product: ProductPage, shop: UmkmPage, channels: list[Channel]
) -> None:
    shop.photo = None
    shop.save()

    assert photo_of(promotion(by=editor, products=[product], channels=channels)) is None


def test_a_consent_that_is_taken_back_stops_what_waits_and_what_awaits_approval(
    posts: list[Post], approver: User, shop: UmkmPage
) -> None:
    signed, other = posts
    approval.approve(signed, by=approver, seen=approval.digest(signed))
    forbid(shop)

    assert follow_consent() == 2

    signed.refresh_from_db()
    other.refresh_from_db()
    assert (signed.state, other.state) == (Post.State.HELD, Post.State.DRAFT)
    assert "Izin memakai foto ini" in signed.reason
    assert not approval.covers(signed)
    assert follow_consent() == 0


def test_a_photo_that_was_deleted_stops_its_posts(posts: list[Post], shop: UmkmPage) -> None:
    Photo.objects.get(pk=shop.photo_id).delete()

    assert follow_consent() == len(posts)


def test_a_barred_picture_is_neither_approved_nor_submitted_again(
    posts: list[Post], editor: User, approver: User, shop: UmkmPage
) -> None:
    post = posts[0]
    seen = approval.digest(post)
    forbid(shop)
    follow_consent()

    with pytest.raises(PictureBarred):
        approval.approve(post, by=approver, seen=seen)
    with pytest.raises(PostNotReady) as refused:
        approval.submit(post, by=editor)
    assert "media" in refused.value.fields


def test_a_consent_that_is_given_again_lets_the_post_go_on(
    posts: list[Post], editor: User, shop: UmkmPage
) -> None:
    forbid(shop)
    follow_consent()
    Photo.objects.filter(pk=shop.photo_id).update(allowed_use="any")

    follow_consent()

    assert approval.submit(posts[0], by=editor).state == Post.State.SUBMITTED


def test_beat_looks_every_few_seconds() -> None:
    entry = app.conf.beat_schedule["promotions-follow-consent"]

    assert entry["schedule"] <= 5
