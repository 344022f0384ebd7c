"""Shapes that JSON alone does not hold: whole numbers, and money in whole rupiah."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import TextField
from core.calendar import month_named
from marketplace.errors import AmountOutOfRange
from marketplace.models.registry import MOST_RUPIAH


class WholeField(serializers.IntegerField):
    """A JSON integer: neither text nor a fraction nor a truth value."""

    def to_internal_value(self, data: Any) -> int:
        if not is_whole(data):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MOST_RUPIAH})
class RupiahField(serializers.Field):
    """A JSON integer of rupiah: no text, no fraction, no truth value."""

    def to_internal_value(self, data: Any) -> int:
        if not is_whole(data) or not 1 <= data <= MOST_RUPIAH:
            raise AmountOutOfRange(fields={str(self.field_name): [AmountOutOfRange.title]})
        return int(data)

    def to_representation(self, value: int) -> int:
        return value


def is_whole(data: Any) -> bool:
    """Whether JSON said an integer; Python counts truth values among them."""
    return isinstance(data, int) and not isinstance(data, bool)


KELURAHAN = r"^([0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}|outside)$"
NIP = r"^[0-9 .-]{18,30}$"
QUARTER = r"^[12][0-9]{3}-Q[1-4]$"
MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"


@extend_schema_field({"type": "string", "pattern": KELURAHAN})
class KelurahanField(TextField):
    """The code of a kelurahan, or `outside`. Whether there is such a one is the rule's to say."""


@extend_schema_field({"type": "string", "pattern": NIP, "maxLength": 30})
class NipField(TextField):
    """A NIP as people write it."""


@extend_schema_field({"type": "string", "pattern": MONTH, "examples": ["2026-10"]})
class MonthField(serializers.Field):  # type: ignore[type-arg]
    """`2026-10`, kept as the first day of the month."""

    def to_internal_value(self, data: Any) -> date:
        if not re.fullmatch(MONTH, str(data)):
            raise serializers.ValidationError(_("A month is written as 2026-10."))
        return month_named(str(data))

    def to_representation(self, value: date) -> str:
        return f"{value:%Y-%m}"


@extend_schema_field({"type": "string", "pattern": QUARTER})
class QuarterField(serializers.Field):  # type: ignore[type-arg]
    """`2026-Q3`, kept as the first day of the quarter."""

    def to_internal_value(self, data: Any) -> date:
        if not re.fullmatch(QUARTER, str(data)):
            raise serializers.ValidationError(_("A quarter is written as 2026-Q3."))
        year, quarter = str(data).split("-Q")
        return date(int(year), 3 * int(quarter) - 2, 1)

    def to_representation(self, value: date) -> str:
        return f"{value.year}-Q{(value.month + 2) // 3}"
