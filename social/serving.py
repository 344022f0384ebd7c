"""Pictures and videos as answers, with a type that the browser may not guess at."""

import re
from collections.abc import Iterator
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from social.models import Video

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

ASKED = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


def picture_response(content: bytes, *, mime: str, cache: str) -> HttpResponse:
    """Bytes from our own re-encoding."""
    return _guarded(HttpResponse(content, content_type=mime), cache)


def video_response(video: Video, request: HttpRequest, *, cache: str) -> HttpResponseBase:
    """A video, or the part of it that the header Range asks for, by RFC 9110, 14.2.

    A phone shows no video from a server that cannot send a part. Whoever takes all of it, to post
    it by hand, gets what was signed. Raises `VideoForgotten`, `VideoAltered`.
    """
    is_get = request.method == "GET"  # with HEAD the header means nothing
    asked = request.headers.get("Range", "") if is_get else ""
    part = part_asked(asked, video.size)
    if part is None:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{video.size}"})
        return _guarded(refused, cache)
    start, stop = part
    pieces = video.verified() if is_get and not asked else video.bytes_between(start, stop)
    first = next(pieces, b"")  # forgotten: said before the answer has begun
    response = StreamingHttpResponse(_with(first, pieces), content_type=video.mime)
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(stop - start)
    if stop - start < video.size:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{video.size}"
    return _guarded(response, cache)


def part_asked(asked: str, size: int) -> tuple[int, int] | None:
    """From where up to where; all of it where nothing or no one range is asked; None: not there."""
    found = ASKED.fullmatch(asked)
    first, last = found.groups() if found else ("", "")
    if not first and not last:
        return 0, size
    if not first:
        return (max(size - int(last), 0), size) if int(last) else None
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return 0, size
    return (start, stop) if start < size else None


def _with(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _guarded(response: ResponseT, cache: str) -> ResponseT:
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
