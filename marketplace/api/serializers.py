"""What the routes take and give; whether something may happen is the rules' to say."""

from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.queries import PageQuery
from core.api.serializers import StrictSerializer, TextField
from core.idempotency import KeyMalformed
from core.keys import WELL_FORMED
from marketplace.api.fields import KelurahanField, MonthField, RupiahField, WholeField
from marketplace.diary import Status
from marketplace.models import Category, Decision, Evidence, Purchase, Region, Umkm
from marketplace.models.purchases import Ring
from marketplace.participation import ACTIVE_OF_WEEKS, BandPlace, Period
from marketplace.story import What

MOST_ITEMS = 50
MOST_IN_A_BATCH = 100


# --- Places and kinds ----------------------------------------------------------------------------


class RegionSerializer(serializers.ModelSerializer):
    """A place by its Kemendagri code; `alias` is its daily spelling."""

    parent = serializers.CharField(source="parent_id", allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)

    class Meta:
        model = Region
        fields = ["code", "level", "name", "alias", "parent", "latitude", "longitude"]


class RegionList(serializers.Serializer):
    results = RegionSerializer(many=True)


class CategorySerializer(serializers.ModelSerializer):
    """A kind of shop, named in the reader's language."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = ["slug", "name"]

    def get_name(self, category: Category) -> str:
        english = (get_language() or "").startswith("en")
        return category.name_en if english else category.name


class CategoryList(serializers.Serializer):
    results = CategorySerializer(many=True)


# --- Recording -----------------------------------------------------------------------------------


class UnlistedBody(StrictSerializer):
    """A shop that is not listed: its name only, and the code of its kelurahan."""

    name = TextField(max_length=120)
    kelurahan = KelurahanField(max_length=13)


class ItemBody(StrictSerializer):
    """A product of the shop or a variant of one, how many, and the rupiah of the line."""

    product = serializers.UUIDField()
    quantity = WholeField(min_value=1, max_value=1_000)
    amount = RupiahField()


class SaidBody(StrictSerializer):
    """What was bought at `umkm`, or at a shop that is `unlisted`: one of the two."""

    umkm = serializers.UUIDField(required=False)
    unlisted = UnlistedBody(required=False)
    amount = RupiahField()
    payment = serializers.ChoiceField(
        choices=Purchase.Payment.choices, default=Purchase.Payment.CASH
    )
    note = TextField(max_length=200, allow_blank=True, default="")
    items = ItemBody(many=True, required=False, max_length=MOST_ITEMS)

    together = {  # noqa: RUF012
        "oneOf": [
            {"required": ["umkm"], "not": {"required": ["unlisted"]}},
            {
                "required": ["unlisted"],
                "not": {"required": ["umkm"]},
                "properties": {"items": {"maxItems": 0}},
            },
        ]
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("umkm" in attrs) == ("unlisted" in attrs):
            said = [_("Name either a listed shop or one that is not listed.")]
            raise serializers.ValidationError({"umkm": said, "unlisted": said})
        if "unlisted" in attrs and attrs.get("items"):
            said = [_("A shop that is not listed has no registered products.")]
            raise serializers.ValidationError({"items": said})
        return attrs


class PurchaseBody(SaidBody):
    """A purchase at `umkm`, or at a shop that is `unlisted`: one of the two."""

    day = serializers.DateField(required=False, help_text="Default: today.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        attrs.setdefault("day", timezone.localdate())
        return attrs


class CorrectionBody(SaidBody):
    """All that a purchase should have said, its day apart, and why it is replaced."""

    reason = TextField(max_length=200)


class VoidBody(StrictSerializer):
    """Why a purchase is taken back."""

    reason = TextField(max_length=200)


# --- What was recorded ---------------------------------------------------------------------------


class ShopSerializer(serializers.ModelSerializer):
    """The shop a purchase is read at: after a merge the one it was merged into."""

    id = serializers.UUIDField(source="public_id")
    kelurahan = serializers.CharField(source="region_id")

    class Meta:
        model = Umkm
        fields = ["id", "name", "status", "kelurahan"]


class VoidSerializer(serializers.Serializer):
    at = serializers.DateTimeField(source="voided_at")
    reason = serializers.CharField()


class ItemSerializer(serializers.Serializer):
    product = serializers.UUIDField(source="product.public_id")
    name = serializers.CharField(source="product.full_name")
    quantity = serializers.IntegerField()
    amount = RupiahField()


class PurchaseSerializer(serializers.ModelSerializer):
    """An own purchase as it stands now. `ring` is how near the shop was to the home of that day."""

    id = serializers.UUIDField(source="public_id")
    umkm = ShopSerializer(source="umkm.standing")
    amount = RupiahField()
    ring = serializers.ChoiceField(choices=Ring.choices)
    void = serializers.SerializerMethodField()
    replaces = serializers.SerializerMethodField()
    replaced_by = serializers.SerializerMethodField()
    receipt = serializers.SerializerMethodField(help_text="Whether its photo is kept.")
    items = ItemSerializer(many=True)

    class Meta:
        model = Purchase
        fields = [
            "id",
            "umkm",
            "amount",
            "day",
            "payment",
            "note",
            "ring",
            "recorded_at",
            "void",
            "replaces",
            "replaced_by",
            "receipt",
            "items",
        ]

    def get_void(self, purchase: Purchase) -> VoidSerializer(allow_null=True):  # type: ignore[valid-type]
        void = getattr(purchase, "void", None)
        return None if void is None else VoidSerializer(void).data

    def get_replaces(self, purchase: Purchase) -> UUID | None:
        return purchase.replaces.public_id if purchase.replaces else None

    def get_replaced_by(self, purchase: Purchase) -> UUID | None:
        replacement = getattr(purchase, "replacement", None)
        return replacement.public_id if replacement else None

    def get_receipt(self, purchase: Purchase) -> bool:
        receipt = getattr(purchase, "receipt", None)
        return receipt is not None and bool(receipt.file)


class RecordedSerializer(PurchaseSerializer):
    """An own purchase; `similar` names others of the same shop, amount and day or photo: a hint."""

    similar = serializers.ListField(child=serializers.UUIDField())

    class Meta(PurchaseSerializer.Meta):
        fields = [*PurchaseSerializer.Meta.fields, "similar"]


# --- Several at once -----------------------------------------------------------------------------


class KeyField(TextField):
    """An Idempotency-Key in a body."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not WELL_FORMED.fullmatch(data):
            raise serializers.ValidationError(KeyMalformed.title)
        return data


