"""An app that speaks to the API: JSON, a token, an Idempotency-Key."""

from typing import Any

import httpx

from demo.journey.browser import LANGUAGE, TIMEOUT


class App:
    """A client of /api/v1/, with or without a token."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(
            base_url=base_url, timeout=TIMEOUT, headers={"Accept-Language": LANGUAGE}
        )

    def close(self) -> None:
        self._client.close()

    def use(self, token: str) -> None:
        """Send this token from now on."""
        self._client.headers["Authorization"] = f"Token {token}"

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self._client.get(path, params=query or None)

    def post(self, path: str, body: Any, *, key: str = "", **headers: str) -> httpx.Response:
        """Send a body as JSON."""
        if key:
            headers["Idempotency-Key"] = key
        return self._client.post(path, json=body, headers=headers)

    def send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """Send anything, however wrong."""
        return self._client.request(method, path, **parts)
