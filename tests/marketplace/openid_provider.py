"""A small OpenID Connect provider: real keys, discovery, PKCE, single-use codes, over real HTTP."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    """Signs in whoever `claims` says, and lies where a test asks it to."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are not what they should be."""
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    signs_with: rsa.RSAPrivateKey | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each code that is out was asked with."""

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

    def authorize(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.asked[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{back}"

    def token(self, given: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once, to the client it was made for; else nothing."""
        asked = self.asked.pop(given.get("code", ""), None)
        client = given.get("client_id"), given.get("client_secret")
        if asked is None or client != (CLIENT, SECRET):
            return None
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        shown = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if (asked["redirect_uri"], asked["code_challenge"]) != (given["redirect_uri"], shown):
            return None
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked.get("nonce"),
            **self.claims,
            **self.lies,
        }
        key = self.signs_with or self.key
        signed = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "1"})
        access = secrets.token_urlsafe(8)
        return {"access_token": access, "token_type": "Bearer", "id_token": signed}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(address=f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        way = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(way.query).items()}
        if way.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorize(asked))
            self.end_headers()
            return
        answers = {
            "/.well-known/openid-configuration": provider.discovery,
            "/jwks": provider.jwks,
            "/userinfo": lambda: provider.userinfo,
        }
        self._answer(answers[way.path]())

    def do_POST(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        tokens = provider.token({name: values[0] for name, values in parse_qs(body).items()})
        self._answer(tokens or {"error": "invalid_grant"}, status=200 if tokens else 400)

    def _answer(self, body: dict[str, Any], *, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests read the answers."""
