"""Opening a chat with a shop, with words ready to send."""

from urllib.parse import urlencode


def international(number: str) -> str:
    """A number of any spelling as +62…; empty without one."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if not digits:
        return ""
    return f"+62{digits[1:]}" if digits.startswith("0") else f"+{digits}"


def chat_link(number: str, *, words: str) -> str:
    """Opens WhatsApp on a number, empty without one; the words wait until somebody sends them."""
    to = international(number).removeprefix("+")
    return f"https://wa.me/{to}?{urlencode({'text': words})}" if to else ""
