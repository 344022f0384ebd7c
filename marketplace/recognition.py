"""Thanks by name, for who asked for it: a name and in how many of the last weeks they were active.

Never rupiah, never a rank, and nothing in an agency or a kelurahan of fewer than 20 ASN. The weeks
are counted when a month is closed, or when somebody agrees, from books that are closed: the open
month moves no list. Ending it, moving and leaving take effect at once. See docs/privacy.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import audit, locks
from core.calendar import last_day
from core.sql import Sql, fetch
from marketplace import consent_texts, consents, personnel, releases
from marketplace.errors import ConsentTextChanged, NoListToBeNamedIn
from marketplace.models import Agency, Asn, Recognition, Region
from marketplace.models.people import Dated, in_force
from marketplace.models.recognition import OF_WEEKS

LEAST_TO_NAME = 20
"""In an agency or a kelurahan of fewer ASN nobody is named."""

ACTIVE_WEEKS = """
SELECT p.buyer_id, count(DISTINCT date_trunc('week', p.day))
FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id
WHERE p.buyer_id = ANY(%s) AND p.day BETWEEN %s AND %s AND p.book_month <= %s
    AND (v.id IS NULL OR v.book_month > %s)
GROUP BY 1
"""


@dataclass(frozen=True)
class Shown:
    """How somebody appears, or would: in so many of the last OF_WEEKS weeks of a released month."""

    name: str
    weeks: int
    month: date | None


@dataclass(frozen=True)
class Standing:
    """What somebody chose, as it holds today."""

    agency: Agency | None
    place: Region | None
    agreed_at: datetime | None

    @property
    def given(self) -> bool:
        """Whether they are to be named anywhere."""
        return bool(self.agency or self.place)


@dataclass(frozen=True)
class Named:
    """A person in a list."""

    name: str
    weeks: int


@dataclass(frozen=True)
class Thanks:
    """Who is named in an agency or a kelurahan, by name; too small and nobody look alike."""

    where: Agency | Region
    people: tuple[Named, ...]

    @property
    def is_kelurahan(self) -> bool:
        """Whether it is of neighbours, not of colleagues."""
        return isinstance(self.where, Region)


@dataclass(frozen=True)
class Lists:
    """The lists that one person may read: those of their own agency and kelurahan."""

    month: date | None
    agency: Thanks | None
    place: Thanks | None

    @property
    def each(self) -> list[Thanks]:
        """Those there are."""
        return [thanks for thanks in (self.agency, self.place) if thanks]


@dataclass(frozen=True)
class Own:
    """In whose lists somebody may be named: their agency's, and that of their kelurahan."""

    agency: Agency | None
    place: Region | None


# --- Choosing ------------------------------------------------------------------------------------


def own_lists(asn: Asn) -> Own:
    """The lists this person may choose; who lives outside the city has none of a kelurahan."""
    today = timezone.localdate()
    posting = in_force(asn.postings.select_related("agency"), today)
    home = asn.home_on(today)
    in_city = home is not None and home.region.level == Region.Level.KELURAHAN
    return Own(posting.agency if posting else None, home.region if home and in_city else None)


def would_show(asn: Asn) -> Shown:
    """How this person appears, or would if they agreed now."""
    month = releases.latest_month()
    weeks = active_weeks([asn.buyer_id], month=month).get(asn.buyer_id, 0) if month else 0
    return Shown(asn.name, weeks, month)


def standing_of(asn: Asn) -> Standing:
    """Where this person is to be named: what ended by a move is not."""
    row = _asked_to_be_named().filter(asn=asn).first()
    if row is None:
        return Standing(None, None, None)
    today = timezone.localdate()
    agency = row.agency if _serves_still(row, today) else None
    place = row.place if _lives_still(row, today) else None
    return Standing(agency, place, row.agreed_at if agency or place else None)


@transaction.atomic
def agree(asn: Asn, *, digest: str, in_agency: bool, in_place: bool) -> None:
    """Be named in the list of one's agency, of one's kelurahan, or of both, from now on.

    Said again it changes nothing. Raises `ConsentTextChanged` if another text holds by now,
    `NoListToBeNamedIn` for neither or for none of one's own, `ConsentMissing`, `NotAsn`.
    """
    text = consent_texts.of_recognition()
    if digest != text.digest:
        raise ConsentTextChanged
    held = consents.hold(asn)
    consents.refuse_without(held)
    own = own_lists(held)
    agency, place = own.agency if in_agency else None, own.place if in_place else None
    if (in_agency and not agency) or (in_place and not place) or not (agency or place):
        raise NoListToBeNamedIn
    now = standing_of(held)
    if now.given and (now.agency, now.place) == (agency, place):
        return
    locks.wait_shared(locks.LISTS_OF_THANKS)  # a closing that counts comes before or after
    shown = would_show(held)
    said = {
        "agency": agency,
        "place": place,
        "text": consents.row_of(text),
        "agreed_at": timezone.now(),
        "weeks": shown.weeks,
        "month": shown.month,
    }
    Recognition.objects.update_or_create(asn=held, defaults=said)
    _write_down(held, "asn.recognition_given", version=text.version)


