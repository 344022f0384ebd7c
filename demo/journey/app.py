"""An app that speaks to the API: JSON, a token, an Idempotency-Key."""

import time
from typing import Any

import httpx

from demo.journey.browser import LANGUAGE, TIMEOUT

MOST_TRIES = 3
TOO_MANY = 429


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
        return self.send("GET", path, params=query or None)

    def post(self, path: str, body: Any, *, key: str = "") -> httpx.Response:
        """Send a body as JSON."""
        return self.send("POST", path, json=body, headers={"Idempotency-Key": key} if key else None)

    def send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """Send anything, however wrong; asked to slow down, wait as long as one is told."""
        for _try in range(MOST_TRIES):
            answer = self._client.request(method, path, **parts)
            if answer.status_code != TOO_MANY:
                break
            time.sleep(float(answer.headers.get("Retry-After", "1")))
        return answer
