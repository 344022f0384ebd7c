"""What is seen while a month runs, when it is closed, and after: over HTTP, as the journey walks.

A step's docstring says what should happen, its answer what was seen. Between the two halves the
clock moves on and the month is closed; `Seen` carries over what the first half saw.
"""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader

from demo.journey.purchases import AMOUNT, ASN, PURCHASES, asn_agrees_to_take_part
from demo.journey.walk import Walk, expect, expect_equal, expect_status

AUDITOR = "auditor"
CITY = "/api/v1/circulation"
LEADER = "pimpinan"
MY_DATA = "/api/v1/me/data"
REPORT = "/admin/angka/perputaran/"
BRIEF = "/admin/ringkasan/"


@dataclass
class Seen:
    """The month that is walked through, the buyer's place, and what was read before."""

    month: str
    home: str = ""
    purchase: str = ""
    ledger: int = 0
    public: dict[str, str] = field(default_factory=dict)
    brief: bytes = b""

    @property
    def place(self) -> str:
        return f"{CITY}/regions/{self.home}"

    @property
    def page(self) -> str:
        return f"/perputaran/{self.home.replace('.', '-')}/"

    @property
    def file(self) -> str:
        return f"/perputaran/csv/?bulan={self.month}"


# --- While the month runs ------------------------------------------------------------------------


def public_is_read(walk: Walk, seen: Seen) -> str:
    """Somebody reads what all may read: pages, API and file know nothing of the month that runs."""
    asn_agrees_to_take_part(walk)
    mine = expect_status(walk.app(ASN).get(MY_DATA), 200).json()
    seen.home = str(mine["homes"][-1]["code"])
    expect_status(walk.anybody.get(CITY, month=seen.month), 400, 404)
    expect_status(walk.anybody.get(seen.file), 404)
    seen.public = public(walk, seen)
    seen.ledger = audited(walk, seen)
    return f"{len(seen.public)} addresses; {seen.month} is not among the months declared"


def purchase_is_recorded(walk: Walk, seen: Seen) -> str:
    """An ASN records a purchase of that month; the auditor's sum of it grows by just that."""
    shops = expect_status(walk.anybody.get("/api/v1/catalog/umkm"), 200).json()["results"]
    body = {"umkm": shops[0]["id"], "amount": AMOUNT}
    answer = walk.app(ASN).post(PURCHASES, body, key=f"month-{walk.code}")
    seen.purchase = str(expect_status(answer, 201).json()["id"])
    expect_equal(audited(walk, seen), seen.ledger + AMOUNT, f"the ledger of {seen.month}")
    seen.ledger += AMOUNT
    return f"{rupiah(AMOUNT)} at {shops[0]['name']}; {seen.month} holds {rupiah(seen.ledger)}"


def no_public_byte_moved(walk: Walk, seen: Seen) -> str:
    """Not a byte of what all may read has moved."""
    return unmoved(walk, seen)


# --- When it is closed ---------------------------------------------------------------------------


def api_shows_the_month(walk: Walk, seen: Seen) -> str:
    """The API shows the month as the last one, and the city's sum is the ledger's."""
    city = expect_status(walk.anybody.get(CITY), 200).json()["month"]
    expect_equal(city["month"], seen.month, "the last released month")
    expect_equal(city["amount"], seen.ledger, "the city's sum")
    year = expect_status(walk.anybody.get(CITY, year=seen.month[:4]), 200).json()["year"]
    expect(year["amount"] >= city["amount"], "the year does not hold the month")
    return f"{seen.month}: {rupiah(city['amount'])}, at least {city['buyers']} buyers"


def pages_show_the_month(walk: Walk, seen: Seen) -> str:
    """So do the city's page and the kelurahan's, in whole rupiah."""
    place = expect_status(walk.anybody.get(seen.place, month=seen.month), 200).json()["month"]
    for address, amount in (("/perputaran/", seen.ledger), (seen.page, place["amount"])):
        text = main_of(walk, address)
        expect(rupiah(amount) in text, f"{address} does not say {rupiah(amount)}: {text[:400]}")
    return f"{seen.page} says {rupiah(place['amount'])}"


