"""The indicative band of a month, by date: something to enjoy reaching, never a debt.

An administrator sets it from today or a later day on, for the city or for one agency; what was
before stays as it was. Without a row the settings BAND_LOW and BAND_HIGH hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core import audit
from marketplace.errors import BandInThePast, BandUpsideDown
from marketplace.models import Agency, Asn, Band
from marketplace.models.people import in_force
from marketplace.models.registry import MOST_RUPIAH

RIGHT = "marketplace.add_band"


@dataclass(frozen=True)
class Monthly:
    """A band in whole rupiah a month, both ends included."""

    low: int
    high: int


@transaction.atomic
def set_band(
    *, agency: Agency | None, low: int | None, high: int | None, valid_from: date, by: User
) -> Band:
    """Let a band hold from a day on; `agency` is None for the city.

    Without rupiah an agency takes the band above its own again, the city that of the settings. Of
    two for one day the later decided holds. Said again it changes nothing.
    Raises `BandInThePast`, and `BandUpsideDown` for ends that are no band.
    """
    today = timezone.localdate()
    if valid_from < today:
        raise BandInThePast
    if not _is_a_band(low, high):
        raise BandUpsideDown
    rows = Band.objects.filter(agency=agency, valid_from=valid_from)
    last = rows.order_by("-pk").first()
    if last is not None and (last.low, last.high) == (low, high):
        return last
    said = {"agency": agency, "low": low, "high": high, "valid_from": valid_from}
    band = Band.objects.create(**said, decided_on=today)
    audit.record(actor=by, action="band.set", subject=band)
    return band


def band_of(asn: Asn, *, day: date) -> Monthly:
    """The band for somebody on `day`: their agency's, else that above it, else the city's.

    Which agency was theirs on that day, and what held then: later rows change no past.
    """
    agencies = _agencies_of(asn, day=day)
    rows = Band.objects.filter(Q(agency=None) | Q(agency__in=agencies), valid_from__lte=day)
    return _nearest(list(rows), [*agencies, None])


def band_of_city(*, day: date) -> Monthly:
    """The band for who serves in no agency with one of its own."""
    return _nearest(list(Band.objects.filter(agency=None, valid_from__lte=day)), [None])


def lows_by_agency(*, day: date) -> dict[str, int]:
    """Where the band begins for those of each agency on `day`, by code, in whole rupiah a month."""
    bands = list(Band.objects.filter(valid_from__lte=day))
    agencies = {agency.pk: agency for agency in Agency.objects.all()}
    return {
        agency.code: _nearest(bands, [*_upwards(agency, agencies), None]).low
        for agency in agencies.values()
    }


def states() -> dict[int, str]:
    """What each row is today, by its key: `holds`, `comes`, or nothing once another took over."""
    today = timezone.localdate()
    found: dict[int, str] = {}
    last: dict[tuple[int | None, date], Band] = {}
    for band in Band.objects.order_by("pk"):
        last[band.agency_id, band.valid_from] = band
    for agency in {agency for agency, _day in last}:
        standing = [band for (whose, _day), band in last.items() if whose == agency]
        found |= {band.pk: "comes" for band in standing if band.valid_from > today}
        holding = _latest(band for band in standing if band.valid_from <= today)
        if holding is not None:
            found[holding.pk] = "holds"
    return found


def _is_a_band(low: int | None, high: int | None) -> bool:
    if low is None or high is None:
        return low is high
    return 1 <= low <= high <= MOST_RUPIAH


def _agencies_of(asn: Asn, *, day: date) -> list[int]:
    """Their agency on `day`, and what it is a unit of, the nearest first."""
    postings = asn.postings.select_related("agency__parent__parent")
    posting = in_force(postings, day)
    agency = posting.agency if posting else None
    found: list[int] = []
    while agency is not None and len(found) < 3:
        found.append(agency.pk)
        agency = agency.parent
    return found


def _upwards(agency: Agency, agencies: Mapping[int, Agency]) -> list[int]:
    found = [agency.pk]
    while len(found) < 3 and agency.parent_id is not None:
        agency = agencies[agency.parent_id]
        found.append(agency.pk)
    return found


def _nearest(bands: Sequence[Band], places: Sequence[int | None]) -> Monthly:
    """The band of the first place that has one, else that of the settings."""
    for place in places:
        band = _latest(band for band in bands if band.agency_id == place)
        if band is not None and band.low is not None and band.high is not None:
            return Monthly(band.low, band.high)
    return Monthly(settings.BAND_LOW, settings.BAND_HIGH)


def _latest(bands: Iterable[Band]) -> Band | None:
    return max(bands, key=lambda band: (band.valid_from, band.pk), default=None)
