"""Bodies that are taken literally: what is unknown or of another kind is refused, never guessed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers


class StrictSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Refuses unknown fields, so that a misspelt one is never lost silently."""

    together: ClassVar[dict[str, Any]] = {}
    """What holds of several fields at once, as JSON Schema says it; `validate` refuses the rest."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name)[:50] for name in data if name not in self.fields)
            if unknown:
                said = [_("This field is not known.")]
                raise serializers.ValidationError(dict.fromkeys(unknown, said))
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A JSON string: a number is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text
