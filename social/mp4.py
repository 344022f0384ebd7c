"""What an MP4 says of itself: read from its headers, a few kilobytes; nothing is decoded.

Boxes and fields by ISO/IEC 14496-12: `ftyp`, then `moov` with `mvhd` (how long it lasts) and one
`trak` for each track, of which `hdlr` says the kind, `tkhd` the size and how it is turned, `stsd`
the codec.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import error as TooShort
from struct import unpack_from
from typing import IO

from django.utils.translation import gettext_lazy as _

from social.errors import BadVideo

MOST_HEADERS = 16_000_000
"""Bytes of `moov`: an hour of video has less than two million."""
MOST_BOXES = 10_000
CODECS = (b"avc1", b"avc3", b"hvc1", b"hev1")
"""H.264 and HEVC: what every platform takes."""
LONGEST = 24 * 60 * 60 * 1_000
"""Milliseconds. A file that does not know its length says the largest number there is."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a video is: pixels as it is shown, and how long it lasts."""

    width: int
    height: int
    milliseconds: int


class _Malformed(Exception):
    """The boxes do not fit into each other."""


def read_facts(source: IO[bytes], *, size: int) -> Facts:
    """The facts of the MP4 in `source`, of `size` bytes. Raises `BadVideo`."""
    try:
        movie = _movie(source, size)
        milliseconds = _duration(_the(movie, b"mvhd"))
        tracks = [body for kind, body in _boxes(movie) if kind == b"trak"]
        seen = [one for one in tracks if _handler(one) == b"vide"]
        if len(seen) != 1 or not 0 < milliseconds <= LONGEST:
            raise _Malformed
        if _codec(seen[0]) not in CODECS:
            raise BadVideo(_("Save the video with the codec H.264: platforms take no other."))
        width, height = _size(_the(seen[0], b"tkhd"))
    except (_Malformed, TooShort) as error:
        raise BadVideo(_("Use a video in MP4, as a phone or an editor saves it.")) from error
    if not (width and height):
        raise BadVideo(_("Use a video in MP4, as a phone or an editor saves it."))
    return Facts(width=width, height=height, milliseconds=milliseconds)


def _movie(source: IO[bytes], size: int) -> bytes:
    """The body of `moov`, wherever in the file it stands."""
    at, seen = 0, 0
    while at < size and seen < MOST_BOXES:
        source.seek(at)
        kind, header, length = _head(source.read(16), size - at)
        if seen == 0 and kind != b"ftyp":
            raise _Malformed
        if kind == b"moov":
            if length > MOST_HEADERS:
                raise _Malformed
            source.seek(at + header)
            return source.read(length - header)
        at, seen = at + length, seen + 1
    raise _Malformed


def _head(start: bytes, left: int) -> tuple[bytes, int, int]:
    """Kind, length of the header and of the whole box; `left` bytes hold it."""
    length, kind = unpack_from(">I4s", start)
    header = 8
    if length == 1:
        (length,) = unpack_from(">Q", start, 8)
        header = 16
    elif length == 0:  # up to the end
        length = left
    if not header <= length <= left:
        raise _Malformed
    return kind, header, length


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in a body, each with its own."""
    at = 0
    for _each in range(MOST_BOXES):
        if at >= len(body):
            return
        kind, header, length = _head(body[at : at + 16], len(body) - at)
        yield kind, body[at + header : at + length]
        at += length
    raise _Malformed


def _the(body: bytes, *path: bytes) -> bytes:
    """The body of the first box at the end of this path."""
    for wanted in path:
        found = next((inner for kind, inner in _boxes(body) if kind == wanted), None)
        if found is None:
            raise _Malformed
        body = found
    return body


def _duration(mvhd: bytes) -> int:
    """Milliseconds; 0 where the file does not say, as one that is made for streaming."""
    times = unpack_from(">QQIQ", mvhd, 4) if mvhd[:1] == b"\1" else unpack_from(">IIII", mvhd, 4)
    _made, _changed, scale, duration = times
    return round(duration * 1_000 / scale) if scale else 0


def _handler(track: bytes) -> bytes:
    (kind,) = unpack_from(">4s", _the(track, b"mdia", b"hdlr"), 8)
    return bytes(kind)


def _codec(track: bytes) -> bytes:
    stsd = _the(track, b"mdia", b"minf", b"stbl", b"stsd")
    (kind,) = unpack_from(">4s", stsd, 12)
    return bytes(kind)


def _size(tkhd: bytes) -> tuple[int, int]:
    """Pixels as shown: a phone held upright writes a wide picture that is to be turned."""
    matrix_at = 52 if tkhd[:1] == b"\1" else 40
    a, b, _u, c, d = unpack_from(">iiiii", tkhd, matrix_at)
    width, height = (side >> 16 for side in unpack_from(">II", tkhd, matrix_at + 36))
    is_turned = a == 0 and d == 0 and b != 0 and c != 0
    return (height, width) if is_turned else (width, height)