class BatchItemBody(PurchaseBody):
    """A purchase recorded offline: `client_id` is its Idempotency-Key, and its day is said."""

    client_id = KeyField()
    day = serializers.DateField()


@extend_schema_field({})
class AnyItemField(serializers.JSONField):
    """Whatever stands in a batch, null as well: a mistake in it is told in its result."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return data is None, data


class BatchBody(StrictSerializer):
    """Each of `purchases` is what `POST /purchases` takes, with its `client_id` and its `day`.

    They are looked at one by one: a mistake in one of them is told in its own result.
    """

    purchases = serializers.ListField(
        child=AnyItemField(), min_length=1, max_length=MOST_IN_A_BATCH
    )


class BatchOutcome(TextChoices):
    RECORDED = "recorded"
    RECORDED_BEFORE = "recorded-before"
    REFUSED = "refused"


@extend_schema_field({"$ref": "#/components/schemas/Problem"})
class ProblemField(serializers.JSONField):
    """A problem as an answer of its own would be it."""


class BatchResultSerializer(serializers.Serializer):
    """What became of one item: the purchase as it stands now, or the problem it met."""

    client_id = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(choices=BatchOutcome.choices)
    purchase = RecordedSerializer(allow_null=True)
    problem = ProblemField(allow_null=True)


class BatchResults(serializers.Serializer):
    """As many results as items, in their order."""

    results = BatchResultSerializer(many=True)


# --- Looking back --------------------------------------------------------------------------------


class MonthsQuery(StrictSerializer):
    """Which own purchases are asked for: both days included, `umkm` the id of a shop."""

    until = serializers.DateField(required=False)
    umkm = serializers.UUIDField(required=False)
    payment = serializers.ChoiceField(choices=Purchase.Payment.choices, required=False)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(required=False), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "until" in attrs and attrs["until"] < attrs["from"]:
            raise serializers.ValidationError({"until": [_("This day lies before the first one.")]})
        return attrs


class PurchaseQuery(PageQuery, MonthsQuery):
    """Which own purchases are listed; `recorded` are those that stand."""

    status = serializers.ChoiceField(choices=Status.choices, required=False)


class MonthTotalSerializer(serializers.Serializer):
    """What stands of one month."""

    month = MonthField()
    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()


class MonthTotals(serializers.Serializer):
    results = MonthTotalSerializer(many=True)


class EventSerializer(serializers.Serializer):
    """One step; `purchase` is the one before or after where it `replaces` or is `replaced-by`."""

    what = serializers.ChoiceField(choices=What.choices)
    at = serializers.DateTimeField()
    evidence = serializers.ChoiceField(choices=Evidence.Kind.choices, allow_null=True)
    verdict = serializers.ChoiceField(choices=Decision.Verdict.choices, allow_null=True)
    reason = serializers.CharField(allow_null=True)
    purchase = serializers.UUIDField(allow_null=True)


class StorySerializer(serializers.Serializer):
    events = EventSerializer(many=True)


# --- What comes next -----------------------------------------------------------------------------


class FavouriteSerializer(serializers.Serializer):
    """A shop and what is usual there; all null at one that is close by and never bought from.

    `purchase` is the own purchase of which `amount` and `payment` are.
    """

    umkm = ShopSerializer()
    purchase = serializers.UUIDField(source="purchase.public_id", default=None, allow_null=True)
    amount = RupiahField(source="purchase.amount", default=None, allow_null=True)
    payment = serializers.ChoiceField(
        source="purchase.payment", choices=Purchase.Payment.choices, default=None, allow_null=True
    )


class RepeatSerializer(serializers.Serializer):
    """What comes about every so many days and is due about `due`: ask, and record it on a yes.

    `purchase` is the last one, to which a "not now" is said.
    """

    umkm = ShopSerializer()
    amount = RupiahField(source="usual.amount")
    payment = serializers.ChoiceField(source="usual.payment", choices=Purchase.Payment.choices)
    purchase = serializers.UUIDField(source="last.public_id")
    every_days = serializers.IntegerField(source="every")
    due = serializers.DateField()


class LikelySerializer(serializers.Serializer):
    """The likeliest shops, the likeliest first, and at most one purchase that is due again."""

    results = FavouriteSerializer(source="favourites", many=True)
    repeat = RepeatSerializer(allow_null=True)


# --- Participation -------------------------------------------------------------------------------


class PeriodSerializer(serializers.Serializer):
    """What was spent from `starts` to `ends`, both days included."""

    starts = serializers.DateField()
    ends = serializers.DateField()
    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()


class SpentSerializer(serializers.Serializer):
    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()


class RingSerializer(serializers.Serializer):
    """What was spent in one ring; `share` is whole percent of the rupiah in all of them."""

    ring = serializers.ChoiceField(choices=Ring.choices)
    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()
    share = serializers.IntegerField(min_value=0, max_value=100)


class BandSerializer(serializers.Serializer):
    """The indicative band of one period, and where this period's sum lies."""

    low = serializers.IntegerField()
    high = serializers.IntegerField()
    place = serializers.ChoiceField(choices=[place.value for place in BandPlace])


