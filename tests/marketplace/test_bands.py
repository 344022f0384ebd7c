"""The band of a month by date: the city's, an agency's, and never one of days gone by."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from core.models import AuditEntry
from marketplace.bands import Monthly, band_of, set_band, states
from marketplace.errors import BandInThePast, BandUpsideDown
from marketplace.models import Agency, Asn, Band
from marketplace.participation import BandPlace, Period, participation
from tests.marketplace.factories import AgencyFactory, PostingFactory, PurchaseFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
CITYS, AGENCYS, LATER = Monthly(200_000, 400_000), Monthly(50_000, 90_000), Monthly(1, 2)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())):
        yield


@pytest.fixture
def administrator(client: Client) -> User:
    user = UserFactory()
    rights = Permission.objects.filter(codename__in=["access_admin", "add_band"])
    user.user_permissions.set(rights)
    client.force_login(user)
    return user


def let(
    band: Monthly | None, *, agency: Agency | None = None, day: date = TODAY, by: User | None = None
) -> Band:
    low, high = (band.low, band.high) if band else (None, None)
    return set_band(agency=agency, low=low, high=high, valid_from=day, by=by or UserFactory())


def agency_of(asn: Asn) -> Agency:
    return asn.postings.get().agency


# --- Which band is whose, and when ---------------------------------------------------------------


def test_without_any_row_the_settings_say_the_band(asn: Asn, settings: Settings) -> None:
    settings.BAND_LOW, settings.BAND_HIGH = 10_000, 20_000

    assert band_of(asn, day=TODAY) == Monthly(10_000, 20_000)


def test_an_agencys_band_goes_before_the_citys_for_its_units_too(asn: Asn) -> None:
    let(CITYS)
    assert band_of(asn, day=TODAY) == CITYS

    unit = agency_of(asn)
    unit.parent = AgencyFactory()
    unit.save(update_fields=["parent"])
    let(AGENCYS, agency=unit.parent)

    assert band_of(asn, day=TODAY) == AGENCYS


def test_a_band_holds_from_its_day_on_and_changes_nothing_before(asn: Asn) -> None:
    tomorrow = TODAY + timedelta(days=1)
    let(CITYS)
    let(LATER, day=tomorrow)

    assert band_of(asn, day=TODAY) == CITYS
    assert band_of(asn, day=tomorrow) == LATER
    assert band_of(asn, day=TODAY - timedelta(days=1)) == Monthly(300_000, 500_000)


def test_the_agency_is_that_of_the_day_asked_for(asn: Asn) -> None:
    let(AGENCYS, agency=agency_of(asn))
    later = TODAY + timedelta(days=10)
    PostingFactory(asn=asn, valid_from=later)

    assert band_of(asn, day=TODAY) == AGENCYS
    assert band_of(asn, day=later) == Monthly(300_000, 500_000)


def test_without_rupiah_an_agency_takes_the_citys_band_again(asn: Asn) -> None:
    let(CITYS)
    let(AGENCYS, agency=agency_of(asn))
    let(None, agency=agency_of(asn))

    assert band_of(asn, day=TODAY) == CITYS


def test_of_two_for_one_day_the_later_decided_holds_and_the_list_says_so(asn: Asn) -> None:
    typo, meant = let(LATER), let(CITYS)
    coming = let(AGENCYS, day=TODAY + timedelta(days=3))

    assert band_of(asn, day=TODAY) == CITYS
    assert states() == {meant.pk: "holds", coming.pk: "comes"}
    assert typo.pk not in states()


def test_ones_own_part_is_told_beside_the_band_in_force(asn: Asn, warung) -> None:
    PurchaseFactory(asn=asn, umkm=warung, amount=60_000)
    let(AGENCYS, agency=agency_of(asn))

    band = participation(asn, period=Period.MONTH, today=TODAY).band

    assert (band.low, band.high, band.place) == (50_000, 90_000, BandPlace.WITHIN)


# --- What is refused -----------------------------------------------------------------------------


def test_a_band_of_days_gone_by_is_refused() -> None:
    with pytest.raises(BandInThePast):
        let(CITYS, day=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("low", "high"), [(2, 1), (0, 5), (1, None), (None, 1), (1, 2_000_000_001)]
)
def test_what_is_no_band_is_refused_by_the_rule_and_by_the_database(
    low: int | None, high: int | None
) -> None:
    said = {"agency": None, "low": low, "high": high, "valid_from": TODAY}

    with pytest.raises(BandUpsideDown):
        set_band(**said, by=UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Band.objects.create(**said, decided_on=TODAY)


def test_no_row_is_changed_removed_or_dated_back() -> None:
    band = let(CITYS)

    with pytest.raises(DatabaseError), transaction.atomic():
        Band.objects.filter(pk=band.pk).update(low=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Band.objects.filter(pk=band.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Band.objects.create(valid_from=TODAY - timedelta(days=1), decided_on=TODAY)


# --- In the admin --------------------------------------------------------------------------------


def test_an_administrator_sets_a_band_once_and_it_is_logged(
    client: Client, administrator: User
) -> None:
    said = {"agency": "", "low": "Rp250.000", "high": "450.000", "valid_from": TODAY}

    for _twice in range(2):
        answer = client.post(reverse("bands:add"), said)
        assert answer["Location"] == reverse("bands:index")

    band = Band.objects.get()
    assert (band.agency, band.low, band.high) == (None, 250_000, 450_000)
    [entry] = AuditEntry.objects.filter(action="band.set")
    assert (entry.actor_id, entry.subject_id) == (administrator.pk, str(band.pk))
    assert "Rp250.000" in client.get(reverse("bands:index")).content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"valid_from": "2026-11-23"}, "Kisaran berlaku mulai hari ini atau kemudian"),
        ({"low": "500.000", "high": "400.000"}, "Kisaran punya batas bawah dan batas atas"),
        ({"low": "dua"}, "rupiah bulat"),
    ],
)
def test_what_is_wrong_with_a_band_is_said_beside_the_field(
    client: Client, administrator: User, said: dict[str, str], told: str
) -> None:
    good = {"agency": "", "low": "250.000", "high": "450.000", "valid_from": "2026-11-24"}

    answer = client.post(reverse("bands:add"), good | said)

    assert told in answer.content.decode()
    assert not Band.objects.exists()
