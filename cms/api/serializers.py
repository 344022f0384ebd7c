"""The catalogue as apps read it."""

import logging
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from wagtail.models import Page

from cms.badges import is_curated
from cms.hours import state_at
from cms.models import Allergen, Badge, OpeningHours, Photo, ProductPage, ShopLink, UmkmPage
from cms.pictures import UNREADABLE
from cms.search import PriceBand, Sort
from core.api.serializers import StrictSerializer, TextField
from marketplace.api.fields import KelurahanField
from marketplace.models import Category, Region

logger = logging.getLogger(__name__)

PHOTO_SPEC = "fill-720x480|format-webp"
WALL_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"


class PlaceSerializer(serializers.ModelSerializer[Region]):
    """A kelurahan and the kecamatan it lies in, by Kemendagri code."""

    kecamatan = serializers.CharField(source="parent.name", allow_null=True)

    class Meta:
        model = Region
        fields = ["code", "name", "kecamatan"]


class KindSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A category, named in the reader's language."""

    slug = serializers.CharField()
    name = serializers.SerializerMethodField()

    def get_name(self, category: Category) -> str:
        return category.name_en if get_language() == "en" else category.name


class FocalPointSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What matters most in the picture, as shares of its width and height, from the top left."""

    x = serializers.FloatField()
    y = serializers.FloatField()


def focal_point(
    *, x: int | None, y: int | None, width: int, height: int
) -> dict[str, float] | None:
    """The focal point an editor set, null without one."""
    if x is None or y is None:
        return None
    return {"x": round(x / width, 4), "y": round(y / height, 4)}


class PhotoSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A picture at one size, with what it shows."""

    url = serializers.URLField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.CharField()
    focal_point = FocalPointSerializer(allow_null=True)


@extend_schema_field(PhotoSerializer)
class PhotoField(serializers.Field):  # type: ignore[type-arg]
    """The rendition of a photo for a list on a phone; null where its file cannot be read."""

    def to_representation(self, photo: Photo) -> dict[str, Any] | None:
        try:
            rendition = photo.get_rendition(PHOTO_SPEC)
        except UNREADABLE:
            logger.warning("photo cannot be read", extra={"photo": photo.pk})
            return None
        return {
            "url": f"{settings.BASE_URL}{rendition.url}",
            "width": rendition.width,
            "height": rendition.height,
            "alt": photo.alt,
            "focal_point": focal_point(
                x=photo.focal_point_x,
                y=photo.focal_point_y,
                width=photo.width,
                height=photo.height,
            ),
        }


@extend_schema_field({"type": "string", "format": "uri"})
class AddressField(serializers.Field):  # type: ignore[type-arg]
    """Where people read the page."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, page: Page) -> str:
        address: str = page.get_full_url(self.context["request"])  # remembers the sites it knows
        return address


class BlockSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One part of a shop's story."""

    kind = serializers.CharField(source="block_type")
    html = serializers.SerializerMethodField()

    def get_html(self, block: Any) -> str:
        return str(block.render())


@extend_schema_field({"type": "string", "pattern": WALL_CLOCK, "examples": ["08:00:00"]})
class WallClockField(serializers.TimeField):
    """As on the shop's door: JSON Schema's `time` would name an offset, too."""


class HoursSerializer(serializers.ModelSerializer[OpeningHours]):
    """Weekdays from 0 (Monday) to 6; closing not after opening means the next day."""

    opens = WallClockField()
    closes = WallClockField()

    class Meta:
        model = OpeningHours
        fields = ["first_day", "last_day", "opens", "closes"]


class LinkSerializer(serializers.ModelSerializer[ShopLink]):
    """Where a shop sells or shows itself online."""

    class Meta:
        model = ShopLink
        fields = ["kind", "url"]


class BadgeSerializer(serializers.ModelSerializer[Badge]):
    """A permit or certificate that an office has checked and that is valid today."""

    class Meta:
        model = Badge
        fields = ["kind", "valid_until", "checked_by_office", "checked_on"]


class CatalogueQuery(StrictSerializer):
    """The filters that lists know; any other is refused. `place`: a kelurahan or a kecamatan."""

    q = TextField(required=False, max_length=100, allow_blank=True)
    category = TextField(required=False)
    place = TextField(required=False)
    kelurahan = TextField(required=False, help_text="The same as `place`.")
    price = serializers.ChoiceField(required=False, choices=PriceBand.choices)
    open = serializers.BooleanField(required=False)
    delivers = serializers.BooleanField(required=False)
    halal = serializers.BooleanField(required=False)
    promo = serializers.BooleanField(required=False)
    sort = serializers.ChoiceField(required=False, choices=Sort.choices)
    near = KelurahanField(required=False, help_text="A kelurahan, where nearness starts.")
    facets = serializers.BooleanField(required=False, help_text="Count every further filter, too.")
    cursor = TextField(required=False, max_length=1_000)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=100)


class FacetsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """How many each further filter would lead to, by its value; `total` is what matches."""

    total = serializers.IntegerField()
    category = serializers.DictField(child=serializers.IntegerField())
    place = serializers.DictField(child=serializers.IntegerField())
    price = serializers.DictField(child=serializers.IntegerField())
    open = serializers.IntegerField()
    delivers = serializers.IntegerField()
    halal = serializers.IntegerField()
    promo = serializers.IntegerField()


class UmkmSerializer(serializers.ModelSerializer[UmkmPage]):
    """An UMKM in a list."""

    id = serializers.UUIDField(source="umkm_row.public_id")
    name = serializers.CharField(source="title")
    category = KindSerializer(source="umkm_row.category")
    kelurahan = PlaceSerializer(source="umkm_row.region")
    photo = PhotoField(allow_null=True)
    url = AddressField()

    class Meta:
        model = UmkmPage
        fields = ["id", "name", "summary", "category", "kelurahan", "photo", "url"]
        read_only_fields = fields


class VariantSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A size, taste or kind of a product; `id` may stand in the items of a purchase."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    price = serializers.IntegerField(source="prices.low", allow_null=True)
    price_to = serializers.IntegerField(source="prices.high", allow_null=True)
    available = serializers.BooleanField()


class ProductSerializer(serializers.ModelSerializer[ProductPage]):
    """A product; `price` is whole rupiah per `unit`, null: ask the shop.

    `price_to` is the highest price where there is more than one, the variants' included.
    `preorder_days`: how many days before it is ordered, null: at once.
    """

    id = serializers.UUIDField(source="product_row.public_id")
    umkm = serializers.UUIDField(source="product_row.umkm.public_id")
    name = serializers.CharField(source="title")
    price = serializers.IntegerField(source="product_row.price", allow_null=True)
    price_to = serializers.IntegerField(source="product_row.price_to", allow_null=True)
    unit = serializers.CharField(source="product_row.unit")
    allergens = serializers.ListField(child=serializers.ChoiceField(choices=Allergen.choices))
    category = KindSerializer(source="product_row.umkm.category")
    kelurahan = PlaceSerializer(source="product_row.umkm.region")
    photo = PhotoField(allow_null=True)
    url = AddressField()

    class Meta:
        model = ProductPage
        fields = [
            "id",
            "umkm",
            "name",
            "summary",
            "price",
            "price_to",
            "unit",
            "available",
            "preorder_days",
            "allergens",
            "category",
            "kelurahan",
            "photo",
            "url",
        ]
        read_only_fields = fields


class ProductDetailSerializer(ProductSerializer):
    """A product with its variants and all its pictures."""

    variants = VariantSerializer(many=True, source="offered_variants")
    pictures = serializers.ListField(child=PhotoField(), source="photos")

    class Meta(ProductSerializer.Meta):
        fields = [*ProductSerializer.Meta.fields, "variants", "pictures"]
        read_only_fields = fields


class UmkmDetailSerializer(UmkmSerializer):
    """An UMKM with all that its page says, and its products."""

    story = BlockSerializer(many=True)
    products = ProductSerializer(many=True, source="listed_products")
    hours = HoursSerializer(many=True, source="week")
    open_now = serializers.SerializerMethodField()
    links = LinkSerializer(many=True, source="links.all")
    badges = BadgeSerializer(many=True, source="seen_badges")
    buyers_at_least = serializers.IntegerField(
        source="reach",
        allow_null=True,
        help_text="ASN who shopped here in the last twelve closed months, in steps of five; "
        "null: fewer than ten, or nothing is released yet.",
    )
    curated = serializers.SerializerMethodField()

    class Meta(UmkmSerializer.Meta):
        fields = [
            *UmkmSerializer.Meta.fields,
            "address",
            "latitude",
            "longitude",
            "hours",
            "open_now",
            "opening_hours",
            "whatsapp",
            "delivers",
            "links",
            "payment_ways",
            "badges",
            "curated",
            "buyers_at_least",
            "story",
            "products",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "boolean", "nullable": True})
    def get_open_now(self, page: UmkmPage) -> bool | None:
        """Null where the hours are not known."""
        state = state_at(page.week, timezone.now())
        return None if state is None else state.is_open

    def get_curated(self, page: UmkmPage) -> bool:
        """Whether an office has checked the shop's business number (NIB)."""
        return is_curated(page.seen_badges)
