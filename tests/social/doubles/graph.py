"""Meta's Graph API as both doubles have it: version, token, errors with code and subcode."""

from dataclasses import dataclass

from tests.social.doubles.server import Asked, Given, Part, PlatformDouble

VERSION = "/v26.0"


class Refusal(Exception):
    """An answer that is an error of the Graph API."""

    def __init__(self, code: int, subcode: int = 0, status: int = 400) -> None:
        super().__init__(str(code))
        self.given = graph_error(code, subcode, status)


@dataclass
class GraphDouble(PlatformDouble):
    """One account of one version."""

    token: str = "EAAG-of-the-city"

    def __post_init__(self) -> None:
        super().__init__()

    def handle(self, asked: Asked) -> Given:
        try:
            if not asked.path.startswith(VERSION + "/"):
                raise Refusal(2635)
            sent = self._sent(asked)
            if sent.pop("access_token", Part(b"")).text != self.token:
                raise Refusal(190, 460, 401)
            line = f"{asked.method} {asked.path.removeprefix(VERSION)}"
            return self.act(line, sent)
        except Refusal as refusal:
            return refusal.given

    def act(self, line: str, sent: dict[str, Part]) -> Given:
        """What the account does; raises `Refusal`."""
        raise NotImplementedError

    def _sent(self, asked: Asked) -> dict[str, Part]:
        if asked.method in ("GET", "DELETE"):
            return {name: Part(value.encode()) for name, value in asked.query.items()}
        if asked.query:
            raise Refusal(100)
        return asked.form()


def graph_error(code: int, subcode: int = 0, status: int = 400, **headers: str) -> Given:
    """An error as the Graph API answers it."""
    error = {"message": f"(#{code}) Error", "type": "OAuthException", "code": code}
    if subcode:
        error["error_subcode"] = subcode
    return Given(status, {"error": error | {"fbtrace_id": "A9x"}}, headers)
