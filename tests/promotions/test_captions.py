"""What posts say, and where they lead."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation

from accounts.models import User
from cms.models import ProductPage, UmkmPage
from promotions.captions import caption_for
from promotions.models import PromotedUmkm, Promotion
from social.models import Channel
from tests.cms.factories import UmkmPageFactory

pytestmark = pytest.mark.django_db


def test_a_caption_holds_message_price_shop_and_place(
    running: Promotion, product: ProductPage, channels: list[Channel]
) -> None:
    text = caption_for(running, channels[0]).text

    place = product.product.umkm.region.name
    assert text.startswith("Sarapan di Klojen\n\nMampir ke warung tetangga.")
    assert "Nasi Pecel Rp14.000/porsi" in text
    assert f"Pawonira ({place})" in text


def test_a_caption_is_indonesian_whoever_makes_it(
    running: Promotion, channels: list[Channel]
) -> None:
    with translation.override("en"):
        assert "Rp14.000" in caption_for(running, channels[0]).text


def test_the_link_leads_to_the_only_product_and_says_from_which_channel(
    running: Promotion, product: ProductPage, channels: list[Channel]
) -> None:
    link = urlsplit(caption_for(running, channels[0]).link)

    assert link.path == product.get_url_parts()[2]
    assert parse_qs(link.query) == {
        "utm_source": ["situs"],
        "utm_medium": ["social"],
        "utm_campaign": ["sarapan-di-klojen"],
    }


def test_with_several_shops_the_link_leads_to_the_catalogue(
    running: Promotion, shop: UmkmPage, channels: list[Channel]
) -> None:
    other = UmkmPageFactory(parent=shop.get_parent(), title="Rukunmangan")
    running.promoted_umkm = [PromotedUmkm(umkm=other.umkm)]

    caption = caption_for(running, channels[0])

    assert urlsplit(caption.link).path == "/umkm/"
    assert "• Rukunmangan" in caption.text


def test_where_a_person_posts_the_link_stands_in_the_text(
    running: Promotion, channels: list[Channel]
) -> None:
    site, by_hand = (caption_for(running, channel) for channel in channels)

    assert site.link not in site.text
    assert by_hand.link in by_hand.text


def test_the_editor_sees_every_caption_before_making_posts(
    running: Promotion, editor: User, desk: object
) -> None:
    page = desk.get(f"/admin/promosi/{running.pk}/posting/").content.decode()

    assert page.count("Nasi Pecel Rp14.000/porsi") == 2
