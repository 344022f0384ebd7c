"""The ASN's steps: recording, repeating, taking back, over the API and on the website."""

import re
from typing import Any

from demo.journey.walk import Walk, expect, expect_equal, expect_status

ASN = "asn1"
AMOUNT = 41_500
ON_THE_WEB = 12_500
PURCHASES = "/api/v1/purchases"
PART = "/api/v1/me/participation"
CONSENT = "/api/v1/me/consent"
MY_DATA = "/api/v1/me/data"


def asn_signs_in_over_the_api(walk: Walk) -> str:
    """An ASN signs in over the API with a token, and reads their own participation."""
    walk.app(ASN)
    walk.facts.part_before = part(walk)
    month, year = walk.facts.part_before["current"], walk.facts.part_before["year"]
    return f"this month Rp{month['amount']}, the year Rp{year['amount']}"


def asn_agrees_to_take_part(walk: Walk) -> str:
    """The ASN reads what is kept of them and agrees to it; without, nothing is recorded."""
    text = expect_status(walk.app(ASN).get(CONSENT), 200).json()
    expect("UU 27/2022" in text["text"], "the text does not name the law")
    said = {"digest": text["digest"]}
    given = expect_status(walk.app(ASN).send("PUT", CONSENT, json=said), 200).json()
    expect(given["given"], "the consent does not stand")
    return f"version {given['version']}, agreed to at {given['given_at']}"


def asn_records(walk: Walk) -> str:
    """The ASN records a purchase there, with an Idempotency-Key."""
    walk.facts.key = f"journey-{walk.code}"
    walk.facts.body = {"umkm": shop_of(walk), "amount": AMOUNT, "payment": "qris"}
    answer = walk.app(ASN).post(PURCHASES, walk.facts.body, key=walk.facts.key)
    walk.facts.purchase = expect_status(answer, 201).json()
    expect_equal(walk.facts.purchase["amount"], AMOUNT, "the amount recorded")
    read = expect_status(walk.app(ASN).get(answer.headers["Location"]), 200).json()
    expect_equal(read, walk.facts.purchase, "the purchase at its Location")
    return f"201, {answer.headers['Location']}, ring {walk.facts.purchase['ring']}"


def same_request_changes_nothing(walk: Walk) -> str:
    """The same request again gives the same answer and changes nothing."""
    before = part(walk)
    again = walk.app(ASN).post(PURCHASES, walk.facts.body, key=walk.facts.key)
    expect_status(again, 201)
    expect_equal(again.json(), walk.facts.purchase, "the repeated answer")
    expect_equal(part(walk), before, "participation after the repetition")
    return f"{again.status_code} with the same purchase, participation as before"


def same_key_with_another_body_is_refused(walk: Walk) -> str:
    """The same key with another body is refused."""
    before = part(walk)
    body = {**walk.facts.body, "amount": AMOUNT + 1}
    answer = expect_status(walk.app(ASN).post(PURCHASES, body, key=walk.facts.key), 422)
    expect_equal(part(walk), before, "participation after the refusal")
    return f"422 {answer.json()['type']}"


def own_participation_grew(walk: Walk) -> str:
    """Their own participation has grown by exactly that amount."""
    return moved_by(walk, AMOUNT, purchases=1)


def asn_voids(walk: Walk) -> str:
    """The ASN takes the purchase back, once; the second time is told its state."""
    address = f"{PURCHASES}/{walk.facts.purchase['id']}/void"
    voided = expect_status(walk.app(ASN).post(address, {"reason": "Salah toko"}), 200).json()
    expect(voided["void"], "the purchase does not say that it was taken back")
    again = expect_status(walk.app(ASN).post(address, {"reason": "Lagi"}), 409)
    return f"{moved_by(walk, 0, purchases=0)}; again: 409 {again.json()['type']}"


def asn_sees_what_is_kept(walk: Walk) -> str:
    """The ASN sees all that is kept of them, the NIP masked, and how to take it along."""
    mine = expect_status(walk.app(ASN).get(MY_DATA), 200).json()
    expect("•" in mine["personnel"]["nip"], "the NIP is not masked")
    expect(mine["kept"]["purchases"] and mine["kept"]["voided"], "purchases are not counted")
    page = walk.browser(ASN).get("/data-saya/")
    expect(any("/data-saya/unduh/" in one for one in page.links()), "there is no way to export")
    return f"{mine['kept']['purchases']} purchases, {mine['kept']['voided']} taken back"


