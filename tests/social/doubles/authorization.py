"""An authorization server of OAuth 2.0: codes that are bound to who asked, and work once."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Way:
    """What a person's browser brings along: all that stands in the address."""

    address: str
    query: dict[str, str]

    @classmethod
    def of(cls, link: str) -> "Way":
        parts = urlsplit(link)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert all(len(values) == 1 for values in parse_qs(parts.query).values())
        return cls(f"{parts.scheme}://{parts.netloc}{parts.path}", query)


@dataclass
class Codes:
    """The codes of one server."""

    given: dict[str, dict[str, str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def allow(self, way: Way, *, pkce: bool) -> dict[str, str]:
        """The person says yes: what they bring back to the address that was asked for."""
        expected = {"response_type", "client_id", "redirect_uri", "scope", "state"}
        if pkce:
            expected |= {"code_challenge", "code_challenge_method"}
            assert way.query["code_challenge_method"] == "S256"
        assert way.query.keys() == expected
        assert way.query["response_type"] == "code"
        assert len(way.query["state"]) >= 32
        code = f"code-{len(self.given)}"
        self.given[code] = way.query
        return {"code": code, "state": way.query["state"]}

    def redeem(self, said: dict[str, Any]) -> dict[str, str] | None:
        """What was asked for with a code; None where it is not theirs, or was used before."""
        code = said.get("code", "")
        asked = self.given.get(code)
        if asked is None or code in self.used:
            return None
        self.used.add(code)
        same = all(said[name] == asked[name] for name in ("client_id", "redirect_uri"))
        return asked if same and self._is_proven(asked, said.get("code_verifier", "")) else None

    def _is_proven(self, asked: dict[str, str], verifier: str) -> bool:
        if "code_challenge" not in asked:
            return True
        digest = hashlib.sha256(verifier.encode()).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return 43 <= len(verifier) <= 128 and made == asked["code_challenge"]
