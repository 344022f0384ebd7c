"""The whole demo city, loaded once, in steps that are safe to take again after an interruption."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation

from cms.site import lay_site
from core import outbox
from core.calendar import first_of_month, next_month
from demo import curated, money, news, people, shops, together
from marketplace import closing
from marketplace.agencies import load_agencies
from marketplace.categories import load_categories
from marketplace.models import BookMonth, Purchase
from marketplace.regions import load_regions

DATA = settings.BASE_DIR / "data"


@dataclass(frozen=True)
class Size:
    """How much of everything is invented."""

    people: int = 3_000
    short_shops: int = 400
    pending_shops: int = 40
    purchases: int = 100_000


def load_city(size: Size) -> Iterator[str]:
    """Load the city step by step, saying each before it is taken."""
    with translation.override(settings.LANGUAGE_CODE):
        yield from _load(size)


def _load(size: Size) -> Iterator[str]:
    yield "Places, agencies and categories"
    load_regions(DATA / "malang_regions.csv", city=settings.CITY_CODE)
    load_agencies(DATA / "malang_opd.csv")
    load_categories(DATA / "umkm_categories.csv")
    yield f"{size.people} invented ASN, and the demo's sign-ins"
    people.load_people(size.people)
    call_command("write_roles", verbosity=0)
    people.make_sign_ins()
    yield f"{60 + size.short_shops + size.pending_shops} shops with drawn pictures"
    lay_site()
    shops.load_shops(DATA / "demo_products.csv", short=size.short_shops, pending=size.pending_shops)
    curated.load_curated()
    yield f"{size.purchases} purchases of the last twelve months"
    money.load_purchases(size.purchases)
    yield "Closing the months that are over"
    close_past_months()
    yield "Goals, a campaign and a survey"
    together.load_together()
    yield "Promotions and posts"
    news.load_promotions()
    while outbox.relay():
        pass


def close_past_months() -> None:
    """Close every month that is over, in order; one that was released already stays as it is."""
    done = BookMonth.objects.exclude(state=BookMonth.State.CLOSED)
    for month in past_months(timezone.localdate()):
        if not done.filter(month=month).exists():
            closing.close_month(month)


def past_months(today: date) -> Iterator[date]:
    """The months with purchases that have ended, the first one first."""
    first = Purchase.objects.order_by("book_month").values_list("book_month", flat=True).first()
    month = first
    while month is not None and month < first_of_month(today):
        yield month
        month = next_month(month)
