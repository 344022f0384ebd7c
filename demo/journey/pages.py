"""The editor's steps: pages written and published in Wagtail's admin, seen by visitors and apps."""

import re

from demo.journey.browser import Form, Page
from demo.journey.walk import Walk, expect, expect_equal, expect_status, wait_for

EDITOR = "editor"
KELURAHAN = "Sukoharjo"
PUBLISH = {"action-publish": "action-publish"}
PRICE = 17_500


def system_is_a_demo(walk: Walk) -> str:
    """The system is ready, and it is a demo."""
    answer = expect_status(walk.visitor.raw("/health/ready"), 200)
    expect(answer.json().get("demo") is True, "this address is no demo: the journey stays out")
    return f"{walk.base_url}/health/ready says {answer.text.strip()[:120]}"


def editor_signs_in(walk: Walk) -> str:
    """An editor signs in at /masuk/ and stands in the admin."""
    page = walk.browser(EDITOR).get("/admin/")
    expect_equal(page.status, 200, "the admin's home")
    return f"{page.address} with {len(page.links())} links"


def editor_publishes_umkm(walk: Walk) -> str:
    """The editor writes the page of an UMKM in Wagtail and publishes it."""
    form = _new_page(walk, _catalogue(walk), having="region")
    walk.facts.umkm_page = f"/umkm/warung-{walk.code}/"
    said = {
        "title": _name(walk),
        "slug": f"warung-{walk.code}",
        "summary": "Nasi pecel dan kopi, ditulis oleh penjelajah.",
        "category": form.choice("category", "Kuliner"),
        "region": form.choice("region", KELURAHAN),
        "rw": "3",
        "rt": "2",
        "photo": _photo(walk),
    }
    return _publish(form, said)


def editor_publishes_product(walk: Walk) -> str:
    """The editor publishes a product page below it."""
    listing = walk.browser(EDITOR).get(_catalogue(walk), q=_name(walk))
    shop = _explorer(listing.link(_name(walk)))
    form = _new_page(walk, shop, having="price")
    walk.facts.product_page = f"{walk.facts.umkm_page}pecel-{walk.code}/"
    said = {
        "title": f"Pecel {walk.code}",
        "slug": f"pecel-{walk.code}",
        "summary": "Sambal kacang disangrai pelan.",
        "price": str(PRICE),
        "unit": "porsi",
        "photo": _photo(walk),
    }
    return _publish(form, said)


def visitors_see_them(walk: Walk) -> str:
    """Visitors see both pages, and the shop in the catalogue."""
    shop = walk.visitor.get(walk.facts.umkm_page)
    expect_equal(shop.status, 200, "the UMKM's page")
    expect(_name(walk) in shop.text_of("h1"), f"the UMKM's page is headed {shop.text_of('h1')!r}")
    expect(f"Pecel {walk.code}" in shop.text, "the product does not stand on the UMKM's page")
    product = walk.visitor.get(walk.facts.product_page)
    expect("17.500" in product.text, "the price does not stand on the product's page")
    catalogue = walk.visitor.get("/umkm/", q=_name(walk))
    expect(catalogue.link(_name(walk)), "the UMKM is not found in the catalogue")
    return f"{shop.text_of('h1')!r}, {product.text_of('h1')!r} at Rp17.500, found in /umkm/?q="


def apps_read_them(walk: Walk) -> str:
    """Apps read both under /api/v1/."""
    found = expect_status(walk.anybody.get("/api/v1/umkm", q=_name(walk)), 200).json()["results"]
    expect_equal([one["name"] for one in found], [_name(walk)], "GET /api/v1/umkm?q=")
    walk.facts.umkm = found[0]
    address = f"/api/v1/umkm/{_id(found[0])}"
    detail = expect_status(walk.anybody.get(address), 200).json()
    expect(f"Pecel {walk.code}" in str(detail), f"{address} does not show the product")
    listed = expect_status(walk.anybody.get("/api/v1/products", q=f"Pecel {walk.code}"), 200)
    products = [one for one in listed.json()["results"] if one["name"] == f"Pecel {walk.code}"]
    expect(products, "GET /api/v1/products does not list the product")
    expect_equal(products[0]["price"], PRICE, "the product's price")
    walk.facts.product = products[0]
    return f"{address} and a product of Rp{PRICE}"


