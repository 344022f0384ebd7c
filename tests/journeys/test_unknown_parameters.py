"""A misspelt filter is refused with the names there are: it never means "everything"."""

import pytest

from tests.journeys.api_world import World, small_world

pytestmark = pytest.mark.django_db

LISTS = [
    ("/regions", "", []),
    ("/categories", "", []),
    ("/promotions", "", ["cursor", "page_size"]),
    ("/purchases", "asn", ["cursor", "page_size", "from", "until", "umkm", "status", "payment"]),
    ("/purchases/months", "asn", ["from", "until", "umkm", "payment"]),
    ("/me/consent", "asn", []),
    ("/me/data", "asn", []),
    ("/me/letters", "asn", []),
    ("/me/recognition", "asn", []),
    ("/recognition", "asn", []),
    ("/me/participation", "asn", ["period"]),
    ("/me/looks", "asn", ["cursor", "page_size"]),
    ("/catalog/suggest", "", ["q"]),
    ("/umkm", "", ["category", "kelurahan", "cursor"]),
    ("/products", "", ["category", "kelurahan", "cursor"]),
]


@pytest.fixture
def world(db: None) -> World:
    return small_world()


@pytest.mark.parametrize(("path", "who", "known"), LISTS)
def test_an_unknown_parameter_is_refused(
    world: World, path: str, who: str, known: list[str]
) -> None:
    by = world.asn.user if who else None
    long_name = "x" * 5_000

    for name in ("kelurahn", "q[]", long_name):
        answer = world.call("get", f"{path}?{name}=1", by=by)

        assert answer.status_code == 400, name
        [(refused, said)] = answer.json()["errors"].items()
        assert name.startswith(refused)
        assert [each for each in known if each not in said[0]] == []
    assert world.call("get", path, by=by).status_code == 200


@pytest.mark.parametrize(("path", "who", "known"), [row for row in LISTS if "cursor" in row[2]])
@pytest.mark.parametrize("query", ["page_size=0", "page_size=-1", "page_size=101", "page_size=x"])
def test_a_page_has_a_size_there_is(
    world: World, path: str, who: str, known: list[str], query: str
) -> None:
    by = world.asn.user if who else None

    assert world.call("get", f"{path}?{query}", by=by).status_code == 400
