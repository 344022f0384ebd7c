"""How complete the page of a shop is: points for what helps a visitor, and what to add next.

One rule, in the database: a list, a filter, a report and the editor's own page all read it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Length
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.badges import curated_on
from cms.models import OpeningHours, ProductPage, UmkmPage
from marketplace.models import Product

COMPLETE = 100
LOW, HIGH = 50, 80
"""Points below which a page is thin, and from which it is good."""


@dataclass(frozen=True)
class Step:
    """One thing a page may have, what it is worth, and how an editor is asked for it."""

    key: str
    points: int
    ask: str | Promise
    holds: Callable[[date], Combinable | Q]


@dataclass(frozen=True)
class Completeness:
    """Points of 100, and the steps that are still open, the weightiest first."""

    points: int
    missing: tuple[Step, ...]

    @property
    def next(self) -> Step | None:
        """What to add next; None when nothing is missing."""
        return self.missing[0] if self.missing else None


def _products() -> QuerySet[Product]:
    return Product.objects.filter(
        umkm__page=OuterRef("pk"), status=Product.Status.LISTED, parent__isnull=True
    )


def _pictured() -> QuerySet[ProductPage]:
    listed = ProductPage.objects.filter(product_row__status=Product.Status.LISTED)
    return listed.filter(product_row__umkm__page=OuterRef("pk"), photo__isnull=False)


STEPS = (
    Step("photo", 15, _("a cover photo"), lambda _day: Q(photo__isnull=False)),
    Step("story", 15, _("the story of the shop"), lambda _day: Q(story_length__gt=2)),
    Step("products", 15, _("its products with prices"), lambda _day: Exists(_products())),
    Step("position", 10, _("its position on the map"), lambda _day: Q(latitude__isnull=False)),
    Step(
        "hours",
        10,
        _("opening hours"),
        lambda _day: Exists(OpeningHours.objects.filter(page=OuterRef("pk"))),
    ),
    Step("whatsapp", 10, _("a WhatsApp number"), lambda _day: ~Q(whatsapp="")),
    Step("pictured", 5, _("a photo of a product"), lambda _day: Exists(_pictured())),
    Step("address", 5, _("an address"), lambda _day: ~Q(address="")),
    Step("payment", 5, _("ways to pay"), lambda _day: ~Q(payment_ways="")),
    Step("logo", 5, _("a logo"), lambda _day: Q(logo__isnull=False)),
    Step("curated", 5, _("a business number (NIB) that an office has checked"), curated_on),
)


def with_completeness(pages: QuerySet[UmkmPage], *, day: date) -> QuerySet[UmkmPage]:
    """The pages with `completeness` (0 to 100) and, per step, `has_<key>`, as of a day (in WIB).

    A `QuerySet` method would be tied to Wagtail's managers: this takes any query of them.
    """
    pages = pages.alias(story_length=Length(Cast("story", TextField())))  # an empty one is []
    for step in STEPS:
        held = ExpressionWrapper(step.holds(day), output_field=BooleanField())
        pages = pages.annotate(**{f"has_{step.key}": held})
    points = [
        Case(
            When(**{f"has_{step.key}": True}, then=Value(step.points)),
            default=Value(0),
            output_field=IntegerField(),
        )
        for step in STEPS
    ]
    return pages.annotate(completeness=sum(points[1:], start=points[0]))


def completeness_of(page: UmkmPage) -> Completeness:
    """What a page of `with_completeness` has and lacks."""
    missing = tuple(step for step in STEPS if not getattr(page, f"has_{step.key}"))
    return Completeness(COMPLETE - sum(step.points for step in missing), missing)


def least_complete_first(pages: QuerySet[UmkmPage], *, day: date) -> QuerySet[UmkmPage]:
    """Live pages, the thinnest first: where an editor's hour helps most."""
    return with_completeness(pages, day=day).order_by(F("completeness").asc(), "title", "pk")
