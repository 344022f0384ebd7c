"""Phone numbers, mail addresses, RT and RW inside words that people type: no page repeats them."""

import re

DIGITS_OF_A_PHONE = re.compile(r"\+?(?:\d[\s().+/-]*){7,}")
RT_OR_RW = re.compile(r"\bR[TW][\s.:/-]*\d+", re.IGNORECASE)
MAIL_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
RUPIAH = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){1,2}")
LEFT_OUT = "…"


def holds_contact(words: str) -> bool:
    """Whether these words hold a phone number, an RT or an RW."""
    return bool(DIGITS_OF_A_PHONE.search(words) or RT_OR_RW.search(words))


def without_contacts(words: str) -> str:
    """The words with `…` for every phone number, mail address, RT and RW; prices stay."""
    words = MAIL_ADDRESS.sub(LEFT_OUT, words)
    words = DIGITS_OF_A_PHONE.sub(_unless_rupiah, words)
    return RT_OR_RW.sub(LEFT_OUT, words)


def _unless_rupiah(found: re.Match[str]) -> str:
    parts = found[0].split()
    prices = all(RUPIAH.fullmatch(part.rstrip(".-")) for part in parts)
    return found[0] if prices else LEFT_OUT + " " * found[0].endswith(" ")
