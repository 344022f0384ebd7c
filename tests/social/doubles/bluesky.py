"""A PDS of the AT Protocol: sessions, blobs and records at keys, as PDS 0.5.35 answers."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt
import regex

from tests.social.doubles.server import Asked, Given, PlatformDouble

SECRET = "a secret of the server for tests only, long enough"
TID = re.compile(r"[234567abcdefghij][234567a-z]{12}")
RECORD = {"$type", "text", "langs", "createdAt", "facets", "embed"}

LIMIT = {
    "RateLimit-Limit": "3000",
    "RateLimit-Remaining": "2998",
    "RateLimit-Reset": "1893456300",
    "RateLimit-Policy": "3000;w=300",
}


class Refusal(Exception):
    """An error of XRPC."""

    def __init__(self, error: str, message: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.given = Given(status, {"error": error, "message": message})


class BlueskyDouble(PlatformDouble):
    """One account with one app password."""

    did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
    identifier = "kabarkota.example"
    password = "hrpu-fk3v-22kq-mzce"

    def __init__(self) -> None:
        super().__init__()
        self.sessions = 0
        self.active = True
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.lasts = timedelta(minutes=120)
        self.blobs: dict[str, dict[str, Any]] = {}
        self.bytes_of: dict[str, bytes] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.commits = 0
        self.counts: dict[str, int] | None = None  # without an AppView behind it

    @property
    def published(self) -> int:
        """How many posts were ever made or written over."""
        return self.commits

    def handle(self, asked: Asked) -> Given:
        name = asked.path.removeprefix("/xrpc/")
        methods = {
            "POST com.atproto.server.createSession": self._create_session,
            "POST com.atproto.server.refreshSession": self._refresh_session,
            "GET com.atproto.server.getSession": self._get_session,
            "POST com.atproto.repo.uploadBlob": self._upload_blob,
            "POST com.atproto.repo.putRecord": self._put_record,
            "POST com.atproto.repo.deleteRecord": self._delete_record,
            "GET com.atproto.repo.getRecord": self._get_record,
            "GET app.bsky.feed.getPosts": self._get_posts,
        }
        method = methods.get(f"{asked.method} {name}")
        if method is None or (name.startswith("app.bsky.") and self.counts is None):
            return Given(
                501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"}
            )
        try:
            return Given(200, method(asked), LIMIT)
        except Refusal as refusal:
            return refusal.given

    def _create_session(self, asked: Asked) -> dict[str, Any]:
        said = asked.json()
        if said != {"identifier": self.identifier, "password": self.password}:
            raise Refusal("AuthenticationRequired", "Invalid identifier or password", 401)
        self.sessions += 1
        return self._session()

    def _refresh_session(self, asked: Asked) -> dict[str, Any]:
        if _bearer(asked) not in self.refresh or asked.body:
            raise Refusal("ExpiredToken", "Token has been revoked")
        return self._session()

    def _get_session(self, asked: Asked) -> dict[str, Any]:
        self._check_access(asked)
        return {"handle": self.identifier, "did": self.did, "active": self.active}

    def _session(self) -> dict[str, Any]:
        access, refresh = (self._token(scope) for scope in ("access", "refresh"))
        self.access.add(access)
        self.refresh.add(refresh)
        return {
            "accessJwt": access,
            "refreshJwt": refresh,
            "did": self.did,
            "handle": self.identifier,
            "active": True,
        }

    def _token(self, scope: str) -> str:
        number = len(self.access) + len(self.refresh)
        ends = datetime.now(UTC) + self.lasts
        said = {"scope": scope, "sub": self.did, "exp": ends, "jti": f"{scope}{number}"}
        return jwt.encode(said, SECRET, algorithm="HS256")

    def _check_access(self, asked: Asked) -> None:
        if "authorization" not in asked.headers:
            raise Refusal("AuthMissing", "Authentication Required", 401)
        try:
            jwt.decode(_bearer(asked), SECRET, algorithms=["HS256"])
        except jwt.ExpiredSignatureError as error:
            raise Refusal("ExpiredToken", "Token has expired") from error
        except jwt.InvalidTokenError as error:
            raise Refusal("InvalidToken", "Token could not be verified") from error
        if _bearer(asked) not in self.access:
            raise Refusal("InvalidToken", "Token could not be verified")

    def _upload_blob(self, asked: Asked) -> dict[str, Any]:
        self._check_access(asked)
        mime = asked.headers.get("content-type", "")
        name = "bafkrei" + sha256(asked.body).hexdigest()[:52]
        blob = {
            "$type": "blob",
            "ref": {"$link": name},
            "mimeType": mime,
            "size": len(asked.body),
        }
        self.blobs[name], self.bytes_of[name] = blob, asked.body
        return {"blob": blob}

    def _put_record(self, asked: Asked) -> dict[str, Any]:
        self._check_access(asked)
        said = asked.json()
        if said["repo"] != self.did or said["collection"] != "app.bsky.feed.post":
            raise Refusal("InvalidRequest", "Could not find repo")
        if not TID.fullmatch(said["rkey"]):
            raise Refusal("InvalidRequest", "Invalid TID string")
        self._check_record(said["record"])
        place = self._place(said)
        standing = self.records.get(place)
        if standing is not None and standing != said["record"] and said["swapRecord"] is None:
            raise Refusal("InvalidSwap", "Record was at another cid")
        if standing != said["record"]:
            self.records[place] = said["record"]
            self.commits += 1
        return self._reference(place)

    def _check_record(self, record: dict[str, Any]) -> None:
        if record.keys() - RECORD or record["$type"] != "app.bsky.feed.post":
            raise Refusal("InvalidRequest", "Invalid app.bsky.feed.post record")
        graphemes = len(regex.findall(r"\X", record["text"]))
        if graphemes > 300:
            message = f"Record/text must not be longer than 300 graphemes, got {graphemes}"
            raise Refusal("InvalidRequest", message)
        if len(record["text"].encode()) > 3_000:
            raise Refusal("InvalidRequest", "Record/text must not be longer than 3000 bytes")
        datetime.fromisoformat(record["createdAt"])
        length = len(record["text"].encode())
        for facet in record.get("facets", []):
            if not 0 <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= length:
                raise Refusal("InvalidRequest", "Record/facets is out of range")
        images = record.get("embed", {}).get("images", [])
        if len(images) > 4:
            raise Refusal("InvalidRequest", "Record/embed/images must not have more than 4")
        for image in images:
            self._check_image(image)

    def _check_image(self, image: dict[str, Any]) -> None:
        if image.keys() != {"alt", "image", "aspectRatio"}:
            raise Refusal("InvalidRequest", "Record/embed/images must have the property alt")
        blob = image["image"]
        if self.blobs.get(blob["ref"]["$link"]) != blob:
            raise Refusal("BlobNotFound", f"Could not find blob: {blob['ref']['$link']}")
        if blob["size"] > 2_000_000:
            raise Refusal("InvalidRequest", "blob too big (maximum 2000000)")
        if not blob["mimeType"].startswith("image/"):
            raise Refusal("InvalidMimeType", "Wrong mimetype")

    def _get_record(self, asked: Asked) -> dict[str, Any]:
        place = self._place(asked.query)
        if place not in self.records:
            raise Refusal("RecordNotFound", f"Could not locate record: {place}")
        return {**self._reference(place), "value": self.records[place]}

    def _get_posts(self, asked: Asked) -> dict[str, Any]:
        self._check_access(asked)
        uri = asked.query["uris"]
        shown = {"uri": uri, "record": self.records.get(uri), **(self.counts or {})}
        return {"posts": [shown] if uri in self.records else []}

    def _delete_record(self, asked: Asked) -> dict[str, Any]:
        self._check_access(asked)
        self.records.pop(self._place(asked.json()), None)
        return {}

    def _place(self, said: dict[str, Any]) -> str:
        return f"at://{said['repo']}/{said['collection']}/{said['rkey']}"

    def _reference(self, place: str) -> dict[str, Any]:
        cid = "bafyrei" + sha256(repr(self.records[place]).encode()).hexdigest()[:52]
        return {"uri": place, "cid": cid}


def _bearer(asked: Asked) -> str:
    return asked.headers["authorization"].removeprefix("Bearer ")


def too_many(headers: dict[str, str] | None = None) -> Given:
    """The refusal for now."""
    body = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    return Given(429, body, headers or {})
