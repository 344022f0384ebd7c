"""The nightly look whether the rollups equal the ledger, and who is told if they do not."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from core import health
from marketplace import circulation

NAME = "circulation"
"""What `/health/ready` calls it."""

logger = logging.getLogger(__name__)


def look() -> int:
    """Compare every month with the ledger; how many rows differ.

    What was found is kept for `/health/ready` before anyone is told: a mail that does not go out
    hides nothing. Counts alone are told, no sum and no place.
    """
    found = [len(circulation.differences_in(month)) for month in circulation.months()]
    differing, months = sum(found), sum(1 for count in found if count)
    note(differing)
    if differing:
        logger.error("rollups differ from the ledger", extra={"rows": differing, "months": months})
        _mail_operators(rows=differing)
    else:
        logger.info("rollups equal the ledger", extra={"months": len(found)})
    return differing


def note(differing: int) -> None:
    """Keep how many rows of all months differ, for `/health/ready`."""
    health.note_check(NAME, differences=differing)


def _mail_operators(*, rows: int) -> None:
    if not settings.OPERATOR_EMAILS:
        return
    with translation.override(settings.LANGUAGE_CODE):
        send_mail(
            _("The circulation's rollups differ from the ledger"),
            _(
                "At %(link)s %(rows)d rows of the rollups differ from the ledger, which is itself "
                "never changed. Released figures are not touched.\n\nWhat to do stands in "
                'docs/operations.md, under "At two in the morning".'
            )
            % {"link": settings.BASE_URL, "rows": rows},
            None,
            settings.OPERATOR_EMAILS,
        )
