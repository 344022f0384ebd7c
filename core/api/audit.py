"""Who looked at one's data, or changed it."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import audit, audit_words
from core.api.queries import PageQuery, checked_query
from core.models import AuditEntry
from core.pagination import SignedCursorPagination


class LookSerializer(serializers.Serializer[AuditEntry]):
    """One look or change: when, by whom (a role, never a name), what and what for."""

    at = serializers.DateTimeField()
    by = serializers.CharField(source="actor_roles", help_text="Roles, with spaces between.")
    by_you = serializers.SerializerMethodField()
    action = serializers.CharField()
    said = serializers.SerializerMethodField(help_text="The same in the language asked for.")
    purpose = serializers.CharField()

    def get_by_you(self, entry: AuditEntry) -> bool:
        return entry.actor_id == entry.subject_user_id

    def get_said(self, entry: AuditEntry) -> str:
        return f"{audit_words.who_did_it(entry)}: {audit_words.what_was_done(entry)}"


class MyLooks(APIView):
    """What the audit log holds about the one who asks."""

    permission_classes = [IsAuthenticated]
    pagination_class = SignedCursorPagination

    @extend_schema(
        operation_id="looks_list", parameters=[PageQuery], responses=LookSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Every look at one's personal data and every change of it, the latest first."""
        checked_query(request, PageQuery)
        pages = self.pagination_class()
        page = pages.paginate_queryset(audit.about(request.user), request, view=self)
        return pages.get_paginated_response(LookSerializer(page, many=True).data)
