"""The auditor's view of the circulation moves with a purchase; no public figure by place does."""

from demo.journey.browser import Page
from demo.journey.purchases import AMOUNT, place_of
from demo.journey.walk import Walk, expect, expect_equal, expect_status

AUDITOR = "auditor"
AUDIT = "/api/v1/audit/circulation"
PURPOSE = "Journey"


def auditor_looks_before(walk: Walk) -> str:
    """The auditor reads the circulation towards that kelurahan before anything is bought."""
    walk.facts.cells_before = {home: _sum(walk, home=home) for home in _homes(walk)}
    walk.facts.public_before = _public(walk)
    total = sum(walk.facts.cells_before.values())
    return f"Rp{total} from {len(walk.facts.cells_before)} places today; figures of the public kept"


def circulation_grew(walk: Walk) -> str:
    """It has grown by exactly that amount: of one home, that day, that month, that ring."""
    before = walk.facts.cells_before
    grown = {
        home: now - before[home]
        for home in before
        if (now := _sum(walk, home=home)) != before[home]
    }
    expect_equal(list(grown.values()), [AMOUNT], f"growth by home ({grown})")
    walk.facts.home = next(iter(grown))
    ring = str(walk.facts.purchase["ring"])
    expect(_sum(walk, home=walk.facts.home, ring=ring) >= AMOUNT, f"ring {ring} does not hold it")
    month = str(walk.facts.purchase["day"])[:7]
    expect(_sum(walk, home=walk.facts.home, month=month) >= AMOUNT, "the month does not hold it")
    return f"Rp{AMOUNT} more from {walk.facts.home} to {place_of(walk)} ({ring}); others as before"


def public_figures_stand_still(walk: Walk) -> str:
    """No public figure by place has moved: neither in the API nor on the pages."""
    now = _public(walk)
    for address, seen in walk.facts.public_before.items():
        expect(now[address] == seen, f"{address} has moved")
    own = f"/api/v1/circulation/regions/{walk.facts.home}"
    figure = walk.anybody.get(own).text
    expect(str(AMOUNT) not in figure, f"{own} shows the purchase")
    return f"{len(now)} public addresses as before, such as {next(iter(now))}"


def circulation_is_back(walk: Walk) -> str:
    """The circulation stands where it stood before."""
    seen = _sum(walk, home=walk.facts.home)
    expect_equal(seen, walk.facts.cells_before[walk.facts.home], "circulation after the void")
    return f"home {walk.facts.home} to {place_of(walk)}: Rp{seen} again"


def outsiders_may_not_look(walk: Walk) -> str:
    """Nobody but the auditor reads it: an ASN is refused, a stranger is asked to sign in."""
    refused = expect_status(walk.app("asn1").get(AUDIT), 403)
    asked = expect_status(walk.anybody.get(AUDIT), 401)
    return f"403 {refused.json()['type']}, 401 {asked.json()['type']}"


def _homes(walk: Walk) -> list[str]:
    """Every place where an ASN may live."""
    regions = expect_status(walk.anybody.get("/api/v1/regions"), 200).json()["results"]
    return [one["code"] for one in regions if one["level"] in ("kelurahan", "outside")]


def _sum(walk: Walk, **asked: str) -> int:
    """Today's rupiah towards the walk's kelurahan under these filters, or a month's if asked."""
    when = {} if "month" in asked else {"day": walk.facts.part_before["today"]}
    query = {**asked, **when, "shop": place_of(walk), "purpose": PURPOSE}
    return int(expect_status(walk.app(AUDITOR).get(AUDIT, **query), 200).json()["amount"])


def _public(walk: Walk) -> dict[str, str]:
    """What the API and the pages say about the city and about each place."""
    found = {
        address: expect_status(walk.anybody.get(address), 200, 404).text
        for address in ["/api/v1/circulation", *_addresses(walk)]
    }
    page = walk.visitor.get("/perputaran/")
    expect_equal(page.status, 200, "/perputaran/")
    address = f"/perputaran/{place_of(walk).replace('.', '-')}/"
    place = walk.visitor.get(address)
    expect_equal(place.status, 200, address)
    return {**found, "/perputaran/": _main(page), address: _main(place)}


def _addresses(walk: Walk) -> list[str]:
    return [f"/api/v1/circulation/regions/{code}" for code in _homes(walk)]


def _main(page: Page) -> str:
    return page.text_of("main")
