"""Words as they are compared: lower case, without accents, letters and digits only."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")


def folded_words(text: str) -> list[str]:
    """The words of a text; "Kafé Oro-oro" is kafe, oro, oro."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return WORD.findall(bare.lower())


def fold(*texts: str) -> str:
    """The words of some texts, with single spaces between them."""
    return " ".join(word for text in texts for word in folded_words(text))
