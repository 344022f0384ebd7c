"""Connecting a channel: what somebody brings is sealed at once and shown to nobody again.

A secret that is left empty stays as it is, but never goes to another server than it was brought
for: who changes the address brings the secrets anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.outbound import AddressRefused, check_url
from social import breaker
from social.channels import ADAPTERS, Credential, adapter_of
from social.channels.sign_in import Account
from social.credentials import keep_credentials, known_of
from social.desk import add_channel
from social.errors import ChannelRetired, CredentialsRefused, OtherAccount
from social.models import Channel, ChannelHealth
from social.signing_in import Wanted


@dataclass(frozen=True)
class Fact:
    """What is known of one credential: its value, or of a secret only that it is there."""

    label: str | Promise
    value: str
    is_kept_secret: bool


@transaction.atomic
def connect_channel(
    *,
    platform: str,
    slug: str,
    name: str,
    format: str = "",
    brought: Mapping[str, str],
    by: User,
) -> Channel:
    """Make a channel with what was brought for it. Raises `CredentialsRefused`."""
    channel = add_channel(platform=platform, slug=slug, name=name, format=format, by=by)
    if brought:
        _keep(channel, known={}, brought=brought, by=by)
    return channel


@transaction.atomic
def change_credentials(channel: Channel, *, brought: Mapping[str, str], by: User) -> None:
    """Bring other credentials; a secret that is left out stays. Raises `CredentialsRefused`."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    _keep(row, known=known_of(row), brought=brought, by=by)
    channel.credentials = row.credentials


@transaction.atomic
def connect_account(wanted: Wanted, account: Account, *, by: User) -> Channel:
    """Keep what a sign-in gave, for a new channel or for one that is there.

    Raises `OtherAccount` where a channel would speak for another account than before, and
    `CredentialsRefused` where the short name was taken meanwhile.
    """
    channel = _channel_of(wanted, account, by=by)
    keep_credentials(channel, account.credentials)
    breaker.begin_anew(channel)
    detail = {"fields": sorted(account.credentials)}
    audit.record(actor=by, action="social.channel-connected", subject=channel, detail=detail)
    return channel


@transaction.atomic
def rename_channel(channel: Channel, *, name: str, by: User) -> None:
    """Call it otherwise at the desk; its address and its posts stay."""
    channel.name = name
    channel.save(update_fields=["name"])
    audit.record(actor=by, action="social.channel-renamed", subject=channel)


def facts_of(channel: Channel) -> list[Fact]:
    """What may be shown of a channel's credentials: of a secret never more than that it is kept."""
    known = known_of(channel)
    return [
        Fact(need.label, "" if need.secret else known[need.name], is_kept_secret=need.secret)
        for need in adapter_of(channel).needs
        if known.get(need.name)
    ]


def _channel_of(wanted: Wanted, account: Account, *, by: User) -> Channel:
    if not wanted.channel:
        if Channel.objects.filter(slug=wanted.slug).exists():
            raise CredentialsRefused(_("The short name is taken by now."))
        return add_channel(
            platform=wanted.platform,
            slug=wanted.slug,
            name=wanted.name,
            format=wanted.format,
            by=by,
        )
    rows = Channel.objects.in_use().filter(platform=wanted.platform)
    channel = rows.select_for_update(no_key=True).filter(slug=wanted.channel).first()
    if channel is None:
        raise ChannelRetired
    before = ChannelHealth.objects.filter(channel=channel).first()
    if before and before.account and before.account != account.name:
        raise OtherAccount
    return channel


def _keep(
    channel: Channel, *, known: Mapping[str, str], brought: Mapping[str, str], by: User
) -> None:
    """Store what stands afterwards; what a platform gave for earlier credentials goes."""
    needs = ADAPTERS[channel.platform].needs
    wanted = {need.name: _standing(need, known, brought) for need in needs}
    _check(needs, known, brought, wanted)
    changed = [name for name, value in wanted.items() if value != known.get(name, "")]
    if not changed:
        return
    keep_credentials(channel, {name: value for name, value in wanted.items() if value})
    breaker.begin_anew(channel)
    detail = {"fields": sorted(changed)}
    audit.record(actor=by, action="social.channel-connected", subject=channel, detail=detail)


def _standing(need: Credential, known: Mapping[str, str], brought: Mapping[str, str]) -> str:
    said = brought.get(need.name, "").strip()
    return said or (known.get(need.name, "") if need.secret else "")


def _check(
    needs: Sequence[Credential],
    known: Mapping[str, str],
    brought: Mapping[str, str],
    wanted: Mapping[str, str],
) -> None:
    wrong: dict[str, list[str | Promise]] = {}
    moves = any(one.names_server and wanted[one.name] != known.get(one.name, "") for one in needs)
    for need in needs:
        if need.required and not wanted[need.name]:
            wrong[need.name] = [_("This is needed.")]
        elif need.secret and moves and wanted[need.name] and not brought.get(need.name, "").strip():
            wrong[need.name] = [_("Another server: type this anew, it is not sent there unasked.")]
        elif need.names_server and wanted[need.name] and not _may_be_called(wanted[need.name]):
            wrong[need.name] = [_("We do not call this address: https on port 443 is needed.")]
    if wrong:
        raise CredentialsRefused(fields=wrong)


def _may_be_called(address: str) -> bool:
    try:
        check_url(address)
    except AddressRefused:
        return False
    return True
