"""Whether all sending is stopped, for each page of the desk."""

from django import template

from social.models import SendingStop
from social.stopping import standing_stop

register = template.Library()


@register.simple_tag
def stop_of_all_sending() -> SendingStop | None:
    """The stop that halts all sending now, if there is one."""
    return standing_stop()
