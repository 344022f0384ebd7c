"""Signing for X: OAuth 1.0a (RFC 5849, HMAC-SHA1), whose user tokens do not expire.

Bodies are JSON or forms with files here, which are no part of the signature.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from urllib.parse import quote


def authorization(
    account: Mapping[str, str],
    method: str,
    url: str,
    query: Mapping[str, str],
    *,
    nonce: str = "",
    at: int = 0,
) -> str:
    """The Authorization header: signed where the account has a secret, else its bearer token."""
    if not account.get("access_secret"):
        return f"Bearer {account.get('access_token', '')}"
    oauth = {
        "oauth_consumer_key": account["api_key"],
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(at or int(time.time())),
        "oauth_token": account["access_token"],
        "oauth_version": "1.0",
    }
    pairs = sorted((_quoted(name), _quoted(value)) for name, value in {**query, **oauth}.items())
    told = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join([method, _quoted(url), _quoted(told)])
    key = f"{_quoted(account['api_secret'])}&{_quoted(account['access_secret'])}"
    made = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
    oauth["oauth_signature"] = base64.b64encode(made).decode()
    return "OAuth " + ", ".join(f'{name}="{_quoted(oauth[name])}"' for name in sorted(oauth))


def _quoted(value: str) -> str:
    return quote(value, safe="~")
