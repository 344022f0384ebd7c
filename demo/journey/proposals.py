"""The editor's steps with a shop that an ASN named: found in the queue, then merged."""

from demo.journey.browser import Page
from demo.journey.pages import EDITOR
from demo.journey.purchases import ASN, PURCHASES, place_of, shop_of, void
from demo.journey.walk import Walk, expect, expect_equal, expect_status

QUEUE = "/admin/umkm-registry/usulan/"
MOST_PAGES = 20


def editor_finds_the_named_shop(walk: Walk) -> str:
    """The editor finds that shop in the work queue, without who bought there, how much or when."""
    pages = (walk.browser(EDITOR).get(QUEUE, p=str(number)) for number in range(1, MOST_PAGES))
    page = next((each for each in pages if _entry(each, _named(walk))), None)
    expect(page, f"{_named(walk)!r} is not in the queue")
    assert page is not None
    entry = _entry(page, _named(walk))
    expect("Rp" not in entry and "9.000" not in entry, f"the queue tells money: {entry}")
    walk.facts.proposal = _merge_link(page, _named(walk))
    return entry[:120]


def editor_merges_it(walk: Walk) -> str:
    """They merge it with the listed shop that was meant: naming it again leads there."""
    page = walk.browser(EDITOR).get(walk.facts.proposal, q=walk.facts.umkm["name"])
    done = page.form(having="into").send({"into": shop_of(walk)})
    expect_equal(done.status, 200, "the page after merging")
    body = {"unlisted": {"name": _named(walk), "kelurahan": place_of(walk)}, "amount": 8_000}
    answer = walk.app(ASN).post(PURCHASES, body, key=f"merged-{walk.code}")
    found = expect_status(answer, 201).json()
    void(walk, found["id"])
    expect_equal(found["umkm"]["id"], shop_of(walk), "the shop that the name leads to")
    return f"{_named(walk)!r} is read as {found['umkm']['name']!r}"


def _named(walk: Walk) -> str:
    return f"Kios Baru {walk.code}"


def _entry(page: Page, name: str) -> str:
    """What the queue says of a shop; empty if it is not on this page."""
    found = [" ".join(tag.get_text(" ").split()) for tag in page.soup.select("li.queued")]
    return next((entry for entry in found if name in entry), "")


def _merge_link(page: Page, name: str) -> str:
    for tag in page.soup.select("li.queued"):
        if name in tag.get_text(" "):
            return next(
                str(link["href"]) for link in tag.select("a[href]") if "gabung" in link["href"]
            )
    return ""
