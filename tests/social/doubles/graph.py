"""Meta's Graph API as both doubles have it: version, token, errors with code and subcode."""

from dataclasses import dataclass, field

from tests.social.doubles.authorization import Codes
from tests.social.doubles.server import Asked, Given, Part, PlatformDouble

VERSION = "/v26.0"
APP = "884400113355|0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SCOPES = (
    "pages_manage_posts",
    "pages_read_engagement",
    "instagram_basic",
    "instagram_content_publish",
)
SHORT, LONG = "EAAB-an-hour", "EAAB-sixty-days"
USAGE = {"X-App-Usage": '{"call_count": 3, "total_cputime": 1, "total_time": 7}'}


class Refusal(Exception):
    """An answer that is an error of the Graph API."""

    def __init__(self, code: int, subcode: int = 0, status: int = 400) -> None:
        super().__init__(str(code))
        self.given = graph_error(code, subcode, status)


@dataclass
class GraphDouble(PlatformDouble):
    """One account of one version."""

    token: str = "EAAG-of-the-city"
    expires_at: int = 0
    issued_at: int = 0
    codes: Codes = field(default_factory=Codes)
    pages: list[dict[str, object]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))

    def __post_init__(self) -> None:
        super().__init__()

    def handle(self, asked: Asked) -> Given:
        try:
            if not asked.path.startswith(VERSION + "/"):
                raise Refusal(2635)
            sent = self._sent(asked)
            if asked.line == f"GET {VERSION}/debug_token":
                return self._debug({name: part.text for name, part in sent.items()})
            if asked.line == f"GET {VERSION}/oauth/access_token":
                return self._exchange({name: part.text for name, part in sent.items()})
            if asked.line == f"GET {VERSION}/me/accounts":
                return self._list_pages({name: part.text for name, part in sent.items()})
            if sent.pop("access_token", Part(b"")).text != self.token:
                raise Refusal(190, 460, 401)
            line = f"{asked.method} {asked.path.removeprefix(VERSION)}"
            given = self.act(line, sent)
            return Given(given.status, given.document, USAGE | given.headers)
        except Refusal as refusal:
            return refusal.given

    def _debug(self, said: dict[str, str]) -> Given:
        """Only an app may ask, in its own name."""
        if said.keys() != {"input_token", "access_token"} or said["access_token"] != APP:
            raise Refusal(190)
        told = {"app_id": APP.partition("|")[0], "type": "PAGE", "scopes": self.scopes}
        told |= {"is_valid": said["input_token"] == self.token, "expires_at": self.expires_at}
        told |= {"issued_at": self.issued_at} if self.issued_at else {}
        return Given(200, {"data": told})

    def _exchange(self, said: dict[str, str]) -> Given:
        """A code for a token of an hour, such a one for one of 60 days."""
        if f"{said.pop('client_id')}|{said.pop('client_secret')}" != APP:
            raise Refusal(101)
        if said.get("grant_type") == "fb_exchange_token":
            if said["fb_exchange_token"] not in (SHORT, self.token):
                raise Refusal(190)
            is_page = said["fb_exchange_token"] == self.token
            self.token = "EAAG-newer" if is_page else self.token
            given = self.token if is_page else LONG
            return Given(200, {"access_token": given, "expires_in": 5_183_944})
        if self.codes.redeem({**said, "client_id": APP.partition("|")[0]}) is None:
            raise Refusal(100)
        return Given(200, {"access_token": SHORT, "expires_in": 3_600})

    def _list_pages(self, said: dict[str, str]) -> Given:
        if said.get("access_token") != LONG:  # of a shorter one, the pages' tokens end too
            raise Refusal(190)
        if said["fields"] != "id,name,access_token,instagram_business_account{id,username}":
            raise Refusal(100)
        return Given(200, {"data": self.pages})

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
