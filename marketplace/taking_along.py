"""Everything of one ASN as one file to take along: JSON for programs, CSV to look at, the photos.

It is made for who asks, handed over and kept nowhere.
"""

import json
import tempfile
import zipfile
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from marketplace import exports, my_data, receipts
from marketplace.diary import EVERYTHING
from marketplace.models import Asn

FILE_NAME = "data-saya.zip"
SPOOLED = 2 * 1024 * 1024


def zip_of(asn: Asn) -> IO[bytes]:
    """The ZIP as an open temporary file; a photo that is being deleted meanwhile is left out."""
    file = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 (the answer closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("baca-dulu.txt", _what_is_in_it())
        archive.writestr("data-saya.json", _as_json(asn))
        archive.writestr("belanja.csv", "".join(exports.csv_lines(asn, EVERYTHING)))
        for name, photo in receipts.photos_of(asn):
            archive.writestr(zipfile.ZipInfo(name), photo)  # drawn small already: stored as it is
    file.seek(0)
    return file


def _as_json(asn: Asn) -> str:
    return json.dumps(
        my_data.everything_of(asn), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1
    )


def _what_is_in_it() -> str:
    return _(
        "data-saya.json: everything that is kept of you, for programs.\n"
        "belanja.csv: your purchases, for a spreadsheet.\n"
        "struk/: photos of receipts that are still kept, by the id of their purchase.\n"
        "Your NIP is masked, here as everywhere.\n"
    )
