"""Where photos of receipts lie: on a private disk, or in a private bucket if one is named."""

import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, StorageHandler
from storages.backends.s3 import S3Storage

PROGRAM = (
    "import json; from config import settings as s;"
    "print(json.dumps(s.STORAGES['receipts'], default=str))"
)
BUCKET = {
    "RECEIPT_BUCKET": "struk",
    "RECEIPT_BUCKET_ENDPOINT": "https://s3.contoh.id",
    "RECEIPT_BUCKET_REGION": "id-1",
    "RECEIPT_BUCKET_ACCESS_KEY": "kunci",
    "RECEIPT_BUCKET_SECRET_KEY": "rahasia",
}


def storage_with(**environment: str) -> Any:
    """The storage of receipts as a process with this environment builds it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        check=True,
        text=True,
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
    )
    return StorageHandler({"receipts": json.loads(done.stdout)})["receipts"]


def test_receipts_lie_on_the_disk_beside_the_media_and_not_in_them() -> None:
    storage = storage_with(STATE_DIR="/var/lib/belanja")

    assert isinstance(storage, FileSystemStorage)
    assert storage.location == "/var/lib/belanja/receipts"


def test_a_bucket_takes_their_place_and_nothing_in_it_is_public() -> None:
    storage = storage_with(**BUCKET)

    assert isinstance(storage, S3Storage)
    assert (storage.bucket_name, storage.endpoint_url) == ("struk", "https://s3.contoh.id")
    assert (storage.default_acl, storage.querystring_auth, storage.file_overwrite) == (
        None,
        True,
        False,
    )
