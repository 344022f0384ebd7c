"""Recording what was kept offline: many purchases in one request, each for itself."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, transaction
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.idempotency import fingerprint_of
from core.problems import BY_STATUS, document, exception_handler
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.purchases import as_new, bought, told
from marketplace.api.serializers import BatchBody, BatchItemBody, BatchOutcome, BatchResults
from marketplace.models import Asn, Purchase
from marketplace.purchases import record_purchase

MOST_SECONDS = 20
"""How long one batch may record; what is not reached by then is told to come again."""

ITEM = BatchItemBody()

logger = logging.getLogger(__name__)


class PurchaseBatch(PersonalView):
    """Recording what was kept offline.

    Each item has a transaction of its own, not a savepoint in a common one: what is answered
    `recorded` is in the database though the next item, the worker or the line fails, and the rows
    on which all buyers of a kelurahan meet are held for one item, never for a hundred.
    """

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_batch", request=BatchBody, responses=BatchResults)
    def post(self, request: Request) -> Response:
        """Record up to 100 purchases, each under its own `client_id`; a result for each, in order.

        `recorded-before` is what was recorded under this id, as it stands now: a batch may be sent
        again as often as one likes. One that is `refused` holds up none of the others.
        """
        body = BatchBody(data=request.data)
        body.is_valid(raise_exception=True)
        asn, until = request.user.asn, time.monotonic() + MOST_SECONDS
        items = body.validated_data["purchases"]
        return Response({"results": [result_of(item, asn=asn, until=until) for item in items]})


def result_of(item: Any, *, asn: Asn, until: float) -> dict[str, Any]:
    """Record one item and commit it, or say what it met; nothing it meets goes further."""
    try:
        if time.monotonic() > until:
            raise OperationalError("no time left in this batch")
        with transaction.atomic(durable=True):
            purchase = record(item, asn=asn)
            said = told(purchase, asn=asn)
    except Exception as error:
        return result(item, BatchOutcome.REFUSED, problem=problem_of(error))
    before = purchase.recorded_before
    outcome = BatchOutcome.RECORDED_BEFORE if before else BatchOutcome.RECORDED
    return result(item, outcome, purchase=said)


def record(item: Any, *, asn: Asn) -> Purchase:
    """Hand one item to the rule, under the fingerprint that a request of its own would have."""
    said = ITEM.run_validation(item)
    alone = {name: value for name, value in item.items() if name != "client_id"}
    what = bought(said)
    purchase = record_purchase(
        asn=asn,
        day=said["day"],
        client_key=said["client_id"],
        fingerprint=fingerprint_of(method="POST", path=reverse("api-purchases"), fields=alone),
        **what,
    )
    return as_new(purchase, items=what["items"])


def result(
    item: Any,
    outcome: BatchOutcome,
    *,
    purchase: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The result of an item, by its id where it says one."""
    named = item.get("client_id") if isinstance(item, Mapping) else None
    return {
        "client_id": named[:255] if isinstance(named, str) else None,
        "outcome": outcome.value,
        "purchase": purchase,
        "problem": problem,
    }


def problem_of(error: Exception) -> dict[str, Any]:
    """The problem that a request of its own would have been answered with."""
    answer = exception_handler(error, {})
    if answer is not None:
        said: dict[str, Any] = answer.data
        return said
    logger.error("unhandled", exc_info=error)
    kind, title = BY_STATUS[500]
    return document(type=kind, title=title, status=500)
