"""The API document names every route, and every route answers as it says there."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from config import api_urls
from tests.journeys.api_world import CALLS, V1, World, small_world

SAID_OF_A_SHOP: list[dict[str, Any]] = [
    {"umkm": "a", "items": [1]},
    {"unlisted": {}},
    {"umkm": "a", "unlisted": {}, "items": [1]},
    {"unlisted": {}, "items": [1]},
    {},
]

pytestmark = pytest.mark.django_db

SELF_DESCRIPTION = {f"{V1}/schema/", f"{V1}/docs/"}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (method, path.removeprefix(V1))
        for path, said in document["paths"].items()
        for method in METHODS
        if method in said
    }


def routes(patterns: Any, before: str = f"{V1}/") -> set[tuple[str, str]]:
    """Every method of every view that the API's urls lead to."""
    found: set[tuple[str, str]] = set()
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found |= routes(pattern.url_patterns, path)
        elif path not in SELF_DESCRIPTION:
            path = re.sub(r"<\w+:(\w+)>", r"{\1}", path).removeprefix(V1)
            view = pattern.callback.cls
            found |= {(method, path) for method in METHODS if hasattr(view, method)}
    return found


def test_the_document_names_every_route_and_nothing_else(document: dict[str, Any]) -> None:
    assert operations(document) == routes(api_urls.urlpatterns)


def test_every_operation_is_called_here(document: dict[str, Any]) -> None:
    assert set(CALLS) == operations(document)


def test_every_route_answers_as_the_document_says(world: World, document: dict[str, Any]) -> None:
    wrong = {
        operation: said
        for operation, call in CALLS.items()
        if (said := differences(call(world), *operation, document))
    }

    assert wrong == {}


def differences(answer: Any, method: str, path: str, document: dict[str, Any]) -> list[str]:
    """What the answer has that the document does not say, or the other way."""
    said = document["paths"][V1 + path][method]["responses"].get(str(answer.status_code))
    if said is None or answer.status_code >= 400:
        return [f"{answer.status_code} {answer.content.decode()[:300]}"]
    if "content" not in said:
        return [answer.content.decode()] if answer.content else []
    schema = said["content"][answer["Content-Type"]]["schema"]
    if schema.get("format") == "binary":  # a picture has no members
        return []
    check = Draft202012Validator(
        schema | {"components": document["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    wrong = [f"{error.json_path}: {error.message}" for error in check.iter_errors(answer.json())]
    return wrong + sorted(unnamed(answer.json(), schema, document))


def unnamed(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> set[str]:
    """The members of a value that its schema does not name."""
    schema = resolved(schema, document)
    if isinstance(value, list):
        items = schema.get("items", {})
        return {name for each in value for name in unnamed(each, items, document)}
    if not isinstance(value, dict) or "properties" not in schema:
        return set()
    named = schema["properties"]
    deeper = [unnamed(each, named[name], document) for name, each in value.items() if name in named]
    return (set(value) - set(named)).union(*deeper)


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to; of several, the first that names members."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(document["components"]["schemas"][name], document)
    several = [resolved(each, document) for each in schema.get("oneOf", schema.get("allOf", []))]
    return next((each for each in several if "properties" in each), schema)


def test_a_shops_hours_are_those_of_a_clock_without_an_offset(document: dict[str, Any]) -> None:
    hours = document["components"]["schemas"]["Hours"]["properties"]

    for name in ("opens", "closes"):
        assert "format" not in hours[name]
        assert re.fullmatch(hours[name]["pattern"], "09:00:00")


@pytest.mark.parametrize(
    ("name", "field"), [("DeskPost", "permalink"), ("PublishedPost", "permalink"), ("Me", "email")]
)
def test_what_may_be_missing_may_be_empty(document: dict[str, Any], name: str, field: str) -> None:
    said = document["components"]["schemas"][name]["properties"][field]

    assert Draft202012Validator(said).is_valid("")


def test_what_has_an_id_calls_it_id_everywhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert [
        name for name, said in schemas.items() if "public_id" in said.get("properties", {})
    ] == []


def test_a_refusal_of_any_route_is_the_problem_described(document: dict[str, Any]) -> None:
    """Every route asked by nobody, for something that is not there, with a filter that is none."""
    problem = Draft202012Validator(
        {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    )
    for method, path in operations(document):
        address = re.sub(r"{\w+}", str(uuid.uuid4()), V1 + path)
        answer = getattr(Client(), method)(f"{address}?tidak=ada")
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", path
            problem.validate(answer.json())
            assert answer.status_code < 500, path
        said = document["paths"][V1 + path][method]["responses"]["default"]
        assert said["content"].keys() == {"application/problem+json"}, path


def test_one_of_two_kinds_of_shop_is_named_and_a_batch_holds_anything(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    batch = Draft202012Validator(schemas["BatchBodyRequest"])
    one = Draft202012Validator({"oneOf": schemas["PurchaseBodyRequest"]["oneOf"]})

    assert batch.is_valid({"purchases": [None, 1, {"amount": 5_000}]})
    assert [one.is_valid(said) for said in SAID_OF_A_SHOP] == [True, True, False, False, False]
