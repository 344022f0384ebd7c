"""What the demo's products come in, what is in them, and how long before they are ordered."""

from dataclasses import dataclass

from cms.models import Allergen, Variant

TO_ORDER = {"tumpeng": 2, "kotak": 1, "jajan": 1, "hampers": 2, "parsel": 1, "rias": 14}
"""Days ahead, by a word of the name."""

EDIBLE = ("kuliner", "camilan", "minuman", "sembako", "agribisnis", "acara")
INSIDE = {
    Allergen.GLUTEN: ("mie", "mi", "roti", "bluder", "kue", "brownies", "pie", "bakso", "tepung"),
    Allergen.EGG: ("telur", "kue", "bluder", "brownies", "pie", "roti", "cwie"),
    Allergen.FISH: ("ikan", "lele", "nila"),
    Allergen.CRUSTACEANS: ("petis", "rawon"),
    Allergen.PEANUT: ("pecel", "kacang"),
    Allergen.SOY: ("tempe", "tahu", "orem-orem"),
    Allergen.MILK: ("susu", "yogurt", "keju", "mentega", "cokelat"),
}
"""By a word of the name."""


@dataclass(frozen=True)
class Offer:
    """How one product is sold: in variants of its own price, or over a span up to `price_to`."""

    kinds: tuple[tuple[str, int, bool], ...] = ()
    """Name, what it costs more than the product, and whether it is there now."""
    above: int = 0
    """What the dearest costs more than the product; without variants."""

    def variants(self, price: int) -> list[Variant]:
        return [
            Variant(name=n, price=price + more, available=there) for n, more, there in self.kinds
        ]


SIZES = Offer((("S", 0, True), ("M", 0, True), ("L", 0, True), ("XL", 10_000, False)))
OFFERS: dict[str, Offer] = {
    "Bakso Campur Isi Enam": Offer((("Biasa", 0, True), ("Jumbo, isi sembilan", 7_000, True))),
    "Soto Ayam Koya Gurih": Offer((("Campur", 0, True), ("Pisah", 2_000, True))),
    "Keripik Tempe Original 180 g": Offer(
        (("180 gram", 0, True), ("500 gram", 14_000, True), ("1 kilogram", 36_000, False))
    ),
    "Kopi Arabika Biji 200 g": Offer((("Biji", 0, True), ("Giling halus", 0, True))),
    "Es Kopi Susu Gula Aren": Offer((("Gelas", 0, True), ("Botol 1 liter", 49_000, True))),
    "Kemeja Batik Cap Pria Lengan Panjang": SIZES,
    "Kaos Sablon Desain Kampung": SIZES,
    "Sandal Kulit Jahit Tangan": Offer((("38-40", 0, True), ("41-43", 15_000, True))),
    "Batik Tulis Motif Malangan": Offer(above=350_000),
    "Jahit Seragam Dinas Atasan Bawahan": Offer(above=75_000),
    "Tumpeng Mini 10 Orang": Offer(
        (("10 orang", 0, True), ("20 orang", 275_000, True), ("30 orang", 525_000, True))
    ),
    "Nasi Kotak Rapat": Offer((("Ayam", 0, True), ("Daging", 8_000, True), ("Jamur", 0, True))),
    "Dekorasi Lamaran Sederhana": Offer(above=1_500_000),
    "Servis Ringan Motor Matik": Offer(above=40_000),
}
NONE = Offer()


def offer_of(name: str) -> Offer:
    """How the product of this name is sold."""
    return OFFERS.get(name, NONE)


def days_ahead(name: str) -> int | None:
    """How long before it is ordered; None: at once."""
    words = name.lower().split()
    return next((days for word, days in TO_ORDER.items() if word in words), None)


def allergens(name: str, category: str) -> list[Allergen]:
    """What its name says is in it; of what is not eaten, nothing."""
    words = set(name.lower().split()) if category in EDIBLE else set()
    return [kind for kind, said in INSIDE.items() if words & set(said)]
