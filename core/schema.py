"""The API's document: our own paths only, problems as the answer to every error, and the key."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter
from rest_framework.serializers import ListSerializer

from core.keys import IN_A_HEADER

PREFIX = "/api/v1/"
WITHOUT_NULL = r"^[^\u0000]*$"
NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details. `type` is stable; switch on it.",
    "required": ["type", "title", "status", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/invalid"]},
        "title": {"type": "string", "description": "For people, in the language asked for."},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "Names the request in our logs."},
        "errors": {
            "type": "object",
            "description": "What is wrong, by field.",
            "additionalProperties": True,
        },
    },
}

KEY = (
    "Makes a repeated request have its effect once. Make a new key (a UUID, say; at most 255 "
    "visible ASCII characters; quoted, or bare without a quotation mark in front) per intended "
    "effect, and repeat it with the same body until there is an answer. First answers are kept for "
    "30 days."
)

Endpoint = tuple[str, str, str, Any]


class Schema(AutoSchema):
    """Describes `Idempotency-Key` on every route that takes one."""

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = super().get_override_parameters()
        handler = getattr(self.view, self.method.lower(), None)
        required = getattr(handler, "idempotency_required", None)
        if required is None:
            return parameters
        return [*parameters, _key_parameter(required=required)]


def _key_parameter(*, required: bool) -> OpenApiParameter:
    shape = {"type": "string", "pattern": IN_A_HEADER}
    return OpenApiParameter(
        "Idempotency-Key", shape, OpenApiParameter.HEADER, required=required, description=KEY
    )


class StrictBody(OpenApiSerializerExtension):
    """A body that is taken literally has no other fields than those that are named.

    What it says of fields together is its `together`, in the words of JSON Schema.
    """

    target_class = "core.api.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        told: dict[str, Any] = auto_schema._map_serializer(
            self.target, direction, bypass_extensions=True
        )
        for name, field in self.target.fields.items():
            most = getattr(field, "max_length", None)
            if most and isinstance(field, ListSerializer):  # what drf-spectacular leaves out
                told["properties"][name]["maxItems"] = most
        return {**told, "additionalProperties": False, **self.target.together}


def keep_own_paths(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Wagtail's and other routes that DRF finds are not part of the contract."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def refuse_null_characters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every text that it holds no null character, and where it is asked for more than space.

    PostgreSQL keeps no null character; a text of spaces is read as none.
    """
    for path in result.get("paths", {}).values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                _without_null(parameter["schema"])
    for schema in result.get("components", {}).get("schemas", {}).values():
        if schema.get("additionalProperties") is False:
            for each in schema.get("properties", {}).values():
                _without_null(each)
    return result


def _without_null(schema: dict[str, Any]) -> None:
    if schema.get("type") == "string" and not {"format", "enum", "pattern"} & schema.keys():
        schema["pattern"] = NOT_BLANK if schema.get("minLength") else WITHOUT_NULL


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Give every operation one `default` answer: a problem document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "A problem",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for path in result.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", answer)
    return result
