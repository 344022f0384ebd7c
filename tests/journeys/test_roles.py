"""docs/roles.md says who may do what, and so it is: every route of the API, as every role."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from config.roles import ROLES
from tests.journeys.api_world import CALLS, World, small_world
from tests.journeys.roles_table import TEXT, users_of_roles

pytestmark = pytest.mark.django_db

ROW = re.compile(r"^\| `(?P<route>[A-Z]+ [^`]+)` \| (?P<who>.*) \|$", re.MULTILINE)
REFUSED = {401, 403, 404}
OWN = " (own)"


@dataclass
class Acting:
    """The world as one person meets it: whoever a call is meant for, it comes from them."""

    world: World
    by: User | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    def call(self, method: str, path: str, *, by: User | None = None, body: Any = None) -> Any:
        return self.world.call(method, path, by=self.by, body=body)


def rows() -> dict[tuple[str, str], str]:
    """Who may do what, by method and route."""
    found = {}
    for row in ROW.finditer(TEXT):
        method, _space, path = row["route"].partition(" ")
        found[method.lower(), path] = row["who"]
    return found


def people(world: World) -> dict[str, User | None]:
    """Somebody of each role, a stranger, and the ASN whose things the world's calls are about."""
    return {"": None, "owner": world.asn.user, **users_of_roles()}


def may(who: str, said: str) -> bool:
    """Whether a row lets somebody in."""
    named = said.removesuffix(OWN)
    if said.endswith(OWN):
        return who == "owner"
    if named == "everyone" or (named == "signed in" and who):
        return True
    return ("asn" if who == "owner" else who) in named.split(", ")


def test_every_route_of_the_api_has_a_row() -> None:
    assert rows().keys() == CALLS.keys()


def test_a_row_names_roles_that_there_are() -> None:
    known = {"everyone", "signed in", *ROLES}
    named = {name for said in rows().values() for name in said.removesuffix(OWN).split(", ")}

    assert named - known == set()


def test_the_api_lets_in_whom_the_table_names_and_nobody_else() -> None:
    world = small_world()
    wrong = {}
    for who, user in people(world).items():
        for operation, said in rows().items():
            before = transaction.savepoint()
            status = CALLS[operation](Acting(world, user)).status_code
            transaction.savepoint_rollback(before)
            if (status not in REFUSED) is not may(who, said):
                wrong[who or "stranger", *operation] = status

    assert wrong == {}
