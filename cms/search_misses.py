"""Counting what was searched for in vain: where shops are missed, never by whom."""

import re
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from cms.folding import fold
from cms.models.search import SearchMiss
from cms.search import Search
from core.throttling import may_count_a_search

DIGIT = re.compile(r"\d")
SHORTEST, LONGEST = 3, 60
MOST_A_DAY = 2_000
"""Different searches kept of one day: whoever makes words up fills no table."""
LEAST_TOLD = 3
"""So often something has to be searched for before editors read of it."""
TOLD_FOR = timedelta(days=90)


def count_miss(search: Search, *, request: HttpRequest) -> None:
    """Count a search that found nothing; not one that names no thing, nor many from one address.

    Half words of somebody who is still typing are no search: htmx says that it asks for them.
    """
    words = kept_words(search.words)
    typing = "HX-Request" in request.headers
    if typing or not words or not search.is_words_and_place_only:
        return
    if not may_count_a_search(request):
        return
    today = timezone.localdate()
    miss = {"words": words, "place_id": search.place or None, "day": today}
    if SearchMiss.objects.filter(day=today).count() < MOST_A_DAY:
        SearchMiss.objects.bulk_create([SearchMiss(**miss)], ignore_conflicts=True)
    SearchMiss.objects.filter(**miss).update(count=F("count") + 1)


def kept_words(text: str) -> str:
    """The folded words that name a thing; nothing of an address, and no word with a digit in it.

    So neither a phone number nor a NIP, RT or mail address is ever kept.
    """
    if "@" in text:
        return ""
    words = [word for word in fold(text).split() if not DIGIT.search(word)]
    kept = " ".join(words)[:LONGEST].strip()
    return kept if len(kept) >= SHORTEST else ""


def searches_in_vain(*, day: date) -> QuerySet[SearchMiss, Any]:
    """What was missed in the last 90 days: `words`, `where` and `times`, the most wanted first.

    What was typed once or twice is nobody's wish yet, and may be a name: it is not told.
    """
    lately = SearchMiss.objects.filter(day__gt=day - TOLD_FOR, day__lte=day)
    where = Coalesce("place__name", Value(gettext("the whole city")), output_field=CharField())
    counted = lately.values("words", "place", where=where).annotate(times=Sum("count"))
    return counted.filter(times__gte=LEAST_TOLD).order_by("-times", "words", "where")


def forget() -> int:
    """Delete the counts older than SEARCH_MISS_DAYS; how many they were."""
    oldest = timezone.localdate() - timedelta(days=settings.SEARCH_MISS_DAYS)
    deleted, _ = SearchMiss.objects.filter(day__lt=oldest).delete()
    return deleted
