"""docs/roles.md says which doors of the admin open to whom, and so it is: each, as every role."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLResolver, get_resolver

from config.roles import ROLES
from tests.journeys.api_world import World, small_world
from tests.journeys.roles_table import TEXT, users_of_roles

pytestmark = pytest.mark.django_db

ROW = re.compile(r"^\| (?P<doors>`[a-z][^|]*`) \| (?P<who>[^|]+) \|$", re.MULTILINE)
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\((?:\?P<\w+>)?[^)]*\)")
WORKS_HERE = [role for role, rights in ROLES.items() if "wagtailadmin.access_admin" in rights]
OF_PAGES = ("wagtailadmin_pages", "wagtailadmin_explore", "wagtailadmin_choose")
NOBODYS = {"wagtailadmin_error_test", "wagtailadmin_logout"}
"""The one fails on purpose; the other ends the session it is asked in."""


def doors() -> Iterator[tuple[str, str]]:
    """Name and pattern of every address below /admin/."""
    for pattern, name in _walk(get_resolver()):
        if pattern.startswith("admin/") and name and name not in NOBODYS:
            yield name, pattern


def _walk(resolver: Any, before: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Any]:
    for each in resolver.url_patterns:
        pattern = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each, pattern, (*spaces, each.namespace or ""))
        else:
            spaced = ":".join(filter(None, spaces))
            name = each.name or (
                pattern if spaced else ""
            )  # Wagtail's own without one lead nowhere
            yield pattern, f"{spaced}:{name}" if spaced else name


def address(name: str, pattern: str, world: World) -> str:
    """The address with things that are there: a shop's page, else the first of its kind."""
    page = world.product.get_parent().pk

    def thing(parameter: re.Match[str]) -> str:
        if parameter["kind"] == "uuid":
            return str(world.product.product.public_id)
        return str(page) if name.startswith(OF_PAGES) else "1"

    return "/" + PARAMETER.sub(thing, pattern).translate(str.maketrans("", "", "^$\\?"))


def is_open(client: Client, path: str) -> bool | None:
    """Whether the door opens; None where the thing behind it is not there to be judged by."""
    cookies = client.cookies.output(header="", sep=";")
    before = transaction.savepoint()
    answer = client.get(path)
    if answer.status_code == 405:
        answer = client.post(path)
    transaction.savepoint_rollback(before)
    client.cookies.load(cookies)
    if answer.status_code == 404:
        return None
    to = answer.headers.get("Location", "")
    turned_away = to == "/admin/" or to.startswith(("/masuk/", "/admin/login"))
    return answer.status_code != 403 and not turned_away


@pytest.fixture
def _nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is let in is decided before a template is rendered, and that takes most of the time."""
    monkeypatch.setattr(Template, "render", lambda *_arguments, **_named: "")


@pytest.fixture
def clients() -> dict[str, Client]:
    """A signed-in person of each role; strangers have none."""
    found = {"": Client(raise_request_exception=False)}
    for role, user in users_of_roles().items():
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(user)
    return found


def rows() -> dict[str, set[str]]:
    """Who is let in, by a door's name or by its namespace with a star."""
    found = {}
    for row in ROW.finditer(TEXT.partition("## The admin")[2]):
        for door in re.findall(r"`([^`]+)`", row["doors"]):
            found[door] = named(row["who"])
    return found


def named(who: str) -> set[str]:
    if who == "everyone":
        return {"", *ROLES}
    if who == "everyone who works here":
        return set(WORKS_HERE)
    return set() if who in ("superusers", "nobody") else set(who.split(", "))


def row_of(name: str, table: dict[str, set[str]]) -> set[str] | None:
    """The row that speaks of a door: its own, else that of its namespace."""
    space = name.rpartition(":")[0]
    return table.get(name, table.get(f"{space}:*" if space else "wagtailadmin_*"))


@pytest.mark.usefixtures("_nothing_is_drawn")
def test_the_doors_of_the_admin_open_to_whom_the_table_names_and_nobody_else(
    clients: dict[str, Client],
) -> None:
    world, table, wrong = small_world(), rows(), {}
    for name, pattern in doors():
        said = row_of(name, table)
        path = address(name, pattern, world)
        seen = {who: is_open(clients[who], path) for who in ("", "asn", *WORKS_HERE)}
        let_in = {who for who, opened in seen.items() if opened}
        judged = {who for who, opened in seen.items() if opened is not None}
        if said is None or let_in != said & judged:
            wrong[name] = sorted(let_in), sorted(judged)

    assert wrong == {}


def test_who_does_not_work_here_has_no_right_to_enter() -> None:
    outside = {"asn", "umkm_owner", "auditor", "integrator"}

    assert set(ROLES) - set(WORKS_HERE) == outside


def test_no_row_speaks_of_a_door_that_is_not_there() -> None:
    names = {name for name, _pattern in doors()}
    spaces = {f"{name.rpartition(':')[0]}:*" for name in names}

    assert rows().keys() - names - spaces == {"wagtailadmin_*"}
