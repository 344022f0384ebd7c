"""A small OpenID Connect provider: real keys, discovery, PKCE, single-use codes, over real HTTP.

    python -m demo.openid_provider 8100

For the tests, which say whom it signs in and where it lies, and for the journey, which fills in its
page. It believes every NIP that is typed there: it is for nothing that is reached from outside.
"""

import base64
import hashlib
import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "belanja", "rahasia-klien"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@dataclass
class Provider:
    """Signs in whom `claims` names, or who fills in its page; lies where a test asks it to."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are not what they should be."""
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    signs_with: rsa.RSAPrivateKey | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each code that is out was asked with."""
    named: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Whom each code that is out signs in."""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def jwks(self) -> dict[str, Any]:
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**shown, "kid": "1", "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str], claims: dict[str, Any]) -> str:
        """Where to go back to, with a code for this person."""
        code = secrets.token_urlsafe(16)
        self.asked[code], self.named[code] = asked, claims
        back = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{back}"

    def token(self, given: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once, to the client it was made for; else nothing."""
        asked = self.asked.pop(given.get("code", ""), None)
        claims = self.named.pop(given.get("code", ""), {})
        client = given.get("client_id"), given.get("client_secret")
        if asked is None or client != (CLIENT, SECRET):
            return None
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        shown = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if (asked["redirect_uri"], asked["code_challenge"]) != (given["redirect_uri"], shown):
            return None
        signed = self._signed({"nonce": asked.get("nonce"), **claims, **self.lies})
        access = secrets.token_urlsafe(8)
        return {"access_token": access, "token_type": "Bearer", "id_token": signed}

    def _signed(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        told = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, **claims}
        key = self.signs_with or self.key
        return jwt.encode(told, key, algorithm="RS256", headers={"kid": "1"})


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    server, provider = _listening(port=0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def page(asked: dict[str, str]) -> str:
    """Asks who it is; what was asked of the provider goes along, and may be tampered with."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in asked.items()
    )
    return (
        '<!doctype html><html lang="id"><title>SSO</title><form method="post" action="/authorize">'
        f'{kept}<label>NIP <input name="nip"></label><button>Masuk</button></form></html>'
    )


def typed(nip: str) -> dict[str, Any]:
    """The claims of who typed this number: always the same subject for it."""
    return {"sub": hashlib.sha256(nip.encode()).hexdigest()[:24], "nip": nip}


def _listening(*, port: int) -> tuple[ThreadingHTTPServer, Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    provider = Provider(address=f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    return server, provider


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        way = urlsplit(self.path)
        asked = _first(way.query)
        if way.path == "/authorize" and provider.claims:
            self._go(provider.authorize(asked, provider.claims))
        elif way.path == "/authorize":
            self._answer(page(asked).encode(), content_type="text/html; charset=utf-8")
        else:
            answers = {
                "/.well-known/openid-configuration": provider.discovery,
                "/jwks": provider.jwks,
                "/userinfo": lambda: provider.userinfo,
            }
            self._answer(json.dumps(answers[way.path]()).encode())

    def do_POST(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        given = _first(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/authorize":
            self._go(provider.authorize(given, typed(given.pop("nip", ""))))
            return
        tokens = provider.token(given)
        answer = json.dumps(tokens or {"error": "invalid_grant"}).encode()
        self._answer(answer, status=200 if tokens else 400)

    def _go(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(
        self, content: bytes, *, status: int = 200, content_type: str = "application/json"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests read the answers."""


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


if __name__ == "__main__":
    _listening(port=int(sys.argv[1]))[0].serve_forever()
