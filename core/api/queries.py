"""What stands behind the question mark, checked: what is unknown is refused, never passed over."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from core.api.serializers import StrictSerializer, TextField


class NoQuery(StrictSerializer):
    """A route that takes no parameter."""


class PageQuery(StrictSerializer):
    """A list without filters."""

    cursor = TextField(required=False)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=100)


def checked_query(request: Request, kind: type[StrictSerializer]) -> dict[str, Any]:
    """What was asked. Raises `ValidationError`, for an unknown parameter with the known ones."""
    if not request.query_params:
        return {}
    query = kind(data=request.query_params.dict())
    unknown = sorted(request.query_params.keys() - query.fields.keys())
    if unknown:
        said = _known(list(query.fields))
        raise serializers.ValidationError({name[:50]: [said] for name in unknown})
    query.is_valid(raise_exception=True)
    asked: dict[str, Any] = query.validated_data
    return asked


def _known(names: list[str]) -> str:
    if not names:
        return _("This parameter is not known. There are none.")
    return _("This parameter is not known. There are: %(known)s.") % {"known": ", ".join(names)}
