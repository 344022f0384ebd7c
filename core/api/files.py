"""Answers that are files."""

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class BytesRenderer(BaseRenderer):
    """Bytes as they are: a file. Name its `media_type` and `format`."""

    charset = None
    render_style = "binary"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> Any:
        return data


class FileView(APIView):
    """A view that answers with a file, and refuses in JSON; name its renderer and JSONRenderer."""

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        if getattr(response, "exception", False):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        return final
