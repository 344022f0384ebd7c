"""How many second persons a channel asks for."""

from django.db import transaction

from accounts.models import User
from core import audit
from social.models import Channel


@transaction.atomic
def ask_for_signers(channel: Channel, *, by: User, number: int) -> None:
    """From now on so many people, 1 or 2, sign each post of the channel.

    What was signed by fewer is held when its time comes.
    """
    Channel.objects.filter(pk=channel.pk).update(signers_needed=number)
    channel.signers_needed = number
    detail = {"signers": number}
    audit.record(actor=by, action="social.signers-set", subject=channel, detail=detail)
