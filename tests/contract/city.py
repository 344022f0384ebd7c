"""What there is in the running system, as far as one of its people may read it."""

import json
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from demo.signins import SIGN_INS

ADDRESS, WHO, COUNTED = "CONTRACT_ADDRESS", "CONTRACT_WHO", "CONTRACT_COUNTED"
"""The environment: where and as whom schemathesis asks, and the file that says how often."""


@dataclass(frozen=True)
class Shop:
    """A listed shop and what may stand in the items of a purchase there."""

    id: str
    products: list[str]


class City:
    """Read once, when it is first needed."""

    def __init__(self, address: str, who: str = "") -> None:
        self.address = address
        self.who = who
        self._token = ""

    @property
    def password(self) -> str:
        return next(each.password for each in SIGN_INS if each.username == self.who)

    @property
    def token(self) -> str:
        """One that works: another, once the last was revoked."""
        if self.who and not self._token:
            said = {"username": self.who, "password": self.password, "name": "contract"}
            self._token = self.ask("/api/v1/auth/tokens", said, method="POST")["token"]
        return self._token

    def lose_token(self) -> None:
        """The last one was revoked, or may have been."""
        self._token = ""

    def agree(self) -> None:
        """Take part (again): who did not agree records nothing."""
        self.read("/api/v1/me/consent", {"digest": self.digest}, method="PUT")

    @cached_property
    def places(self) -> list[str]:
        found = self.read("/api/v1/regions")["results"]
        return [each["code"] for each in found if each["level"] == "kelurahan"]

    @cached_property
    def shops(self) -> list[Shop]:
        listed = [each["id"] for each in self.read("/api/v1/catalog/umkm")["results"]]
        products: dict[str, list[str]] = {shop: [] for shop in listed}
        for shop in listed[:5]:
            found = self.read(f"/api/v1/catalog/umkm/{shop}")["products"]
            products[shop] = [each["id"] for each in found]
        return [Shop(shop, sold) for shop, sold in products.items()]

    @cached_property
    def products(self) -> list[str]:
        return [each["id"] for each in self.read("/api/v1/catalog/products")["results"]]

    @cached_property
    def collections(self) -> list[str]:
        return [each["slug"] for each in self.read("/api/v1/catalog/collections")["results"]]

    @cached_property
    def months(self) -> list[str]:
        """The released ones."""
        refused = self.ask("/api/v1/circulation?month=1999-01", refused=True)
        return list(refused["declared"]["month"])

    @cached_property
    def purchases(self) -> list[str]:
        found = self.read("/api/v1/purchases?page_size=100").get("results", [])
        return [each["id"] for each in found]

    @cached_property
    def posts(self) -> list[str]:
        found = self.read("/api/v1/social/posts?page_size=100").get("results", [])
        return [each["id"] for each in found]

    @cached_property
    def digest(self) -> str:
        """Of the text that an ASN agrees to."""
        return str(self.read("/api/v1/me/consent").get("digest", "0" * 64))

    def read(self, path: str, body: Any = None, *, method: str = "GET") -> dict[str, Any]:
        """The answer to who one is; a problem document where they may not see it."""
        return self.ask(path, body, method=method, token=self.token, refused=True)

    def ask(
        self,
        path: str,
        body: Any = None,
        *,
        method: str = "GET",
        token: str = "",
        refused: bool = False,
    ) -> dict[str, Any]:
        """The answer as JSON; with `refused`, a refusal is an answer, too."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Token {token}"} if token else {}
        content = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self.address}{path}", content, headers, method=method)
        try:
            with urlopen(asked, timeout=60) as answer:
                found = json.load(answer)
        except HTTPError as problem:
            if not refused:
                raise
            found = json.load(problem)
        told: dict[str, Any] = found
        return told


def asked_for() -> City:
    """The city that schemathesis was sent to."""
    return City(os.environ[ADDRESS], os.environ[WHO])
