"""The yearly short survey of shops behind the local multiplier (LM3)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.models.registry import Umkm

LEAST_ANSWERS = 10
"""With fewer answers there is no result."""


class LocalSurvey(models.Model):
    """One year's survey: open while answers are entered, then closed with its result, for ever.

    A result is a range in tenths; a survey closed with too few answers has none.
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    answers_counted = models.IntegerField(null=True, blank=True)
    low = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    high = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)

    class Meta:
        ordering = ["-year"]
        verbose_name = _("survey of local spending")
        constraints = [
            models.CheckConstraint(
                name="survey_year_in_range", condition=Q(year__gte=2000, year__lte=2100)
            ),
            models.CheckConstraint(
                name="survey_result_once_closed",
                condition=Q(closed_at=None, answers_counted=None, low=None, high=None)
                | Q(closed_at__isnull=False, answers_counted__isnull=False, low=None, high=None)
                | Q(
                    closed_at__isnull=False,
                    answers_counted__gte=LEAST_ANSWERS,
                    low__gte=1,
                    low__lte=F("high"),
                    high__lte=3,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="closed_for_ever",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class SurveyAnswer(models.Model):
    """What one shop says of where its spending goes, in whole percent, each as a range.

    `near` is the part that goes to suppliers, staff and owner in the city, `again` the part of that
    which they spend in the city in their turn. The shop's private matter: nobody reads it back.
    """

    survey = models.ForeignKey(LocalSurvey, on_delete=models.PROTECT, related_name="answers")
    umkm = models.ForeignKey(Umkm, on_delete=models.PROTECT, related_name="+")
    near_low = models.SmallIntegerField()
    near_high = models.SmallIntegerField()
    again_low = models.SmallIntegerField()
    again_high = models.SmallIntegerField()
    answered_on = models.DateField()
    entered_by_id = models.BigIntegerField(
        help_text="The user's key, which outlives an erased user."
    )
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="survey_answer_once", fields=["survey", "umkm"]),
            models.CheckConstraint(
                name="survey_shares_in_range",
                condition=Q(near_low__gte=0, near_low__lte=F("near_high"), near_high__lte=100)
                & Q(again_low__gte=0, again_low__lte=F("again_high"), again_high__lte=100),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="open_survey_only",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=(
                    "IF EXISTS (SELECT 1 FROM marketplace_localsurvey WHERE id = NEW.survey_id"
                    " AND closed_at IS NOT NULL) THEN"
                    " RAISE EXCEPTION 'a closed survey takes no further answer'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"
