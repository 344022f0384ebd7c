"""What an ASN does with their own records: sent late, put right, proved, watched, taken along."""

from io import BytesIO

from PIL import Image

from demo.journey.purchases import ASN, PURCHASES, moved_by, shop_of, void
from demo.journey.walk import Walk, expect, expect_equal, expect_status

AUDITOR = "auditor"
BATCH = f"{PURCHASES}/batch"
LOOKS = "/api/v1/me/looks"
HISTORY = "/belanja/belanja-saya.csv"
GPS, LATITUDE = 0x8825, {1: "S", 2: (7.0, 58.0, 44.0), 3: "E", 4: (112.0, 38.0, 2.0)}


def phone_sends_what_it_kept(walk: Walk) -> str:
    """A phone that was offline sends three at once: the bad one holds up none, again adds none."""
    bought = {"umkm": shop_of(walk), "day": walk.facts.part_before["today"]}
    kept = [
        {**bought, "client_id": f"offline-{number}-{walk.code}", "amount": amount}
        for number, amount in enumerate([7_000, -1, 8_500])
    ]
    first = expect_status(walk.app(ASN).post(BATCH, {"purchases": kept}), 200).json()["results"]
    outcomes = [one["outcome"] for one in first]
    expect_equal(outcomes, ["recorded", "refused", "recorded"], "the results of the batch")
    again = expect_status(walk.app(ASN).post(BATCH, {"purchases": kept}), 200).json()["results"]
    outcomes = [one["outcome"] for one in again]
    expect_equal(outcomes, ["recorded-before", "refused", "recorded-before"], "sent again")
    said = moved_by(walk, 15_500, purchases=2)
    for one in (first[0], first[2]):
        void(walk, one["purchase"]["id"])
    return f"{', '.join(outcomes)}; {said}"


def asn_corrects_in_one_step(walk: Walk) -> str:
    """A typing error is put right in one step: the other amount counts, on the same day."""
    body = {"umkm": shop_of(walk), "amount": 150_000}
    answer = walk.app(ASN).post(PURCHASES, body, key=f"typed-{walk.code}")
    wrong = expect_status(answer, 201).json()
    said = {**body, "amount": 15_000, "reason": "Kelebihan satu nol"}
    address = f"{PURCHASES}/{wrong['id']}/correct"
    right = expect_status(walk.app(ASN).post(address, said, key=f"right-{walk.code}"), 201).json()
    expect_equal(right["day"], wrong["day"], "the day of the replacement")
    walk.facts.purchase = right
    return f"{moved_by(walk, 15_000, purchases=1)}, not Rp150000"


def asn_adds_a_receipt(walk: Walk) -> str:
    """The photo of its receipt follows; it is drawn anew, and the place it was taken at is gone."""
    address = f"{PURCHASES}/{walk.facts.purchase['id']}/receipt"
    photo = {"photo": ("struk.jpg", a_photo(), "image/jpeg")}
    kept = expect_status(walk.app(ASN).send("PUT", address, files=photo), 200, 201).json()
    link = kept["photo"]["url"]
    served = expect_status(walk.app(ASN).get(link), 200)
    with Image.open(BytesIO(served.content)) as picture:
        expect(not picture.getexif().get_ifd(GPS), "the photo still says where it was taken")
    expect_status(walk.anybody.get(link), 401)
    return f"{kept['width']} x {kept['height']}, {len(served.content)} bytes; to nobody else: 401"


def auditor_looks_and_its_owner_reads_of_it(walk: Walk) -> str:
    """An auditor looks at the receipt and says what for; its owner reads who it was, and why."""
    purpose = f"Pemeriksaan {walk.code}"
    address = f"/api/v1/audit/purchases/{walk.facts.purchase['id']}/receipt"
    expect_status(walk.app(AUDITOR).get(address, purpose=purpose), 200)
    looks = expect_status(walk.app(ASN).get(LOOKS), 200).json()["results"]
    mine = [look for look in looks if look["purpose"] == purpose]
    expect_equal([look["by"] for look in mine], [AUDITOR], "who looked")
    page = walk.browser(ASN).get("/data-saya/dilihat/")
    expect(purpose in page.text, "the page of looks does not name the purpose")
    return mine[0]["said"]


def asn_takes_the_history_along(walk: Walk) -> str:
    """The ASN takes their purchases along as a file; then the walk leaves all as it was."""
    file = walk.browser(ASN).get(HISTORY).text
    expect("150000" in file and "15000" in file, "the file lacks what was corrected")
    void(walk, walk.facts.purchase["id"])
    return f"the wrong amount and the right one are in it; {moved_by(walk, 0, purchases=0)}"


def a_photo() -> bytes:
    """As a phone takes it, with the place it was taken at."""
    exif, file = Image.Exif(), BytesIO()
    exif.get_ifd(GPS).update(LATITUDE)
    Image.new("RGB", (640, 480), "white").save(file, "JPEG", exif=exif)
    return file.getvalue()
