"""The visitors' steps: browsing, looking closer, and what programs that pass by are told."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from demo.journey.pages import PRICE
from demo.journey.walk import Walk, expect, expect_equal, expect_status, wait_for

CHANGES = "/api/v1/catalog/changes"


def app_notes_where_it_stands(walk: Walk) -> str:
    """An app notes where the feed of changes stands, before anything is published."""
    answer = expect_status(walk.anybody.get(CHANGES), 200).json()
    expect_equal(answer["results"], [], "changes since this moment")
    walk.facts.changes = answer["next"]
    return f"{CHANGES} gives the place to go on from"


def visitor_browses_a_place(walk: Walk) -> str:
    """A visitor browses one category in one kelurahan: the new shop is among those there."""
    kelurahan = walk.facts.umkm["kelurahan"]
    asked = {"category": walk.facts.umkm["category"]["slug"], "place": kelurahan["code"]}
    page = walk.visitor.get("/umkm/", **asked, sort="newest")
    expect_equal(page.status, 200, "the catalogue")
    expect(page.link(walk.facts.umkm["name"]), f"{page.address} does not show the new shop")
    elsewhere = walk.visitor.get("/umkm/", category=asked["category"], place="35.73.99")
    expect_equal(elsewhere.status, 200, "a place that is none")
    return f"{page.text_of('.count') or 'found'} in {kelurahan['name']}"


def visitor_mistypes(walk: Walk) -> str:
    """They search with a slip of the thumb and half a word, and find it all the same."""
    asked = f"warung jelajha {walk.code}"
    page = walk.visitor.get("/umkm/", q=asked)
    expect(page.link(walk.facts.umkm["name"]), f"{asked!r} does not find the shop")
    half = walk.visitor.get("/umkm/", q=f"pec {walk.code}")
    expect(half.link(walk.facts.umkm["name"]), "half a word does not find the shop that sells it")
    return f"{asked!r} is read as {walk.facts.umkm['name']!r}; half a word finds what it sells"


def visitor_finds_nothing(walk: Walk) -> str:
    """A search that finds nothing offers what is near, and the way to name a missing shop."""
    page = walk.visitor.get("/umkm/", q="xylofon abrakadabra")
    expect_equal(page.status, 200, "a search without result")
    ways = [link for link in page.links() if "/usulkan" in link or "/belanja/catat/" in link]
    expect(ways, "an empty result has no way to name a missing shop")
    return f"{page.text_of('h2')[:80]!r}, and {ways[0].split('/', 3)[3]}"


def visitor_looks_around(walk: Walk) -> str:
    """They look at the map and at what editors picked."""
    chart = walk.visitor.get("/peta/")
    expect(walk.facts.umkm["kelurahan"]["name"] in chart.text, "the map's list lacks the kelurahan")
    picked = walk.visitor.get("/koleksi/")
    paths = {urlsplit(link).path for link in picked.links()}
    collections = sorted(path for path in paths if re.fullmatch(r"/koleksi/[\w-]+/", path))
    expect(collections, "no collection is shown")
    expect_equal(walk.visitor.get(collections[0]).status, 200, collections[0])
    return f"/peta/ with its list, {collections[0]} among {len(collections)} collections"


def visitor_opens_the_product(walk: Walk) -> str:
    """They open the product, and from there the form that records a purchase."""
    page = walk.visitor.get(walk.facts.product_page)
    expect("Rp17.500" in page.text, "the product's page names no price")
    expect(
        any("/belanja/catat/" in link for link in page.links()),
        "the product's page has no way to record a purchase",
    )
    return f"{page.text_of('h1')!r} at Rp17.500, with the way to record"


def pages_speak_to_machines(walk: Walk) -> str:
    """Search engines read the product and its price, and a shared address has a picture."""
    page = walk.visitor.get(walk.facts.product_page)
    told = [json.loads(tag.text) for tag in page.soup.select('[type="application/ld+json"]')]
    prices = [price for each in told for price in _prices(each)]
    expect(str(PRICE) in prices, f"schema.org prices on {walk.facts.product_page}: {prices}")
    tag = page.soup.select_one('meta[property="og:image"]')
    expect(tag, "the product's page has no picture to share")
    assert tag is not None
    address = "/" + str(tag["content"]).split("/", 3)[3]
    picture = expect_status(walk.visitor.raw(address), 200)
    expect(picture.content[:3] == b"\xff\xd8\xff", f"{address} is no JPEG")
    return f"Rp{PRICE} as schema.org says it, and a picture of {len(picture.content)} bytes"


def app_reads_what_changed(walk: Walk) -> str:
    """The app reads on from its place: the shop and the product, as they stand."""
    address = "/" + str(walk.facts.changes).split("/", 3)[3]

    def arrived() -> dict[str, Any] | None:
        answer = expect_status(walk.anybody.get(address), 200).json()
        ids = {change["id"] for change in answer["results"]}
        wanted = {walk.facts.umkm["id"], walk.facts.product["id"]}
        return answer if wanted <= ids else None

    answer = wait_for(arrived, "the shop and the product in the feed of changes")
    return f"{len(answer['results'])} changes since, the shop and the product among them"


def _prices(node: Any) -> list[str]:
    """Every price in what a page tells search engines."""
    if isinstance(node, list):
        return [price for each in node for price in _prices(each)]
    if not isinstance(node, dict):
        return []
    own = [str(node[name]) for name in ("price", "lowPrice") if name in node]
    return own + [price for each in node.values() for price in _prices(each)]
