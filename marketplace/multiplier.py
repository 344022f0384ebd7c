"""The local multiplier LM3, estimated from a yearly short survey of shops.

New Economics Foundation, LM3: (round 1 + round 2 + round 3) / round 1. Round 1 is what civil
servants spend at the shops, round 2 what the shops spend of it on suppliers, staff and owner in the
city, round 3 what those spend of that in the city in their turn. So by the shares that a shop
answers, its LM3 is 1 + near + near x again: 1 where nothing stays, 3 where everything does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import quantiles

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from marketplace.errors import AnswerNotValid, SurveyClosed
from marketplace.models import LocalSurvey, SurveyAnswer, Umkm
from marketplace.models.surveys import LEAST_ANSWERS
from marketplace.rounding import rounded_down

KEPT_DAYS = 365
"""So long after its survey was closed an answer can be checked; then only the result is left."""

TENTH = Decimal("0.1")
PERCENT = re.compile(r"(\d{1,3})\s*%?(?:\s*[-–]\s*(\d{1,3})\s*%?)?")


@dataclass(frozen=True)
class Share:
    """Whole percent, from the least to the most."""

    low: int
    high: int


@dataclass(frozen=True)
class Answer:
    """What one shop says: the part of its spending that stays near, and of that, again."""

    umkm: Umkm
    near: Share
    again: Share
    answered_on: date


@dataclass(frozen=True)
class Multiplier:
    """An estimate: the middle half of a year's answers lies from `low` to `high`.

    `answers` is rounded down to a multiple of five.
    """

    year: int
    low: Decimal
    high: Decimal
    answers: int


def latest() -> Multiplier | None:
    """The result of the newest closed survey that has one."""
    found = LocalSurvey.objects.exclude(low=None).order_by("-year").first()
    if found is None or found.low is None or found.high is None:
        return None
    return Multiplier(found.year, found.low, found.high, rounded_down(found.answers_counted or 0))


def share(text: str) -> Share:
    """`60`, `60%` or `50-70`. Raises `AnswerNotValid`."""
    found = PERCENT.fullmatch(text.strip())
    if found is None:
        raise AnswerNotValid
    low = int(found[1])
    high = int(found[2]) if found[2] else low
    if not low <= high <= 100:
        raise AnswerNotValid
    return Share(low, high)


@transaction.atomic
def open_survey(year: int, *, by: User) -> LocalSurvey:
    """Open a year's survey; one that is there already is found."""
    survey, is_new = LocalSurvey.objects.get_or_create(year=year)
    if is_new:
        audit.record(actor=by, action="survey.opened", subject=survey)
    return survey


@transaction.atomic
def enter_answers(survey: LocalSurvey, answers: Iterable[Answer], *, by: User) -> int:
    """Take all of these answers; a shop that answered before has its answer replaced.

    Raises `SurveyClosed`.
    """
    held = _hold_open(survey)
    given = list(answers)
    for answer in given:
        SurveyAnswer.objects.update_or_create(
            survey=held,
            umkm=answer.umkm,
            defaults={
                "near_low": answer.near.low,
                "near_high": answer.near.high,
                "again_low": answer.again.low,
                "again_high": answer.again.high,
                "answered_on": answer.answered_on,
                "entered_by_id": by.pk,
                "entered_at": timezone.now(),
            },
        )
    audit.record(actor=by, action="survey.answered", subject=held, detail={"answers": len(given)})
    return len(given)


@transaction.atomic
def drop_answer(survey: LocalSurvey, answer_id: int, *, by: User) -> None:
    """Forget an answer while the survey is open; one that is gone already is no matter.

    Raises `SurveyClosed`.
    """
    held = _hold_open(survey)
    gone, _ = held.answers.filter(pk=answer_id).delete()
    if gone:
        audit.record(actor=by, action="survey.answer-dropped", subject=held)


@transaction.atomic
def close_survey(survey: LocalSurvey, *, by: User) -> LocalSurvey:
    """End the survey for ever and keep its result, if enough shops answered.

    The result is shown from then on and never moves: between two moments a single answer could be
    read off. Raises `SurveyClosed`.
    """
    held = _hold_open(survey)
    answers = list(held.answers.all())
    held.closed_at, held.answers_counted = timezone.now(), len(answers)
    if len(answers) >= LEAST_ANSWERS:
        held.low, held.high = range_of(answers)
    held.save(update_fields=["closed_at", "answers_counted", "low", "high"])
    audit.record(actor=by, action="survey.closed", subject=held)
    return held


def range_of(answers: Iterable[SurveyAnswer]) -> tuple[Decimal, Decimal]:
    """From the lower quartile of the least to the upper quartile of the most, in tenths outward."""
    given = list(answers)
    least = quantiles([_lm3(each.near_low, each.again_low) for each in given], method="inclusive")
    most = quantiles([_lm3(each.near_high, each.again_high) for each in given], method="inclusive")
    low = least[0].quantize(TENTH, rounding=ROUND_FLOOR)
    return low, most[2].quantize(TENTH, rounding=ROUND_CEILING)


def forget_answers() -> int:
    """Delete the answers of surveys that were closed a year ago; their results stay."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    gone, _ = SurveyAnswer.objects.filter(survey__closed_at__lt=before).delete()
    return gone


def _lm3(near: int, again: int) -> Decimal:
    """1 + near + near x again, of shares in percent."""
    part = Decimal(near) / 100
    return 1 + part + part * again / 100


def _hold_open(survey: LocalSurvey) -> LocalSurvey:
    """The survey's row, held to the commit."""
    held = LocalSurvey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if held.closed_at is not None:
        raise SurveyClosed
    return held
