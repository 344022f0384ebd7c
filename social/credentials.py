"""A channel's credentials: encrypted at rest, read only where a call needs them."""

import json

from cryptography.fernet import InvalidToken

from core import secrets
from social.models import Channel


def keep_credentials(channel: Channel, credentials: dict[str, str]) -> None:
    """Encrypt and store them; nothing of them is shown or logged from here on."""
    channel.credentials = secrets.encrypt(json.dumps(credentials))
    channel.save(update_fields=["credentials"])


def read_credentials(channel: Channel) -> dict[str, str]:
    """The credentials in clear, empty if there are none."""
    if not channel.credentials:
        return {}
    read: dict[str, str] = json.loads(secrets.decrypt(channel.credentials))
    return read


def known_of(channel: Channel) -> dict[str, str]:
    """The same; nothing where no key of ours opens it any more."""
    try:
        return read_credentials(channel)
    except InvalidToken:
        return {}
