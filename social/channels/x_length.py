"""How long a text is on X: twitter-text's configuration v3, held by its own conformance cases.

Most letters of Latin, Cyrillic, Arabic and their like weigh 1, all others 2; an address weighs 23
however long it is, an emoji 2 however many characters make it.
"""

import unicodedata
from functools import cache
from pathlib import Path

import regex

SOURCE = "twitter-text config/v3.json and conformance/, October 2021"
LONGEST = 280
ADDRESS = 23
HEAVY = 2
LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
LONGEST_ADDRESS = 4096
LONGEST_SHORTENED = 40
LONGEST_LABEL = 63
MOST_IN_LABEL = 70
MOST_SUBDOMAINS = 6
NEVER_SENT = regex.compile("[\ufffe\ufeff\uffff]")
"""Characters with which X takes no text."""

_PUNCTUATION = r"\!'#%&'\(\)*\+,\\\-\./:;<=>\?@\[\]\^_{|}~\$"
_SPACES = "\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVALID = "\ufffe\ufeff\uffff"
_TURNS = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_ACCENTED = (
    "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
    "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)

_PICTURE = r"(?:(?![©®])\p{Extended_Pictographic}|\p{EMod})(?:\ufe0f|\p{EMod}|(?!\ufe0e))"
_EMOJI = regex.compile(
    r"[0-9#*]\ufe0f?\u20e3|[©®]\ufe0f|\p{RI}\p{RI}"
    r"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    rf"|{_PICTURE}(?:\u200d(?:{_PICTURE}|[♀♂⚕⚖✈]\ufe0f?))*"
)
_SHORTENED = regex.compile(r"https?://t\.co/([a-z0-9]+)", regex.IGNORECASE)


def weigh(text: str) -> int:
    """What X counts of its 280."""
    text = unicodedata.normalize("NFC", text)
    addresses = dict(addresses_in(text))
    weight = at = 0
    while at < len(text):
        if at in addresses:
            weight, at = weight + ADDRESS, addresses[at]
        elif emoji := _EMOJI.match(text, at):
            weight, at = weight + HEAVY, emoji.end()
        else:
            weight, at = weight + _weight_of(text[at]), at + 1
    return weight


def addresses_in(text: str) -> list[tuple[int, int]]:
    """Where X sees web addresses, with or without https://: begin and end of each."""
    if "." not in text:
        return []
    found: list[tuple[int, int]] = []
    for seen in _address().finditer(text):
        found += _with_scheme(seen) if seen["scheme"] else _without_scheme(seen, text)
    return found


def _weight_of(character: str) -> int:
    code = ord(character)
    return 1 if any(first <= code <= last for first, last in LIGHT_RANGES) else HEAVY


def _with_scheme(seen: regex.Match[str]) -> list[tuple[int, int]]:
    if not _is_domain(seen["domain"]) or len(seen["address"]) > LONGEST_ADDRESS:
        return []
    begin, end = seen.span("address")
    if short := _SHORTENED.match(seen["address"]):
        if len(short[1]) > LONGEST_SHORTENED:
            return []
        end = begin + short.end()
    return [(begin, end)]


def _without_scheme(seen: regex.Match[str], text: str) -> list[tuple[int, int]]:
    """Only domains of Latin letters; the path belongs to the last of them."""
    begin, end = seen.span("domain")
    if not _is_domain(seen["domain"]) or (begin and text[begin - 1] in "-_./"):
        return []
    found = [match.span() for match in _ascii_domain().finditer(text, begin, end)]
    if found and seen["path"]:
        found[-1] = (found[-1][0], seen.end("address"))
    return found


def _is_domain(domain: str) -> bool:
    """Whether each label, as it stands in the DNS, has at most 63 characters."""
    return all(len(_label(label)) <= LONGEST_LABEL for label in domain.split("."))


def _label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()


@cache
def _tlds() -> list[str]:
    """The top-level domains that X knows."""
    return (Path(__file__).parent / "tlds.txt").read_text(encoding="utf-8").split()


_TLD = r"(?:\L<tlds>(?=[^0-9A-Za-z@+-]|$)|xn--[-0-9a-z]+)"


@cache
def _address() -> regex.Pattern[str]:
    """Bounded in all it repeats, so that no text of an author takes long."""
    letter = f"[^{_PUNCTUATION}{_SPACES}{_INVALID}{_TURNS}]"
    inner = f"{letter}(?:[_-]*{letter}){{0,{MOST_IN_LABEL}}}"
    labels = rf"(?:{inner}\.){{0,{MOST_SUBDOMAINS}}}{letter}(?:-*{letter}){{0,{MOST_IN_LABEL}}}\."
    general = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTED}]"
    ending = rf"[+\-a-z\u0400-\u04ff0-9=_#/{_ACCENTED}]"
    parens = rf"\((?:{general}++|{general}*+\({general}++\){general}*+)\)"
    path = rf"/(?:(?:{general}|{parens})*(?:{ending}|{parens}))?"
    query = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
    before = f"(?:(?<=[^A-Za-z0-9@＠$#＃{_INVALID}])|(?<=[{_TURNS}])|^)"
    return regex.compile(
        rf"{before}(?P<address>(?P<scheme>https?://)?(?P<domain>{labels}{_TLD})"
        rf"(?::[0-9]+)?(?P<path>{path})?(?:{query})?)",
        regex.IGNORECASE,
        tlds=_tlds(),
    )


@cache
def _ascii_domain() -> regex.Pattern[str]:
    return regex.compile(rf"(?:[-a-z0-9{_ACCENTED}]++\.)+{_TLD}", regex.IGNORECASE, tlds=_tlds())
