"""Signing in at a Mastodon instance: it gives each city an app of its own when asked.

Documented at docs.joinmastodon.org (methods/apps, methods/oauth), July 2026: PKCE with S256.
"""

from social.channels import http
from social.channels.sign_in import (
    Account,
    Begun,
    SignInFailed,
    address_with,
    challenge_of,
    checked,
    new_verifier,
)

SECONDS = 15.0
SCOPES = "read:accounts read:statuses write:media write:statuses"
APP_NAME = "ASN Belanja UMKM"


def begin(*, server: str, callback: str, state: str) -> Begun:
    """Make an app on the instance, and ask the person there."""
    address = server.rstrip("/")
    app = checked(
        http.ask(
            "POST",
            f"{address}/api/v1/apps",
            form={"client_name": APP_NAME, "redirect_uris": callback, "scopes": SCOPES},
            seconds=SECONDS,
        )
    )
    client, secret, verifier = app.text("client_id"), app.text("client_secret"), new_verifier()
    asks = address_with(
        f"{address}/oauth/authorize",
        response_type="code",
        client_id=client,
        redirect_uri=callback,
        scope=SCOPES,
        state=state,
        code_challenge=challenge_of(verifier),
        code_challenge_method="S256",
    )
    kept = {"address": address, "client": client, "secret": secret, "verifier": verifier}
    return Begun(asks, kept)


def finish(*, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
    """The token for the code, if it may do all that is needed."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": kept["client"],
        "client_secret": kept["secret"],
        "redirect_uri": callback,
        "code_verifier": kept["verifier"],
        "scope": SCOPES,
    }
    address = kept["address"]
    given = checked(http.ask("POST", f"{address}/oauth/token", form=form, seconds=SECONDS))
    if not set(SCOPES.split()) <= set(given.text("scope").split()):
        raise SignInFailed("not-allowed")
    token = given.text("access_token")
    signed = {"Authorization": f"Bearer {token}"}
    verify = f"{address}/api/v1/accounts/verify_credentials"
    who = checked(http.ask("GET", verify, headers=signed, seconds=SECONDS))
    name = f"@{who.text('username')}@{address.removeprefix('https://')}"
    return [Account(name, {"address": address, "token": token})]
