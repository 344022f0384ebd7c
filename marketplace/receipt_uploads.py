"""How a photo comes in over HTTP: bounded before it is read, and held in memory only.

Django would write a larger file to the disk's folder for temporary files, where a process that is
killed leaves it, with the place it was taken at. So these uploads have a handler of their own.
"""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest

from marketplace import receipt_photos

FRAME = 16_384
"""Bytes that a form may take beside its photo."""


class InMemory(MemoryFileUploadHandler):
    """Keeps an upload in memory whatever its size, up to the largest photo."""

    read = 0

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.read += len(raw_data)
        if self.read > receipt_photos.most_bytes() + FRAME:  # the length that was claimed was less
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)


def prepare(request: HttpRequest) -> None:
    """Call before anything reads the body. Raises `ReceiptTooLarge` by the length it claims."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    receipt_photos.refuse_if_too_large(length - FRAME)
    request.upload_handlers = [InMemory(request)]