class GoalReachedSerializer(serializers.Serializer):
    """What one chose for oneself: `monthly`, the same for the period, and how much of it is there.

    `percent` is rounded down and goes past 100. Nobody else is told.
    """

    monthly = serializers.IntegerField()
    amount = serializers.IntegerField()
    percent = serializers.IntegerField(min_value=0)


class PaceSerializer(serializers.Serializer):
    """The year if it goes on as from `since`, the day of its first purchase, to today."""

    since = serializers.DateField()
    amount = serializers.IntegerField(help_text="Whole rupiah, rounded to thousands.")


class ParticipationSerializer(serializers.Serializer):
    """One's own shopping, exact and live; `current_shops` and `year_shops` count different UMKM.

    `current_rings` are of this period, `rings` of the year so far; `goal` is null until one is
    chosen. `active_weeks` counts the weeks with a purchase among the last eight, the running one
    included; `pace` is null in the first four weeks.
    """

    period = serializers.ChoiceField(choices=[period.value for period in Period])
    today = serializers.DateField()
    current = PeriodSerializer()
    current_shops = serializers.IntegerField()
    current_rings = RingSerializer(many=True)
    band = BandSerializer()
    goal = GoalReachedSerializer(allow_null=True)
    year = SpentSerializer()
    year_shops = serializers.IntegerField()
    pace = PaceSerializer(allow_null=True)
    active_weeks = serializers.IntegerField(min_value=0, max_value=ACTIVE_OF_WEEKS)
    rings = RingSerializer(many=True)
    periods = PeriodSerializer(many=True)


class ParticipationQuery(StrictSerializer):
    period = serializers.ChoiceField(
        choices=[period.value for period in Period], default=Period.MONTH.value
    )


class GoalBody(StrictSerializer):
    """Whole rupiah a month."""

    amount = RupiahField()
