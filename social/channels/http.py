"""Requests to platforms: forms and JSON over `core.outbound`. No redirect is followed.

What breaks is raised as it is there: `CallFailed` says whether a byte left. An answer that is not
what the platform documents is `Malformed`: of a request that published, it proves nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from core import outbound

SECONDS = 30.0
"""For one request: well below a claim's lease and a task's limit."""
MOST_BYTES = 1_000_000
LONGEST_LINK = 500

File = tuple[str, bytes, str]
"""A file in a form: its name, its bytes, its media type."""


class Malformed(Exception):
    """An answer that cannot be read as what the platform documents."""


@dataclass(frozen=True)
class Reply:
    """What a platform answered; the names of `headers` are in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    retry_after: timedelta | None = None

    @property
    def ok(self) -> bool:
        """Whether it is one of the 200s."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The object that was answered. Raises `Malformed`."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise Malformed("not-json") from error
        if not isinstance(found, dict):
            raise Malformed("not-an-object")
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The objects that were answered as a list. Raises `Malformed`."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise Malformed("not-json") from error
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Malformed("not-a-list")
        return found

    def text(self, *path: str | int) -> str:
        """What stands at a path of the answered object, as text. Raises `Malformed`."""
        found: Any = self.json()
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError) as error:
                raise Malformed(f"no {step}") from error
        if not isinstance(found, str | int) or found == "" or isinstance(found, bool):
            raise Malformed(f"no {path[-1]}")
        return str(found)


def link(found: Any) -> str:
    """An address that a platform answered, or nothing where it is none that we could keep."""
    is_link = isinstance(found, str) and found.startswith("https://") and len(found) <= LONGEST_LINK
    return found if is_link else ""


def counts(said: Mapping[str, Any], **names: str) -> dict[str, int]:
    """The whole numbers of an answer, each under our name for theirs; any other is left out."""
    found = {ours: said.get(theirs) for ours, theirs in names.items()}
    return {ours: count for ours, count in found.items() if type(count) is int and count >= 0}


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    document: Any = None,
    files: Sequence[tuple[str, File]] = (),
    content: bytes | None = None,
    seconds: float = SECONDS,
) -> Reply:
    """One request, once. Raises `AddressRefused` and `CallFailed` of `core.outbound`."""
    request = httpx.Request(
        method,
        url,
        params=query,
        headers=dict(headers or {}),
        data=dict(form) if form else None,
        json=document,
        files=list(files) or None,
        content=content,
    )
    sent = {name: value for name, value in request.headers.items() if name not in _SET_BELOW}
    answer = outbound.request(
        method,
        str(request.url),
        body=request.read(),
        headers=sent,
        seconds=seconds,
        most_bytes=MOST_BYTES,
    )
    pause = timedelta(seconds=answer.retry_after) if answer.retry_after else None
    return Reply(answer.status, answer.headers, answer.body, pause)


_SET_BELOW = ("host", "content-length")
