"""The nightly steps of the city's counter: all that the open month shows."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.db.models.lookups import Exact

from marketplace.models.purchases import insert_only

COUNTED_IN = 1_000_000
"""Whole rupiah that the shown amount is rounded down to."""


class CounterStep(models.Model):
    """How far the counter of a book month was read one night, and what it shows since then.

    It stands for the month's purchases and voids up to `last_purchase` and `last_void`. A step is
    numbered within its month, so of two made at once only one can be the next.
    """

    month = models.DateField(help_text="First day of the book month.")
    number = models.PositiveSmallIntegerField(help_text="1, 2, … within its month.")
    amount = models.BigIntegerField(help_text="Whole rupiah as shown: rounded down, never less.")
    last_purchase = models.BigIntegerField(help_text="No later purchase is in it.")
    last_void = models.BigIntegerField(help_text="No later void is in it.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["month", "number"]
        constraints = [
            models.UniqueConstraint(name="counter_step_once", fields=["month", "number"]),
            models.CheckConstraint(
                name="counter_month_is_a_first", condition=Q(month=TruncMonth("month"))
            ),
            models.CheckConstraint(
                name="counter_is_rough",
                condition=Q(amount__gte=0) & Q(Exact(F("amount") % COUNTED_IN, 0)),
            ),
            models.CheckConstraint(name="counter_from_one", condition=Q(number__gte=1)),
        ]
        triggers = [
            insert_only(),
            pgtrigger.Trigger(
                name="open_month_only",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=(
                    "IF EXISTS (SELECT 1 FROM marketplace_bookmonth WHERE month = NEW.month) THEN"
                    " RAISE EXCEPTION 'a closed month is counted no further'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="never_falls",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__number__gt=1),
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM marketplace_counterstep before WHERE"
                    " before.month = NEW.month AND before.number = NEW.number - 1"
                    " AND before.amount <= NEW.amount"
                    " AND before.last_purchase <= NEW.last_purchase"
                    " AND before.last_void <= NEW.last_void) THEN"
                    " RAISE EXCEPTION 'the counter goes on from its last step and never falls'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Counter {self.month:%Y-%m}, step {self.number}"
