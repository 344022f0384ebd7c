"""drf-spectacular hooks: our own paths only, and problems as the answer to every error."""

from typing import Any

PREFIX = "/api/v1/"

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

Endpoint = tuple[str, str, str, Any]


def keep_own_paths(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Wagtail's and other routes that DRF finds are not part of the contract."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


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
