"""Bluesky's own server, run on this machine, and what passes requests on to it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from config.ports import first_free
from tests.social.doubles.bluesky import BlueskyDouble
from tests.social.doubles.server import Asked, Given, PlatformDouble

SERVE = Path(__file__).with_name("serve.js")
FIRST_PORT = 2_583
HANDLE = "kabarkota.test"
PASSWORD = "sandi utama akun ini"
PASSED_ON = ("authorization", "content-type")
COLLECTION = "app.bsky.feed.post"


class RealServer(PlatformDouble):
    """Stands before the server by https, as the doubles do; faults come from here, answers not."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.server = httpx.Client(base_url=f"http://localhost:{port}", timeout=60)
        self.account = self.say(
            "server.createAccount",
            {"handle": HANDLE, "email": "kabar@kota.test", "password": PASSWORD},
            signed=False,
        )
        self.did, self.identifier = self.account["did"], HANDLE
        self.password = self.say("server.createAppPassword", {"name": "kabar"})["password"]

    def handle(self, asked: Asked) -> Given:
        headers = {name: asked.headers[name] for name in PASSED_ON if name in asked.headers}
        reply = self.server.request(
            asked.method, asked.path, params=asked.query, headers=headers, content=asked.body
        )
        limits = {name: value for name, value in reply.headers.items() if "ratelimit" in name}
        return Given(reply.status_code, headers=limits, body=reply.content)

    def say(self, method: str, document: Any, *, signed: bool = True) -> Any:
        """One call of the account's owner, apart from our own."""
        headers = {"Authorization": f"Bearer {self.account['accessJwt']}"} if signed else {}
        reply = self.server.post(f"/xrpc/com.atproto.{method}", json=document, headers=headers)
        return reply.raise_for_status().json() if reply.content else None

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """Every post that stands, by its address."""
        query = {"repo": self.did, "collection": COLLECTION, "limit": "100"}
        reply = self.server.get("/xrpc/com.atproto.repo.listRecords", params=query)
        found = reply.raise_for_status().json()["records"]
        return {record["uri"]: record["value"] for record in found}

    def empty(self) -> None:
        """Forget every post, every fault and what was asked."""
        for uri in self.records:
            place = {"repo": self.did, "collection": COLLECTION, "rkey": uri[-13:]}
            self.say("repo.deleteRecord", place)
        self.asked, self.faults = [], []


@contextmanager
def running(folder: Path) -> Iterator[RealServer]:
    """The server that `folder` holds, with one account that has one app password."""
    port = first_free(FIRST_PORT)
    ports = [str(port), str(first_free(port + 1))]
    with subprocess.Popen(
        ["node", SERVE, folder, *ports],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.strip() == "ready":
                    break
            yield RealServer(port)
        finally:
            process.terminate()


def answer_of(server: PlatformDouble, method: str, document: Any, access: str) -> tuple[int, str]:
    """The status and the error's name that a server gives to a call."""
    headers = {"authorization": f"Bearer {access}", "content-type": "application/json"}
    path = f"/xrpc/com.atproto.{method}"
    given = server.handle(Asked("POST", path, {}, headers, json.dumps(document).encode()))
    said = json.loads(given.content or b"{}")
    return given.status, said.get("error", "")


def sign_in(server: RealServer | BlueskyDouble) -> str:
    """An access token of the account."""
    said = {"identifier": server.identifier, "password": server.password}
    headers = {"content-type": "application/json"}
    path = "/xrpc/com.atproto.server.createSession"
    given = server.handle(Asked("POST", path, {}, headers, json.dumps(said).encode()))
    return str(json.loads(given.content)["accessJwt"])
