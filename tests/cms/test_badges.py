"""A badge is seen while an office vouches for it, and a number has to look like one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cms.badge_numbers import BadgeKind, checked_number
from cms.badges import curated_on, days_held, is_curated, valid_badges
from cms.models import Badge, UmkmPage
from tests.cms.factories import UmkmPageFactory

TODAY = date(2026, 11, 24)
HALAL = "ID35110000000000000"
NIB = "9120001234567"

pytestmark = pytest.mark.django_db


def badge(page: UmkmPage, kind: BadgeKind, number: str, **facts: object) -> Badge:
    checked = {"checked_by_office": "Diskopindag", "checked_on": date(2026, 11, 3)}
    made = Badge(page=page, kind=kind, number=number, **{**checked, **facts})
    made.full_clean()
    made.save()
    return made


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ({}, True),
        ({"valid_until": TODAY}, True),
        ({"valid_until": date(2026, 11, 23)}, False),
        ({"checked_by_office": "", "checked_on": None}, False),
        ({"checked_on": date(2026, 11, 25)}, False),
    ],
)
def test_a_badge_is_seen_once_checked_and_while_valid(
    facts: dict[str, object], *, seen: bool
) -> None:
    page = UmkmPageFactory()
    badge(page, BadgeKind.HALAL, HALAL, **facts)
    page = UmkmPage.objects.get(pk=page.pk)

    assert bool(valid_badges(page, day=TODAY)) is seen
    days = days_held(page.badges.all(), BadgeKind.HALAL)  # as lists are filtered
    assert any(first <= TODAY and (end is None or end > TODAY) for first, end in days) is seen


def test_a_shop_is_curated_once_its_business_number_was_checked() -> None:
    page = UmkmPageFactory()
    badge(page, BadgeKind.HALAL, HALAL)
    assert not is_curated(valid_badges(page, day=TODAY))

    badge(page, BadgeKind.NIB, NIB)

    page = UmkmPage.objects.get(pk=page.pk)
    assert is_curated(valid_badges(page, day=TODAY))
    assert UmkmPage.objects.filter(curated_on(TODAY), pk=page.pk).exists()


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (BadgeKind.NIB, "NIB 9120 0012 34567", NIB),
        (BadgeKind.PIRT, "P-IRT 2063573010123-29", "206357301012329"),
        (BadgeKind.HALAL, "id 3511-0000000000000", HALAL),
    ],
)
def test_a_number_is_kept_without_what_people_write_between(
    kind: BadgeKind, typed: str, kept: str
) -> None:
    assert checked_number(kind, typed) == kept


@pytest.mark.parametrize("kind", list(BadgeKind))
def test_a_number_of_another_shape_is_refused(kind: BadgeKind) -> None:
    with pytest.raises(ValidationError) as refusal:
        checked_number(kind, "12345")

    assert "number" in refusal.value.message_dict


def test_a_pirt_ends_with_the_year_in_its_number() -> None:
    made = badge(UmkmPageFactory(), BadgeKind.PIRT, "2063573010123-29")

    assert made.valid_until == date(2029, 12, 31)


def test_the_database_wants_office_and_day_of_a_check_together() -> None:
    page = UmkmPageFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Badge.objects.create(page=page, kind="nib", number=NIB, checked_by_office="Diskopindag")
