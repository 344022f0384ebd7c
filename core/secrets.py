"""Values that must not be readable in a database dump: encrypted, and looked up by keyed hash.

The first key of each setting writes, every key reads; the keys live only in the environment.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class NotSealed(ValueError):
    """A text that none of our keys sealed for this purpose."""


def encrypt(value: str) -> str:
    """Encrypt with the first of FIELD_KEYS (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _fernet().encrypt(value.encode()).decode()


def decrypt(value: str) -> str:
    """Read what any of FIELD_KEYS wrote. Raises `cryptography.fernet.InvalidToken`."""
    return _fernet().decrypt(value.encode()).decode()


def encrypt_bytes(content: bytes) -> bytes:
    """Encrypt a file with the first of FIELD_KEYS."""
    return _fernet().encrypt(content)


def decrypt_bytes(content: bytes) -> bytes:
    """Read what `encrypt_bytes` wrote. Raises `cryptography.fernet.InvalidToken`."""
    return _fernet().decrypt(content)


def renewed(value: str) -> str | None:
    """What `encrypt` would write for an encrypted value now; None if the first key wrote it.

    Raises `cryptography.fernet.InvalidToken` where none of FIELD_KEYS did.
    """
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(value.encode())
    except InvalidToken:
        return encrypt(decrypt(value))
    return None


def seal(value: str, *, purpose: str) -> str:
    """Encrypt and sign so that equal values stay equal (AES-SIV): for what a reader hands back."""
    sealed = _siv(settings.FIELD_KEYS[0]).encrypt(value.encode(), [purpose.encode()])
    return urlsafe_b64encode(sealed).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Read what `seal` wrote with any of FIELD_KEYS. Raises `NotSealed`."""
    for key in settings.FIELD_KEYS:
        try:
            return _siv(key).decrypt(urlsafe_b64decode(sealed), [purpose.encode()]).decode()
        except (InvalidTag, ValueError):
            continue
    raise NotSealed


def lookup_digest(value: str, *, purpose: str) -> tuple[str, int]:
    """The HMAC-SHA256 to store for `value`, and the version of the key that made it.

    Keyed, because few NIP are plausible and a plain hash is guessed in minutes.
    """
    return lookup_digests(value, purpose=purpose)[0]


def lookup_digests(value: str, *, purpose: str) -> list[tuple[str, int]]:
    """Digest and version for every key that may have written, the present one first."""
    return [
        (_digest(key, value, purpose=purpose), key_version(key)) for key in settings.LOOKUP_KEYS
    ]


def key_version(key: str) -> int:
    """A number from 1 to 32,767 that stays with a key wherever it stands in LOOKUP_KEYS.

    It only tells rows apart: two keys may share one, so whether a row is of a key is decided by
    its digest.
    """
    return int.from_bytes(_derived(key, purpose="version")[:2]) % 32_767 + 1


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def _siv(key: str) -> AESSIV:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"seal").derive(key.encode())
    return AESSIV(derived)


def _digest(key: str, value: str, *, purpose: str) -> str:
    return hmac.new(_derived(key, purpose=purpose), value.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=32)
def _derived(key: str, *, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