@transaction.atomic
def end(asn: Asn) -> None:
    """Be named nowhere any more, at once; named nowhere already, it changes nothing."""
    held = consents.hold(asn)
    if Recognition.objects.filter(asn=held).delete()[0]:
        _write_down(held, "asn.recognition_ended")


# --- Reading -------------------------------------------------------------------------------------


def lists_for(asn: Asn) -> Lists:
    """What this person may read: who is thanked in their own agency and kelurahan."""
    month = releases.latest_month()
    own = own_lists(asn)
    return Lists(
        month=month,
        agency=Thanks(own.agency, _named_in_agency(own.agency, month)) if own.agency else None,
        place=Thanks(own.place, _named_in_place(own.place, month)) if own.place else None,
    )


def _named_in_agency(agency: Agency, month: date | None) -> tuple[Named, ...]:
    if month is None or (releases.staff(agency, month) or 0) < LEAST_TO_NAME:
        return ()
    today = timezone.localdate()
    rows = _asked_to_be_named().filter(agency=agency, month=month)
    return _by_name(row for row in rows if _serves_still(row, today))


def _named_in_place(place: Region, month: date | None) -> tuple[Named, ...]:
    if month is None or (releases.residents(place, month) or 0) < LEAST_TO_NAME:
        return ()
    today = timezone.localdate()
    rows = _asked_to_be_named().filter(place=place, month=month)
    return _by_name(row for row in rows if _lives_still(row, today))


def _by_name(rows: Iterable[Recognition]) -> tuple[Named, ...]:
    """Never by weeks; who was active in none is left out, as who did not ask."""
    people = [Named(row.asn.name, row.weeks) for row in rows if row.weeks]
    return tuple(sorted(people, key=lambda person: person.name.casefold()))


def _asked_to_be_named() -> QuerySet[Recognition]:
    """Who agreed to the present texts and has not left."""
    rows = Recognition.objects.filter(
        text__digest=consent_texts.of_recognition().digest,
        asn__consented_to=consent_texts.current().digest,
        asn__user__is_active=True,
    )
    stays = rows.exclude(asn__left_on__lt=timezone.localdate())
    return stays.select_related("asn", "agency", "place").prefetch_related(
        "asn__postings", "asn__homes"
    )


def _serves_still(row: Recognition, today: date) -> bool:
    return row.agency_id is not None and all(
        posting.agency_id == row.agency_id for posting in _since(row, row.asn.postings.all(), today)
    )


def _lives_still(row: Recognition, today: date) -> bool:
    return row.place_id is not None and all(
        home.region_id == row.place_id for home in _since(row, row.asn.homes.all(), today)
    )


def _since(row: Recognition, rows: Iterable[Dated], today: date) -> list[Dated]:
    """The dated rows that were in force at any time since they agreed."""
    agreed_on, dated = timezone.localdate(row.agreed_at), list(rows)
    then = in_force(dated, agreed_on)
    return [each for each in dated if each is then or agreed_on < each.valid_from <= today]


# --- Counting ------------------------------------------------------------------------------------


def active_weeks(buyers: Sequence[object], *, month: date) -> dict[object, int]:
    """In how many of the last whole weeks that ended in a closed month each of them bought.

    Reads what was booked up to that month: what it finds does not change.
    """
    ends = last_sunday(month)
    since = ends - timedelta(weeks=OF_WEEKS) + timedelta(days=1)
    return dict(fetch(Sql(ACTIVE_WEEKS, (list(buyers), since, ends, month, month))))


def last_sunday(month: date) -> date:
    """The end of the last whole week of a month, weeks beginning on Monday."""
    day = last_day(month)
    return day - timedelta(days=day.isoweekday() % 7)


def count_anew(month: date) -> None:
    """Move every list to a month, in the transaction that releases it; who moved away is let go."""
    locks.wait_alone(locks.LISTS_OF_THANKS)
    today = timezone.localdate()
    rows = list(
        Recognition.objects.select_related("asn").prefetch_related("asn__postings", "asn__homes")
    )
    gone = [row.pk for row in rows if not _is_to_stay(row, today)]
    Recognition.objects.filter(pk__in=gone).delete()
    weeks = active_weeks([row.asn.buyer_id for row in rows], month=month)
    for row in rows:
        row.weeks, row.month = weeks.get(row.asn.buyer_id, 0), month
    Recognition.objects.bulk_update(rows, ["weeks", "month"], batch_size=500)


def _is_to_stay(row: Recognition, today: date) -> bool:
    there = _serves_still(row, today) or _lives_still(row, today)
    return there and not personnel.has_left(row.asn)


def _write_down(held: Asn, action: str, **detail: str) -> None:
    audit.record(actor=held.user, action=action, subject_user=held.user, detail=detail)
