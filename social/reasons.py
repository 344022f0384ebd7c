"""Words for the reasons that the engine writes; a person's reason is shown as written."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOLD: dict[str, str | Promise] = {
    "account-changed": _("The key speaks for another account than before; the channel is paused."),
    "account-blocked": _("The platform blocked the account; the channel is paused."),
    "action-blocked": _("The platform refused it, but it may be out."),
    "approval-void": _("The approval no longer covers it."),
    "by-hand": _("Posted by hand."),
    "cannot-withdraw": _("The platform offers no way to take it back."),
    "changes-asked": _("Changes were asked for."),
    "channel-removed": _("Taken off this channel."),
    "channel-retired": _("The channel is no longer used."),
    "chat-not-found": _("Telegram knows no such channel or group, or the bot is not in it."),
    "chat-moved": _("The group became a supergroup: its number is a new one."),
    "container-gone": _("The platform lost the pictures; they are brought again."),
    "content-refused": _("The platform does not take this content."),
    "duplicate": _("The platform says that the same words are there already."),
    "edited": _("Edited; the approval is void."),
    "id-unknown": _("Nobody knows which post on the platform it is."),
    "key-being-renewed": _("The channel's key is being renewed."),
    "late-answer": _("The platform's answer came late: it is out."),
    "lease-over": _("The worker did not come back."),
    "malformed": _("The platform's answer could not be read."),
    "no-account": _("The sign-in opened no account that could post."),
    "no-connection": _("The connection to the platform broke."),
    "no-credit": _("The account's credit with the platform is used up."),
    "not-allowed": _("The account may not post there."),
    "not-connected": _("The channel is not connected."),
    "other-account": _("The key belongs to another account than the number says."),
    "picture-not-fetched": _("The platform could not fetch the pictures."),
    "processing": _("The platform is still processing the pictures."),
    "quota": _("The account has posted as much as it may for now."),
    "rate-limited": _("The platform asks for a pause."),
    "redirect": _("The address leads elsewhere: bring the one it leads to."),
    "resumed": _("Resumed."),
    "sending-stopped": _("All sending was stopped."),
    "server-error": _("The platform had a fault."),
    "signed-first": _("Signed by the first of two people."),
    "token-refused": _("The platform no longer takes the channel's key: connect it again."),
    "session-over": _("The sign-in at the platform was over; it is renewed."),
    "too-old": _("It is older than 48 hours: the bot needs the right to delete messages."),
    "name-unknown": _("There is no server of this name."),
    "not-public": _("The address lies in a network of its own: the operator has to trust it."),
    "sign-in-refused": _("The platform did not accept the sign-in."),
    "too-slow": _("The platform did not answer in time."),
    "window-over": _("Its window passed."),
}


def told(reason: str) -> str | Promise:
    """A reason in the reader's language."""
    return TOLD.get(reason, reason)
