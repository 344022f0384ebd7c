"""From the bytes that came to the picture that is kept: looked at here, decoded in a process apart.

That process has limits of memory and time (`marketplace.redrawing`), and a web process waits for
one at a time: whoever records a purchase meanwhile finds a thread that is free.
"""

import json
import logging
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace import redrawing
from marketplace.errors import (
    ReceiptNotAPhoto,
    ReceiptsBusy,
    ReceiptTooLarge,
    ReceiptTooManyPixels,
    ReceiptUnreadable,
)

logger = logging.getLogger(__name__)

PROGRAM = Path(redrawing.__file__)
WAITS = 20.0
"""Seconds until the process is ended, whatever it is doing."""
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

_drawing = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class Photo:
    """A picture as it is kept: WebP without metadata, its pixels' size, and SHA-256 of those."""

    content: bytes
    width: int
    height: int
    digest: str


def most_bytes() -> int:
    """The largest upload that is read."""
    return int(settings.RECEIPT_MEGABYTES * 1_048_576)


def refuse_if_too_large(size: int) -> None:
    """Raise `ReceiptTooLarge` for more bytes than RECEIPT_MEGABYTES."""
    if size > most_bytes():
        most = {"most": settings.RECEIPT_MEGABYTES}
        raise ReceiptTooLarge(_("A photo may have up to %(most)d MB.") % most)


def redraw(upload: bytes) -> Photo:
    """The photo drawn anew: its place, its camera and whatever hangs behind it end here.

    Raises `ReceiptTooLarge`, `ReceiptNotAPhoto`, `ReceiptTooManyPixels`, `ReceiptUnreadable`, or
    `ReceiptsBusy` while this process has another one drawn.
    """
    refuse_if_too_large(len(upload))
    kind = kind_of(upload)
    if kind is None:
        raise ReceiptNotAPhoto
    if not _drawing.acquire(blocking=False):
        raise ReceiptsBusy(retry_after=2)
    try:
        out = _run(upload, kind=kind)
    finally:
        _drawing.release()
    return _read(out)


def kind_of(upload: bytes) -> str | None:
    """Pillow's name of the format by the first bytes: a file's name and type are only claims."""
    if upload.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if upload.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if upload[:4] == b"RIFF" and upload[8:12] == b"WEBP":
        return "WEBP"
    if upload[4:8] == b"ftyp" and upload[8:12] in HEIC_BRANDS:
        return "HEIF"
    return None


def _run(upload: bytes, *, kind: str) -> bytes:
    most_pixels = str(settings.RECEIPT_MEGAPIXELS * 1_000_000)
    side = str(settings.RECEIPT_LONGEST_SIDE)
    command = [sys.executable, "-I", str(PROGRAM), most_pixels, side, kind]
    try:
        done = subprocess.run(
            command, input=upload, capture_output=True, timeout=WAITS, env=ENVIRONMENT, check=False
        )
    except subprocess.TimeoutExpired as error:
        logger.warning("receipt not drawn in time")
        raise ReceiptUnreadable from error
    if done.returncode != 0:  # out of memory or time, or a decoder's fault: nothing beside it fell
        logger.warning("receipt not drawn", extra={"returncode": done.returncode})
        raise ReceiptUnreadable
    return done.stdout


def _read(out: bytes) -> Photo:
    line, _line_end, content = out.partition(b"\n")
    told = json.loads(line)
    refused = told.get("refused")
    if refused == redrawing.TOO_MANY_PIXELS:
        most = {"most": settings.RECEIPT_MEGAPIXELS}
        raise ReceiptTooManyPixels(_("A photo may have up to %(most)d million pixels.") % most)
    if refused:
        raise ReceiptUnreadable
    return Photo(content, width=told["width"], height=told["height"], digest=told["digest"])
