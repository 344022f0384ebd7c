"""Signing in at Meta (Facebook Login): a long-lived token of the person, then those of the pages.

The token of a page that comes from a long-lived one does not end by itself. Documented in Meta's
guides/access/access-tokens and facebook-login/manual-flow, v26.0.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from social.channels import graph
from social.channels.health import moment_of
from social.channels.http import SECONDS, Malformed, Reply, ask
from social.channels.sign_in import Account, Begun, address_with, checked, listed
from social.credentials import keep_credentials, read_credentials
from social.models import Channel

MOST_PAGES = "100"
FRESH = timedelta(hours=24)


def begin(*, callback: str, state: str, rights: Sequence[str]) -> Begun:
    """Ask the person at Facebook."""
    dialog = f"{settings.META_SIGN_IN_URL.rstrip('/')}/{settings.GRAPH_API_VERSION}/dialog/oauth"
    asks = address_with(
        dialog,
        response_type="code",
        client_id=settings.META_APP_ID,
        redirect_uri=callback,
        scope=",".join(rights),
        state=state,
    )
    return Begun(asks)


def pages(*, code: str, callback: str) -> list[dict[str, object]]:
    """The pages of the person, each with its token and, where it has one, its Instagram account."""
    short = _token(code=code, redirect_uri=callback).text("access_token")
    long = exchanged(short).text("access_token")
    fields = "id,name,access_token,instagram_business_account{id,username}"
    query = {"access_token": long, "fields": fields, "limit": MOST_PAGES}
    reply = checked(ask("GET", graph.address("me/accounts"), query=query, seconds=SECONDS))
    return listed(reply, "data")


def exchanged(token: str) -> Reply:
    """A token of about 60 days for one that ends earlier. Raises `SignInFailed`."""
    return _token(grant_type="fb_exchange_token", fb_exchange_token=token)


def renew(channel: Channel) -> None:
    """Exchange a channel's token that ends, once it is a day old: Meta gives no newer one before.

    Raises `SignInFailed`, and what `http.ask` raises.
    """
    token = read_credentials(channel).get("access_token", "")
    told = graph.about_token(token) if token else {}
    issued, ends = moment_of(told.get("issued_at")), moment_of(told.get("expires_at"))
    now = timezone.now()
    if issued is None or ends is None or now - issued < FRESH or ends <= now:
        return
    _replace(channel, token, exchanged(token).text("access_token"))


@transaction.atomic
def _replace(channel: Channel, before: str, after: str) -> None:
    """Store the newer token, unless somebody brought another one meanwhile."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    known = read_credentials(row)
    if known.get("access_token") == before:
        keep_credentials(row, {**known, "access_token": after})
    channel.credentials = row.credentials


def page_account(page: dict[str, object]) -> Account:
    """A page as a channel."""
    return Account(_text(page, "name"), {"page_id": _text(page, "id"), **_key(page)})


def instagram_account(page: dict[str, object]) -> Account | None:
    """The Instagram account that is linked with a page, spoken for by the page's token."""
    linked = page.get("instagram_business_account")
    if not isinstance(linked, dict):
        return None
    return Account(f"@{_text(linked, 'username')}", {"ig_id": _text(linked, "id"), **_key(page)})


def _key(page: dict[str, object]) -> dict[str, str]:
    return {"access_token": _text(page, "access_token"), "app_secret": settings.META_APP_SECRET}


def _text(found: dict[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"no {name}")
    return value


def _token(**query: str) -> Reply:
    app = {"client_id": settings.META_APP_ID, "client_secret": settings.META_APP_SECRET}
    url = graph.address("oauth/access_token")
    return checked(ask("GET", url, query={**app, **query}, seconds=SECONDS))
