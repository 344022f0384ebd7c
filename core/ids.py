"""Ids that leave the database: UUIDv7, which sort by time and reveal no count."""

from uuid import UUID

from uuid_utils import compat


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562), as the standard library's `UUID`."""
    return compat.uuid7()
