"""Words for the reasons that the engine writes; a person's reason is shown as written."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

TOLD: dict[str, str | Promise] = {
    "approval-void": _("The approval no longer covers it."),
    "by-hand": _("Posted by hand."),
    "changes-asked": _("Changes were asked for."),
    "edited": _("Edited; the approval is void."),
    "lease-over": _("The worker did not come back."),
    "resumed": _("Resumed."),
    "window-over": _("Its window passed."),
}


@register.filter
def told(reason: str) -> str | Promise:
    """A reason in the reader's language."""
    return TOLD.get(reason, reason)