def editor_closes_the_umkm(walk: Walk) -> str:
    """The editor unpublishes the page: the UMKM is closed, and takes no purchase any more."""
    browser = walk.browser(EDITOR)
    listing = browser.get(_catalogue(walk), q=_name(walk))
    number = re.search(r"/pages/(\d+)/", listing.link(_name(walk)))
    expect(number, "the page is not in the explorer")
    assert number is not None
    address = f"/admin/pages/{number[1]}/unpublish/"
    form = browser.get(address).form(leading_to="unpublish")
    form.send({"include_descendants": "on"})
    wait_for(
        lambda: walk.visitor.get(walk.facts.umkm_page).status == 404, "the page's disappearance"
    )
    found = expect_status(walk.anybody.get("/api/v1/umkm", q=_name(walk)), 200).json()["results"]
    expect_equal(found, [], "GET /api/v1/umkm?q= after closing")
    body = {"umkm": _id(walk.facts.umkm), "amount": 5_000}
    answer = walk.app("asn1").post("/api/v1/purchases", body, key=f"closed-{walk.code}")
    expect("umkm-closed" in answer.json().get("type", ""), f"a purchase there: {answer.text[:300]}")
    return f"{walk.facts.umkm_page} is gone, and recording there is answered {answer.status_code}"


def _name(walk: Walk) -> str:
    return f"Warung Jelajah {walk.code}"


def _id(found: dict[str, object]) -> str:
    return str(found["id"])


def _catalogue(walk: Walk) -> str:
    """The explorer's address of the catalogue, found from the admin's first page."""
    page = walk.browser(EDITOR).get("/admin/pages/")
    link = page.link("Katalog UMKM")
    expect(link, f"the explorer {page.address} shows no catalogue: {page.text[:300]}")
    return _explorer(link)


def _explorer(link: str) -> str:
    """The explorer's address of a page, whether the link leads there or to its form."""
    found = re.search(r"/admin/pages/(\d+)/", link)
    expect(found, f"{link!r} leads to no page in the explorer")
    assert found is not None
    return f"/admin/pages/{found[1]}/"


def _new_page(walk: Walk, parent: str, *, having: str) -> Form:
    """The empty form of a page below `parent`: one kind only, so Wagtail leads straight there."""
    page = walk.browser(EDITOR).get(f"{parent}add_subpage/")
    expect_equal(page.status, 200, f"{parent}add_subpage/")
    return page.form(having=having)


def _photo(walk: Walk) -> str:
    """The number of the first picture that Wagtail's chooser offers."""
    answer = expect_status(walk.browser(EDITOR).raw("/admin/images/chooser/"), 200)
    found = re.search(r"/admin/images/chooser/chosen/(\d+)/", answer.text)
    expect(found, "the chooser offers no picture")
    assert found is not None
    return found[1]


def _publish(form: Form, said: dict[str, str]) -> str:
    """Send the form as the button "Publish" does; a StreamField is drawn by script: empty here."""
    page = form.send({**said, **PUBLISH, **_empty_streams(form)})
    expect(page.status == 200 and "/edit/" not in str(page.address), _errors(page))
    return f"{page.text_of('.messages')[:140] or page.address}"


def _empty_streams(form: Form) -> dict[str, str]:
    """Wagtail asks for the number of blocks of each stream."""
    names = {name for name, _value in form.fields()}
    return {} if "story-count" in names or "price" in names else {"story-count": "0"}


def _errors(page: Page) -> str:
    return (
        f"the form came back ({page.status}): {page.text_of('.messages')} "
        f"{page.text_of('.error-message, .w-field__errors, .errorlist')}"
    )
