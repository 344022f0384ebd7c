"""Where programs of other offices are let in: the routes of docs/roles.md and no other."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from accounts.authentication import scope_of
from accounts.scopes import Scope
from config import api_urls
from tests.accounts.factories import a_client
from tests.journeys.roles_table import TEXT
from tests.journeys.test_api_contract import V1, routes

pytestmark = pytest.mark.django_db

ROW = re.compile(r"^\| `(?P<scope>\w+:\w+)` \| (?P<routes>`/.*`) \|$", re.MULTILINE)


def address(path: str) -> str:
    """The address of a route, for something that is not there."""
    return V1 + re.sub(r"{\w+}", str(uuid.uuid4()), path)


def scopes_by_route() -> dict[tuple[str, str], str | None]:
    """The scope that lets a client in, by method and route, as the views name it."""
    found = {}
    for method, path in routes(api_urls.urlpatterns):
        view = resolve(address(path)).func.cls
        scope = scope_of(view) if method == "get" else None
        found[method, path] = scope.value if scope else None
    return found


def test_the_table_lists_the_routes_of_each_scope() -> None:
    told = {
        ("get", route): row["scope"]
        for row in ROW.finditer(TEXT)
        for route in re.findall(r"`([^`]+)`", row["routes"])
    }

    assert told == {route: scope for route, scope in scopes_by_route().items() if scope}
    assert set(told.values()) == set(Scope.values)


def test_a_client_with_every_scope_is_refused_wherever_no_scope_leads() -> None:
    _client, secret = a_client(requests_per_minute=10_000)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
    wrong = {}
    for (method, path), scope in scopes_by_route().items():
        answer = getattr(Client(), method)(address(path), headers=headers)
        kind = answer.json()["type"] if answer.status_code in (401, 403) else ""
        if kind != ("" if scope else "/problems/client-not-here"):
            wrong[method, path] = answer.status_code, kind

    assert wrong == {}


def test_a_client_with_one_scope_reads_the_routes_of_that_scope_only() -> None:
    secrets = {scope: a_client(scopes=[scope])[1] for scope in Scope.values}
    wrong = {}
    for (_method, path), needed in scopes_by_route().items():
        for scope, secret in secrets.items() if needed else ():
            headers = {"Authorization": f"Bearer {secret}"}
            answer = Client().get(address(path), headers=headers)
            if (answer.status_code in (401, 403)) is (scope == needed):
                wrong[path, scope] = answer.status_code

    assert wrong == {}


def test_the_document_offers_a_secret_where_a_scope_leads_and_nowhere_else() -> None:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    offered = {
        (method, path.removeprefix(V1)): way["client"]
        for path, said in document["paths"].items()
        for method, operation in said.items()
        for way in operation.get("security", [])
        if "client" in way
    }

    assert offered == {route: [scope] for route, scope in scopes_by_route().items() if scope}
    assert document["components"]["securitySchemes"]["client"]["scheme"] == "bearer"