def asn_names_an_unlisted_shop(walk: Walk) -> str:
    """A shop that is not listed is named in the same request, and counts at once."""
    body = {
        "unlisted": {"name": f"Kios Baru {walk.code}", "kelurahan": place_of(walk)},
        "amount": 9_000,
    }
    answer = walk.app(ASN).post(PURCHASES, body, key=f"unlisted-{walk.code}")
    found = expect_status(answer, 201).json()
    expect_equal(found["umkm"]["status"], "pending", "the named shop's status")
    said = moved_by(walk, 9_000, purchases=1)
    void(walk, found["id"])
    return f"{found['umkm']['name']!r} is pending; {said}"


def asn_records_on_the_website(walk: Walk) -> str:
    """The same on the website without JavaScript: from the UMKM's page; a double tap is one."""
    browser = walk.browser(ASN)
    page = browser.get(walk.facts.umkm_page)
    link = next((one for one in page.links() if "/belanja/catat/" in one and "umkm=" in one), "")
    expect(link, f"{walk.facts.umkm_page} has no way to record a purchase")
    form = browser.get(link).form(having="client_key")
    thanks = form.send({"amount": "12.500", "payment": "cash"})
    expect_equal(thanks.status, 200, "the page after recording")
    said = moved_by(walk, ON_THE_WEB, purchases=1)
    form.send({"amount": "12.500", "payment": "cash"})
    moved_by(walk, ON_THE_WEB, purchases=1)
    walk.facts.web_purchase = _latest(walk, ON_THE_WEB)["id"]
    return f"{thanks.address}; {said}; the second tap added nothing"


def asn_sees_and_voids_on_the_website(walk: Walk) -> str:
    """They see it in their purchases and participation, and take it back there."""
    browser = walk.browser(ASN)
    listing = browser.get("/belanja/")
    address = f"/belanja/{walk.facts.web_purchase}/"
    expect(any(address in one for one in listing.links()), f"/belanja/ does not list {address}")
    expect_equal(browser.get("/partisipasi/").status, 200, "/partisipasi/")
    form = browser.get(address).form(leading_to="/batal/")
    browser_page = form.send({"reason": "Salah ketik"})
    expect_equal(browser_page.status, 200, "the page after taking back")
    return moved_by(walk, 0, purchases=0)


# --- What other steps ask, too -------------------------------------------------------------------


def part(walk: Walk) -> dict[str, Any]:
    """The own participation of this month and year, as the API tells it."""
    return dict(expect_status(walk.app(ASN).get(PART, period="month"), 200).json())


def shop_of(walk: Walk) -> str:
    """The public id of the walk's own shop."""
    return str(walk.facts.umkm["id"])


def place_of(walk: Walk) -> str:
    """The code of its kelurahan, however the catalogue spells it."""
    found = re.search(r"\d\d\.\d\d\.\d\d\.\d{4}", str(walk.facts.umkm))
    expect(found, f"the catalogue does not say where {walk.facts.umkm} is")
    assert found is not None
    return found[0]


def moved_by(walk: Walk, amount: int, *, purchases: int) -> str:
    """That month and year stand exactly so much above where the walk found them."""
    before, now = walk.facts.part_before, part(walk)
    for span in ("current", "year"):
        grown = now[span]["amount"] - before[span]["amount"]
        expect_equal(grown, amount, f"growth of {span}")
        more = now[span]["purchases"] - before[span]["purchases"]
        expect_equal(more, purchases, f"more purchases in {span}")
    return f"participation stands Rp{amount} above where it began"


def void(walk: Walk, purchase: str) -> None:
    """Take one back over the API."""
    answer = walk.app(ASN).post(f"{PURCHASES}/{purchase}/void", {"reason": "Jelajah"})
    expect_status(answer, 200)


def _latest(walk: Walk, amount: int) -> dict[str, Any]:
    listed = expect_status(walk.app(ASN).get(PURCHASES), 200).json()["results"]
    at_the_shop = [one for one in listed if one["umkm"]["name"] == walk.facts.umkm["name"]]
    standing = [one for one in at_the_shop if one["amount"] == amount and not one["void"]]
    expect_equal(len(standing), 1, "standing purchases of that amount at the shop")
    return dict(standing[0])
