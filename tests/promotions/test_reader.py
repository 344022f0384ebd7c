"""What a closed shop or a withdrawn product stands behind is held, by reading the catalogue on."""

import pytest

from accounts.models import User
from celery_app import app
from cms.complaints import close_shop
from cms.models import ProductPage, UmkmPage
from core import outbox
from core.models import OutboxPosition
from promotions.models import Promotion
from promotions.promotions import make_posts
from promotions.reader import read_catalogue
from social import approval
from social.models import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(running: Promotion, editor: User, approver: User) -> Post:
    """An approved post of the promotion."""
    post = make_posts(running, by=editor).posts.order_by("pk").first()
    approval.approve(post, by=approver, seen=approval.digest(post))
    return post


def test_a_closed_shop_holds_its_waiting_posts(waiting: Post, shop: UmkmPage) -> None:
    shop.unpublish()
    outbox.relay()

    read_catalogue()

    waiting.refresh_from_db()
    assert waiting.state == Post.State.HELD
    assert waiting.reason


def test_a_withdrawn_product_holds_them_too_and_what_awaits_approval_goes_back(
    waiting: Post, product: ProductPage
) -> None:
    product.unpublish()
    outbox.relay()

    assert read_catalogue() == 2

    states = set(waiting.message.posts.values_list("state", flat=True))
    assert states == {Post.State.HELD, Post.State.DRAFT}


def test_a_shop_that_is_listed_again_by_then_holds_nothing(waiting: Post, shop: UmkmPage) -> None:
    shop.unpublish()
    shop.refresh_from_db()
    shop.save_revision().publish()
    outbox.relay()

    assert read_catalogue() == 0


def test_it_reads_on_from_where_it_stopped(waiting: Post, shop: UmkmPage) -> None:
    shop.unpublish()
    outbox.relay()
    read_catalogue()
    read_to = OutboxPosition.objects.get(reader="promotions").number

    assert read_catalogue() == 0
    assert OutboxPosition.objects.get(reader="promotions").number == read_to > 0


def test_events_without_a_number_are_not_read_yet(waiting: Post, shop: UmkmPage) -> None:
    outbox.relay()
    read_catalogue()

    shop.unpublish()

    assert read_catalogue() == 0


def test_a_shop_that_an_editor_closes_holds_them_as_the_next_beat_reads_on(
    waiting: Post, shop: UmkmPage, editor: User
) -> None:
    close_shop(shop, note="Tutup.", actor=editor)
    outbox.relay()

    read_catalogue()

    waiting.refresh_from_db()
    assert waiting.state == Post.State.HELD


def test_the_catalogue_is_relayed_and_read_on_every_few_seconds() -> None:
    tasks = {"core.tasks.relay_outbox", "promotions.tasks.read_catalogue"}
    beats = {beat["task"]: beat["schedule"] for beat in app.conf.beat_schedule.values()}

    assert {task: beats[task] <= 5 for task in tasks} == dict.fromkeys(tasks, True)
