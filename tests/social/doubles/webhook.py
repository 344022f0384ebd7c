"""A receiver of the city's own that checks what it is sent and keeps it once."""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from tests.social.doubles.server import Asked, Given, PlatformDouble


class ReceiverDouble(PlatformDouble):
    """It takes a post at /hook and says where it stands."""

    secret = "whsec_" + b64encode(b"a secret of thirty-two bytes: 01").decode()

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, Any] = {}

    @property
    def published(self) -> int:
        return len(self.taken)

    def handle(self, asked: Asked) -> Given:
        if asked.line != "POST /hook":
            return Given(404, {"error": "no such address"})
        try:
            said = Webhook(self.secret).verify(asked.body, asked.headers)
        except WebhookVerificationError:
            return Given(401, {"error": "signature"})
        if asked.headers["content-type"] != "application/json":
            return Given(415, {"error": "not JSON"})
        key = asked.headers["idempotency-key"]
        if said["type"] == "ping" and key == asked.headers["webhook-id"]:
            return Given(204, body=b"")
        if key != asked.headers["webhook-id"] or said["type"] != "post.publish":
            return Given(400, {"error": "not a post"})
        for media in said["data"]["media"]:
            content = b64decode(media["base64"], validate=True)
            if sha256(content).hexdigest() != media["sha256"] or not media["alt"]:
                return Given(422, {"error": "picture"})
        self.taken.setdefault(key, said["data"])
        return Given(201, {"id": "k-1", "url": f"{self.url}/kabar/1"})
