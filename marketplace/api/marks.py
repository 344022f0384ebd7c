"""Marked purchases, for an auditor: looked at with a purpose, decided on with a reason."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import PageQuery
from core.api.serializers import StrictSerializer, TextField
from core.idempotency import idempotent
from core.pagination import SignedCursorPagination
from marketplace import auditing
from marketplace.api.fields import RupiahField
from marketplace.api.permissions import MayDecide, MayLookAtMarks
from marketplace.api.personal import PersonalView
from marketplace.api.serializers import ShopSerializer
from marketplace.auditing import State
from marketplace.models import Decision, Mark, Purchase


class MarksQuery(PageQuery):
    """Which marked purchases are looked at, and what for: logged, and read by their buyers."""

    state = serializers.ChoiceField(choices=State.choices, default=State.WAITING)
    purpose = TextField(max_length=200)


class LookQuery(StrictSerializer):
    """What the look is for: it is logged, and the person reads it."""

    purpose = TextField(max_length=200)


class MarkSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What a rule found, beside which earlier purchase if it compares with one."""

    rule = serializers.ChoiceField(choices=Mark.Rule.choices)
    beside = serializers.UUIDField(source="beside.public_id", default=None, allow_null=True)


class DecisionSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What an auditor decided, and why."""

    verdict = serializers.ChoiceField(choices=Decision.Verdict.choices)
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class MarkedSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A marked purchase. `buyer` is a pseudonym, equal for all purchases of one person."""

    id = serializers.UUIDField(source="public_id")
    buyer = serializers.SerializerMethodField()
    umkm = ShopSerializer(source="umkm.standing")
    amount = RupiahField()
    day = serializers.DateField()
    payment = serializers.ChoiceField(choices=Purchase.Payment.choices)
    recorded_at = serializers.DateTimeField()
    receipt = serializers.SerializerMethodField(help_text="Whether its photo is kept.")
    marks = MarkSerializer(many=True)
    decision = serializers.SerializerMethodField()

    def get_buyer(self, purchase: Purchase) -> str:
        return auditing.pseudonym(purchase)

    def get_receipt(self, purchase: Purchase) -> bool:
        receipt = getattr(purchase, "receipt", None)
        return receipt is not None and bool(receipt.file)

    def get_decision(self, purchase: Purchase) -> DecisionSerializer(allow_null=True):  # type: ignore[valid-type]
        decision = getattr(purchase, "decision", None)
        return None if decision is None else DecisionSerializer(decision).data


class DecisionBody(StrictSerializer):
    """Whether the purchase counts, and why: its buyer reads the reason."""

    verdict = serializers.ChoiceField(choices=Decision.Verdict.choices)
    reason = TextField(max_length=200)


class PersonSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Who bought: neither NIP nor home."""

    name = serializers.CharField()
    agency = serializers.CharField()


class MarkPagination(SignedCursorPagination):
    """Recorded last first."""

    ordering = ("-purchase_id",)


class AuditMarks(PersonalView):
    """What the rules marked as improbable."""

    permission_classes = [MayLookAtMarks]
    pagination_class = MarkPagination

    @extend_schema(
        operation_id="audit_marks_list",
        parameters=[MarksQuery],
        responses=MarkedSerializer(many=True),
    )
    @transaction.atomic
    def get(self, request: Request) -> Response:
        """Marked purchases by pseudonym, recorded last first. Marked, they count like any other."""
        asked = _asked(request, MarksQuery)
        pages = self.pagination_class()
        marked = auditing.marked(State(asked["state"]))
        page = [mark.purchase for mark in pages.paginate_queryset(marked, request, view=self)]
        auditing.write_down(page, auditor=request.user, purpose=asked["purpose"])
        return pages.get_paginated_response(MarkedSerializer(page, many=True).data)


class AuditDecision(PersonalView):
    """The decision on a marked purchase."""

    permission_classes = [MayDecide]

    @extend_schema(
        operation_id="audit_decide", request=DecisionBody, responses={201: DecisionSerializer}
    )
    @idempotent(required=False)
    def post(self, request: Request, public_id: UUID) -> Response:
        """Decide once, with a reason; one that does not count is taken back with it.

        409 `already-decided` if somebody decided before, with what stands.
        """
        body = DecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        decision = auditing.decide(auditor=request.user, public_id=public_id, **said)
        return Response(DecisionSerializer(decision).data, status=201)


class AuditPerson(PersonalView):
    """Who is behind a marked purchase."""

    permission_classes = [MayLookAtMarks]

    @extend_schema(
        operation_id="audit_person_retrieve", parameters=[LookQuery], responses=PersonSerializer
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """Name and agency: logged with the purpose, where the person can read it."""
        asked = _asked(request, LookQuery)
        person = auditing.open_person(auditor=request.user, public_id=public_id, **asked)
        return Response(PersonSerializer(person).data)


def _asked(request: Request, kind: type[StrictSerializer]) -> dict[str, Any]:
    query = kind(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    asked: dict[str, Any] = query.validated_data
    return asked