def file_shows_the_month(walk: Walk, seen: Seen) -> str:
    """So does the file; its places add up to the city."""
    text = expect_status(walk.anybody.get(seen.file), 200).text
    rows = {row["kode"]: row for row in csv.DictReader(io.StringIO(text))}
    place = expect_status(walk.anybody.get(seen.place, month=seen.month), 200).json()["month"]
    expect_equal(int(rows[seen.home]["rupiah"]), place["amount"], f"{seen.home} in the file")
    blocks = {row["bersama"] or code: int(row["rupiah"]) for code, row in rows.items()}
    expect_equal(sum(blocks.values()), seen.ledger, "all places together")
    return f"{len(rows)} places, {len(blocks)} sums, together {rupiah(seen.ledger)}"


def report_shows_the_month(walk: Walk, seen: Seen) -> str:
    """The leadership finds it on the admin's home page, in the report, and in its file."""
    leader = walk.browser(LEADER)
    for page in (leader.get("/admin/"), leader.get(REPORT, level="city", month=seen.month)):
        expect_equal(page.status, 200, str(page.address))
        expect(rupiah(seen.ledger) in page.text, f"{page.address} does not say it: {page.text}")
    file = leader.raw(f"{REPORT}?level=city&month={seen.month}&export=csv")
    [row] = csv.DictReader(io.StringIO(expect_status(file, 200).content.decode("utf-8-sig")))
    expect_equal(int(row["Rupiah"]), seen.ledger, "the city's sum in the report's file")
    return f"{file.headers['Content-Disposition']} says {row['Rupiah']}"


def mayors_page_shows_the_month(walk: Walk, seen: Seen) -> str:
    """The leadership is given one page of it as PDF, for the mayor's meeting."""
    file = expect_status(walk.browser(LEADER).raw(f"{BRIEF}?month={seen.month}"), 200)
    seen.brief = file.content
    [page] = PdfReader(io.BytesIO(file.content)).pages
    expect(rupiah(seen.ledger) in page.extract_text(), "the page does not say the city's sum")
    return f"{file.headers['Content-Disposition']}, {len(file.content)} bytes"


def purchase_is_taken_back(walk: Walk, seen: Seen) -> str:
    """The ASN takes the purchase back: their own sums and the auditor's fall by it."""
    seen.public = public(walk, seen)
    address = f"{PURCHASES}/{seen.purchase}/void"
    expect_status(walk.app(ASN).post(address, {"reason": "Salah toko"}), 200)
    expect_equal(audited(walk, seen), seen.ledger - AMOUNT, f"the ledger of {seen.month}")
    return f"{seen.month} now holds {rupiah(seen.ledger - AMOUNT)} in the ledger"


def no_released_byte_moved(walk: Walk, seen: Seen) -> str:
    """Not a byte of the closed month has moved, nor of the mayor's page."""
    again = walk.browser(LEADER).raw(f"{BRIEF}?month={seen.month}")
    expect(again.content == seen.brief, "the mayor's page is another file")
    return unmoved(walk, seen)


RUNNING = (public_is_read, purchase_is_recorded, no_public_byte_moved)
CLOSED = (
    api_shows_the_month,
    pages_show_the_month,
    file_shows_the_month,
    report_shows_the_month,
    mayors_page_shows_the_month,
    purchase_is_taken_back,
    no_released_byte_moved,
)


def public(walk: Walk, seen: Seen) -> dict[str, str]:
    """What all may read, by address: the API and the file to the byte, of pages what they say."""
    texts = [CITY, seen.place, seen.file]
    found = {address: walk.anybody.get(address).text for address in texts}
    return found | {page: main_of(walk, page) for page in ("/perputaran/", seen.page)}


def rupiah(amount: int) -> str:
    """As pages write it."""
    return f"Rp{amount:,}".replace(",", ".")


def unmoved(walk: Walk, seen: Seen) -> str:
    now = public(walk, seen)
    for address, text in seen.public.items():
        expect(now[address] == text, f"{address} has moved: {now[address][:400]}")
    return f"{len(now)} addresses as before"


def main_of(walk: Walk, address: str) -> str:
    page = walk.visitor.get(address)
    expect_equal(page.status, 200, address)
    return page.text_of("main")


def audited(walk: Walk, seen: Seen) -> int:
    """What the ledger holds of the month's days, as the auditor reads it."""
    asked: dict[str, Any] = {"month": seen.month, "purpose": "Journey"}
    answer = walk.app(AUDITOR).get("/api/v1/audit/circulation", **asked)
    return int(expect_status(answer, 200).json()["amount"])
