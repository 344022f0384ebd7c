"""Answers about one person."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.files import FileView


class PersonalView(APIView):
    """A view whose every answer, repeated ones and refusals included, no cache may keep."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


class PersonalFileView(FileView, PersonalView):
    """A file about one person: no cache may keep it, nor a refusal."""
