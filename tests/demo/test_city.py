"""What the demo promises to show, on a small city: enough of everything, and true figures."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone
from pytest_django import Settings

from cms.collections import members
from cms.models import CollectionPage, Photo, ProductPage, ShopLink, StoryPage, UmkmPage
from core.calendar import first_of_month
from demo.city import load_city, past_months
from demo.signins import SIGN_INS
from marketplace import circulation, marks, releases
from marketplace.models import (
    Asn,
    Block,
    BookMonth,
    Home,
    Lens,
    Mark,
    Product,
    Purchase,
    Region,
    Umkm,
    Void,
)
from marketplace.rings import ring_between
from promotions.models import Promotion
from social.models import Post
from tests.demo.conftest import SMALL

IMPROBABLE = 5

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def test_the_shops_stand_in_the_catalogue_and_each_kelurahan_has_several() -> None:
    assert UmkmPage.objects.live().count() == 60 + SMALL.short_shops
    registered = Product.objects.listed()
    assert ProductPage.objects.live().count() == registered.without_variants().count() == 120
    assert registered.count() > 120
    assert Umkm.objects.pending().count() == SMALL.pending_shops
    places = Region.objects.kelurahan().annotate(shops=Count("umkm"))
    assert min(place.shops for place in places) >= 3


def test_collections_and_stories_are_there_and_hold_something() -> None:
    assert all(len(members(page)) >= 4 for page in CollectionPage.objects.live())
    assert CollectionPage.objects.live().count() == 3
    assert StoryPage.objects.live().count() == 2


def test_pictures_are_shared() -> None:
    closer = Photo.objects.filter(title__endswith="dari dekat")
    signs = Photo.objects.filter(title__startswith="Logo ")
    assert Photo.objects.difference(closer, signs).count() == 60
    assert closer.count() <= 14  # of what comes in several kinds
    assert signs.count() == UmkmPage.objects.filter(logo__isnull=False).count() == 30


def test_each_picture_says_who_allowed_it_and_links_lead_to_nobody() -> None:
    assert all(photo.rights_recorded for photo in Photo.objects.all())
    addresses = ShopLink.objects.values_list("url", flat=True)
    assert len(addresses) > 60
    assert all(address.startswith("https://example.com/") for address in addresses)


def test_the_rollups_equal_the_ledger() -> None:
    assert circulation.differences() == []


def test_purchases_reach_from_a_year_back_to_yesterday_and_a_few_are_voided() -> None:
    today = timezone.localdate()
    days = Purchase.objects.order_by("day").values_list("day", flat=True)

    assert Purchase.objects.count() == SMALL.purchases + IMPROBABLE
    assert days[0] >= first_of_month(today).replace(year=today.year - 1)
    assert days[len(days) - 1] < today
    assert 0 < Void.objects.count() < SMALL.purchases * 0.03


def test_an_auditor_finds_what_was_recorded_twice_and_what_is_far_above_habit() -> None:
    while marks.read_on():
        pass
    found = Mark.objects.values_list("rule").annotate(Count("pk"))

    assert dict(found) == {Mark.Rule.AGAIN: 3, Mark.Rule.ABOVE_HABIT: 2}


def test_every_purchase_has_an_id_of_version_7() -> None:
    ids = Purchase.objects.values_list("public_id", flat=True)

    assert {public_id.version for public_id in ids} == {7}


def test_each_ring_is_what_the_rule_would_have_frozen() -> None:
    homes = {home.asn.buyer_id: home for home in Home.objects.select_related("asn", "region")}
    sample = Purchase.objects.select_related("umkm__region").order_by("client_key")[:500]

    for purchase in sample:
        home = homes[purchase.buyer_id]
        assert purchase.ring == ring_between(home=home, umkm=purchase.umkm)
        assert (purchase.home_id, purchase.shop_place_id) == (
            home.region_id,
            purchase.umkm.region_id,
        )


def test_every_ended_month_is_released() -> None:
    months = list(past_months(timezone.localdate()))
    released = BookMonth.objects.exclude(state=BookMonth.State.CLOSED)

    assert len(months) == 12
    assert list(released.values_list("month", flat=True)) == months


def test_at_least_half_of_the_kelurahan_show_a_number_for_the_last_closed_month() -> None:
    month = releases.latest_month()

    shown = Block.objects.filter(release__month=month, release__lens=Lens.HOME, keys__len=1).count()

    assert shown >= Region.objects.kelurahan().count() / 2


def test_every_demo_sign_in_works_and_has_its_role() -> None:
    for sign_in in SIGN_INS:
        user = authenticate(username=sign_in.username, password=sign_in.password)
        assert user is not None, sign_in.username
        assert sorted(user.groups.values_list("name", flat=True)) == sorted(sign_in.roles)


def test_the_two_asn_among_them_are_activated_and_live_in_the_city() -> None:
    found = Asn.objects.filter(user__username__in=["asn1", "asn2"])

    assert found.count() == 2
    assert all(asn.home_on(timezone.localdate()).rw for asn in found)


def test_promotions_stand_in_each_state_and_posts_on_the_site_and_in_the_queue() -> None:
    today = timezone.localdate()
    assert Promotion.objects.filter(live=False).exists()
    assert Promotion.objects.running(today).count() >= 3
    assert Promotion.objects.filter(live=True, starts__gt=today).exists()
    assert Promotion.objects.filter(live=True, ends__lt=today).exists()
    assert Post.objects.on_site().count() == 3
    assert Post.objects.filter(state=Post.State.SUBMITTED).count() >= 3


def test_loaded_again_nothing_is_added() -> None:
    before = (Purchase.objects.count(), Umkm.objects.count(), Post.objects.count())

    for _step in load_city(SMALL):
        pass

    assert (Purchase.objects.count(), Umkm.objects.count(), Post.objects.count()) == before


def test_without_demo_nothing_is_loaded(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("load_demo")
