"""Shapes that JSON alone does not hold: bodies without unknown fields, money in whole rupiah."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.errors import AmountOutOfRange
from marketplace.models.registry import MOST_RUPIAH


class StrictSerializer(serializers.Serializer):
    """Refuses unknown fields, so that a misspelt one is never lost silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                said = [_("This field is not known.")]
                raise serializers.ValidationError({name[:50]: said for name in sorted(unknown)})
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A JSON string: a number is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


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
