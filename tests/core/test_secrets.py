"""Secrets are unreadable in a dump, and keys can be replaced while both are in use."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from core import secrets

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_was_encrypted_is_read_again_and_differs_each_time() -> None:
    first, second = secrets.encrypt("199008172015041999"), secrets.encrypt("199008172015041999")

    assert secrets.decrypt(first) == "199008172015041999"
    assert first != second
    assert "1990" not in first


def test_an_older_key_still_reads_and_a_removed_one_does_not(settings) -> None:
    settings.FIELD_KEYS = [OLD]
    written = secrets.encrypt("rahasia")

    settings.FIELD_KEYS = [NEW, OLD]
    assert secrets.decrypt(written) == "rahasia"
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        secrets.decrypt(written)


def test_a_digest_depends_on_key_and_purpose() -> None:
    nip = secrets.lookup_digest("1990", purpose="nip")

    assert nip == secrets.lookup_digest("1990", purpose="nip")
    assert nip != secrets.lookup_digest("1990", purpose="phone")


def test_every_key_is_tried_the_present_one_first(settings) -> None:
    settings.LOOKUP_KEYS = ["lama"]
    old = secrets.lookup_digest("1990", purpose="nip")

    settings.LOOKUP_KEYS = ["baru", "lama"]
    digests = secrets.lookup_digests("1990", purpose="nip")
    assert digests[1] == old
    assert digests[0][1] != old[1]


def test_what_is_sealed_is_read_for_its_purpose_alone_and_stays_equal(settings) -> None:
    settings.FIELD_KEYS = [OLD]
    sealed = secrets.seal("12", purpose="daftar")
    settings.FIELD_KEYS = [NEW, OLD]

    assert secrets.unseal(sealed, purpose="daftar") == "12"
    assert secrets.seal("12", purpose="daftar") == secrets.seal("12", purpose="daftar") != sealed
    for text, purpose in [(sealed, "lain"), ("karangan", "daftar"), ("é", "daftar")]:
        with pytest.raises(secrets.NotSealed):
            secrets.unseal(text, purpose=purpose)
