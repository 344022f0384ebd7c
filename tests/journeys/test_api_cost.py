"""What each route of the API reads and writes, however much there is: pinned, and exhaustive."""

import pytest

from tests.journeys.api_world import CALLS, World, grow, small_world

pytestmark = pytest.mark.django_db

PINNED: dict[tuple[str, str], tuple[int, int]] = {
    ("get", "/regions"): (1, 0),
    ("get", "/categories"): (1, 0),
    ("get", "/umkm"): (2, 0),
    ("get", "/umkm/{public_id}"): (9, 0),
    ("get", "/products"): (2, 0),
    ("get", "/products/{public_id}"): (4, 0),
    ("get", "/catalog/changes"): (6, 0),
    ("get", "/catalog/draft"): (18, 0),
    ("get", "/catalog/umkm"): (2, 0),
    ("get", "/catalog/umkm/{public_id}"): (9, 0),
    ("get", "/catalog/suggest"): (2, 0),
    ("get", "/catalog/collections"): (2, 0),
    ("get", "/catalog/collections/{slug}"): (7, 0),
    ("get", "/catalog/products"): (2, 0),
    ("get", "/catalog/products/{public_id}"): (4, 0),
    ("get", "/promotions"): (3, 0),
    ("get", "/posts"): (2, 0),
    ("get", "/circulation"): (4, 0),
    ("get", "/circulation/live"): (1, 0),
    ("get", "/circulation/parts"): (2, 0),
    ("get", "/circulation/spread"): (3, 0),
    ("get", "/circulation/multiplier"): (1, 0),
    ("get", "/goals"): (1, 0),
    ("get", "/campaigns"): (1, 0),
    ("get", "/circulation/regions/{code}"): (4, 0),
    ("get", "/turnout"): (9, 0),
    ("get", "/turnout/agencies"): (6, 1),
    ("get", "/me/neighbourhood"): (5, 1),
    ("get", "/audit/circulation"): (5, 2),
    ("get", "/me"): (2, 1),
    ("get", "/me/looks"): (2, 1),
    ("get", "/me/participation"): (6, 1),
    ("get", "/me/year-card"): (2, 1),
    ("get", "/me/letters"): (2, 1),
    ("put", "/me/letters"): (5, 1),
    ("put", "/me/goal"): (4, 2),
    ("delete", "/me/goal"): (1, 2),
    ("get", "/me/shops"): (2, 1),
    ("get", "/me/shops/{public_id}"): (5, 1),
    ("get", "/me/recognition"): (4, 1),
    ("put", "/me/recognition"): (18, 3),
    ("delete", "/me/recognition"): (5, 3),
    ("get", "/recognition"): (6, 1),
    ("get", "/me/data"): (11, 1),
    ("get", "/me/export"): (23, 1),
    ("put", "/me/home"): (17, 3),
    ("put", "/me/workplace"): (17, 3),
    ("post", "/me/erasure"): (22, 46),
    ("get", "/me/consent"): (2, 1),
    ("put", "/me/consent"): (5, 1),
    ("delete", "/me/consent"): (4, 4),
    ("get", "/auth/tokens"): (2, 1),
    ("post", "/auth/tokens"): (2, 1),
    ("post", "/activation"): (1, 1),
    ("post", "/activation/confirm"): (6, 5),
    ("get", "/auth/tokens/{public_id}"): (2, 1),
    ("delete", "/auth/tokens/{public_id}"): (2, 2),
    ("delete", "/auth/tokens/current"): (1, 2),
    ("get", "/purchases"): (4, 1),
    ("post", "/purchases"): (9, 3),
    ("get", "/purchases/{public_id}"): (5, 1),
    ("post", "/purchases/{public_id}/void"): (11, 4),
    ("get", "/purchases/{public_id}/receipt"): (3, 1),
    ("put", "/purchases/{public_id}/receipt"): (13, 3),
    ("delete", "/purchases/{public_id}/receipt"): (3, 2),
    ("get", "/purchases/{public_id}/receipt/photo"): (2, 1),
    ("get", "/audit/purchases/{public_id}/receipt"): (6, 2),
    ("post", "/purchases/{public_id}/correct"): (13, 4),
    ("post", "/purchases/batch"): (9, 2),
    ("get", "/audit/marks"): (6, 2),
    ("post", "/audit/marks/{public_id}/decision"): (10, 6),
    ("get", "/audit/marks/{public_id}/person"): (8, 2),
    ("get", "/purchases/favourites"): (5, 1),
    ("put", "/purchases/{public_id}/not-now"): (6, 2),
    ("get", "/purchases/months"): (2, 1),
    ("get", "/purchases/{public_id}/story"): (4, 1),
    ("get", "/social/posts"): (4, 1),
    ("get", "/social/posts/{public_id}"): (12, 1),
    ("post", "/social/posts/{public_id}/submit"): (25, 7),
    ("post", "/social/posts/{public_id}/approve"): (24, 6),
    ("post", "/social/posts/{public_id}/request-changes"): (18, 6),
    ("post", "/social/posts/{public_id}/hold"): (15, 4),
    ("post", "/social/posts/{public_id}/resume"): (18, 4),
    ("post", "/social/posts/{public_id}/move"): (15, 4),
    ("post", "/social/posts/{public_id}/withdraw"): (15, 4),
    ("post", "/social/posts/{public_id}/hand-in"): (19, 8),
    ("post", "/social/posts/{public_id}/resolve"): (16, 6),
    ("get", "/social/pictures/{public_id}"): (4, 1),
    ("get", "/social/videos/{public_id}"): (6, 1),
    ("get", "/social/stop"): (6, 1),
}
"""Messages to the database that only read and that write, with a token used for the first time."""


def costs(world: World) -> dict[tuple[str, str], tuple[int, int]]:
    found = {}
    for operation, call in CALLS.items():
        assert call(world).status_code < 400, operation
        found[operation] = world.cost
    return found


def settled_costs(world: World) -> dict[tuple[str, str], tuple[int, int]]:
    """Of the second round: pictures are drawn, content types and the site's root are known."""
    costs(world)
    return costs(world)


def test_every_route_reads_and_writes_the_same_however_much_there_is() -> None:
    world = small_world()
    few = settled_costs(world)
    grow(world)

    assert settled_costs(world) == few == PINNED
