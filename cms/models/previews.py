"""Pages whose preview another front end may show."""

from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

FRAME = "cms/preview_elsewhere.html"


class PreviewedElsewhere:
    """Before `Page` in the bases: where HEADLESS_PREVIEW_URL names a front end, it comes first.

    In a frame on a page of ours: the editor's panel waits ten seconds for each page of another
    origin that does not carry Wagtail's user bar.
    """

    ELSEWHERE, HERE = "elsewhere", "here"

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """What an editor may choose between; a single mode offers no choice."""
        if not settings.HEADLESS_PREVIEW_URL:
            modes: list[tuple[str, Any]] = super().preview_modes  # type: ignore[misc]
            return modes
        return [(self.ELSEWHERE, _("The other front end")), (self.HERE, _("This site"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from cms import drafts  # these read the models

        page, by = cast(Any, self), cast(AbstractBaseUser, request.user)
        address = drafts.address(page, by=by) if mode_name == self.ELSEWHERE else None
        if address:
            return _framed(request, address)
        answer: HttpResponse = super().serve_preview(request, "")  # type: ignore[misc]
        return answer


def _framed(request: HttpRequest, address: str) -> HttpResponse:
    """A page with nothing but the front end in it, and a policy that lets it in."""
    answer = TemplateResponse(request, FRAME, {"address": address})
    host = urlsplit(address)
    answer._csp_update = {"frame-src": [f"{host.scheme}://{host.netloc}"]}  # type: ignore[attr-defined]
    return answer
