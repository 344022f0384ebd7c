"""A browser without JavaScript: pages, their forms as they stand, and sending them."""

from typing import Any
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup, Tag

TIMEOUT = 30.0
LANGUAGE = "id"
NOT_SENT = ("submit", "button", "image", "reset", "file")


class Browser:
    """Keeps cookies and follows redirects."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            timeout=TIMEOUT,
            follow_redirects=True,
            headers={"Accept-Language": LANGUAGE, "Accept": "text/html"},
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: str) -> "Page":
        """Look at a page; 4xx and 5xx are pages, too."""
        return Page(self, self._client.get(path, params=query or None))

    def raw(self, path: str, **headers: str) -> httpx.Response:
        """The answer as it is: a feed, a picture, a chooser's JSON."""
        return self._client.get(path, headers=headers)

    def post(self, address: str, fields: list[tuple[str, str]], *, referer: str) -> "Page":
        """Send fields as a form does, in their order."""
        names = {name for name, _value in fields}
        data = {name: [value for key, value in fields if key == name] for name in names}
        answer = self._client.post(address, data=data, headers={"Referer": referer})
        return Page(self, answer)


class Page:
    """A page as it came."""

    def __init__(self, browser: Browser, answer: httpx.Response) -> None:
        self.browser = browser
        self.answer = answer
        self.status = answer.status_code
        self.address = answer.url
        self.soup = BeautifulSoup(answer.text, "html.parser")

    @property
    def text(self) -> str:
        """What is written on it, with single spaces."""
        return " ".join(self.soup.get_text(" ").split())

    def text_of(self, selector: str) -> str:
        """What is written in some parts of it."""
        return " ".join(" ".join(tag.get_text(" ").split()) for tag in self.soup.select(selector))

    def links(self, selector: str = "a[href]") -> list[str]:
        """Where its links lead."""
        return [urljoin(str(self.address), str(tag["href"])) for tag in self.soup.select(selector)]

    def link(self, words: str) -> str:
        """Where the first link with these words leads; empty if there is none."""
        for tag in self.soup.select("a[href]"):
            if words in " ".join(tag.get_text(" ").split()):
                return urljoin(str(self.address), str(tag["href"]))
        return ""

    def form(self, *, having: str = "", leading_to: str = "") -> "Form":
        """The first form with a field of that name, or with that in its address."""
        for tag in self.soup.select("form"):
            fits = not having or tag.select_one(f'[name="{having}"]') is not None
            if fits and leading_to in str(tag.get("action", "")):
                return Form(self, tag)
        raise LookupError(
            f"no form having {having!r} leading to {leading_to!r} on {self.address}"
            f" ({self.status}): {self.text[:400]}"
        )

    def has_form(self, *, leading_to: str) -> bool:
        """Whether a form leads there."""
        return any(leading_to in str(tag.get("action", "")) for tag in self.soup.select("form"))


class Form:
    """A form as it stands on its page."""

    def __init__(self, page: Page, tag: Tag) -> None:
        self.page = page
        self.tag = tag
        self.action = urljoin(str(page.address), str(tag.get("action") or page.address))

    def fields(self) -> list[tuple[str, str]]:
        """What the browser would send if nothing were changed, the buttons apart."""
        found: list[tuple[str, str]] = []
        for tag in self.tag.select("input[name], select[name], textarea[name]"):
            if not tag.has_attr("disabled"):
                found += [(str(tag["name"]), value) for value in _values(tag)]
        return found

    def choice(self, name: str, words: str) -> str:
        """The value of the first option or box whose label begins with these words."""
        for option in self.tag.select(f'select[name="{name}"] option'):
            if " ".join(option.get_text(" ").split()).startswith(words):
                return str(option.get("value", ""))
        for box in self.tag.select(f'input[name="{name}"]'):
            label = box.find_parent("label") or self.tag.select_one(f'label[for="{box.get("id")}"]')
            if label is not None and label.get_text(" ").strip().startswith(words):
                return str(box.get("value", ""))
        raise LookupError(f"no choice {words!r} of {name} on {self.page.address}")

    def send(self, said: dict[str, Any] | None = None) -> Page:
        """Fill in and send: a list is sent once per value, what is not there is added."""
        said = said or {}
        kept = [(name, value) for name, value in self.fields() if name not in said]
        filled = [
            (name, str(value))
            for name, values in said.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        return self.page.browser.post(self.action, kept + filled, referer=str(self.page.address))


def _values(tag: Tag) -> list[str]:
    if tag.name == "textarea":
        return [tag.get_text().removeprefix("\n")]
    if tag.name == "select":
        return _chosen(tag)
    kind = str(tag.get("type", "text")).lower()
    if kind in NOT_SENT or (kind in ("checkbox", "radio") and not tag.has_attr("checked")):
        return []
    return [str(tag.get("value", "on" if kind in ("checkbox", "radio") else ""))]


def _chosen(tag: Tag) -> list[str]:
    options = tag.select("option")
    chosen = [option for option in options if option.has_attr("selected")]
    if not chosen and not tag.has_attr("multiple"):
        chosen = options[:1]
    return [str(option.get("value", option.get_text())) for option in chosen]
