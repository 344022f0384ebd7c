"""What a walk carries from step to step, and how it says that something did not happen."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from demo.journey.app import App
from demo.journey.browser import Browser
from demo.signins import SIGN_INS, SignIn

LETTERS = "bcdfghjkmnpqrstvwxz"
PATIENCE = 45.0
PAUSE = 0.5

Seen = TypeVar("Seen")


class DidNotHappen(Exception):
    """A step was not seen to happen; the text says what was seen instead."""


@dataclass
class Facts:
    """What earlier steps found out."""

    umkm: dict[str, Any] = field(default_factory=dict)
    product: dict[str, Any] = field(default_factory=dict)
    umkm_page: str = ""
    product_page: str = ""
    changes: str = ""
    proposal: str = ""
    key: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    purchase: dict[str, Any] = field(default_factory=dict)
    web_purchase: str = ""
    part_before: dict[str, Any] = field(default_factory=dict)
    cells_before: dict[str, int] = field(default_factory=dict)
    home: str = ""
    public_before: dict[str, str] = field(default_factory=dict)
    promotion_pages: list[str] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)
    held: str = ""
    platforms: dict[str, str] = field(default_factory=dict)


class Walk:
    """One walk against one address: its people, their browsers and apps, and what they found."""

    def __init__(self, base_url: str, *, provider: bool = False, platforms: str = "") -> None:
        self.base_url = base_url.rstrip("/")
        self.has_provider = provider
        self.platforms = platforms.rstrip("/")
        self.code = "".join(secrets.choice(LETTERS) for _ in range(6))
        self.facts = Facts()
        self._browsers: dict[str, Browser] = {}
        self._apps: dict[str, App] = {}

    def __enter__(self) -> "Walk":
        return self

    def __exit__(self, *error: object) -> None:
        for browser in self._browsers.values():
            browser.close()
        for app in self._apps.values():
            app.close()

    @property
    def visitor(self) -> Browser:
        """Somebody who is not signed in."""
        return self._browsers.setdefault("", Browser(self.base_url))

    def newcomer(self) -> Browser:
        """A browser that nobody has used."""
        return self._browsers.setdefault(f"newcomer {len(self._browsers)}", Browser(self.base_url))

    @property
    def anybody(self) -> App:
        """An app without a token."""
        return self._apps.setdefault("", App(self.base_url))

    def browser(self, username: str) -> Browser:
        """The browser of a demo user, signed in at /masuk/ the first time."""
        if username not in self._browsers:
            self._browsers[username] = _signed_in(Browser(self.base_url), sign_in(username))
        return self._browsers[username]

    def app(self, username: str) -> App:
        """The app of a demo user, with a token of its own."""
        if username not in self._apps:
            person = sign_in(username)
            app = App(self.base_url)
            said = {"username": person.username, "password": person.password, "name": "Journey"}
            answer = expect_status(app.post("/api/v1/auth/tokens", said), 201)
            app.use(answer.json()["token"])
            self._apps[username] = app
        return self._apps[username]


def sign_in(username: str) -> SignIn:
    """The demo user of this name."""
    return next(person for person in SIGN_INS if person.username == username)


def expect(seen: object, what: str) -> None:
    """Go on if it was seen."""
    if not seen:
        raise DidNotHappen(what)


def expect_equal(seen: object, wanted: object, what: str) -> None:
    """Go on if both are the same."""
    if seen != wanted:
        raise DidNotHappen(f"{what}: wanted {wanted!r}, saw {seen!r}")


def expect_status(answer: httpx.Response, *wanted: int) -> httpx.Response:
    """Go on if the answer has one of these codes."""
    if answer.status_code not in wanted:
        where = f"{answer.request.method} {answer.request.url}"
        raise DidNotHappen(f"{where} answered {answer.status_code}: {answer.text[:600]}")
    return answer


def wait_for(look: Callable[[], Seen | None], what: str, *, patience: float = PATIENCE) -> Seen:
    """Look again and again until something is seen: what Celery carries takes seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        seen = look()
        if seen:
            return seen
        time.sleep(PAUSE)
    raise DidNotHappen(f"{what} was not seen within {patience:.0f} s")


def _signed_in(browser: Browser, person: SignIn) -> Browser:
    page = browser.get("/masuk/")
    said = {"username": person.username, "password": person.password}
    answer = page.form(having="password").send(said)
    expect(
        "/masuk/" not in str(answer.address),
        f"{person.username} was not let in: {answer.text_of('.form-errors, .errorlist')}",
    )
    return browser
