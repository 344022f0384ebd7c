"""The one page of the admin on which a new secret stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


def secret_page(request: HttpRequest, template: str, *, secret: str, **facts: Any) -> HttpResponse:
    """It stands in this answer, and no cache keeps it; `template` extends secret_shown.html."""
    told = {"secret": secret, "page_title": _("Secret"), **facts}
    answer = TemplateResponse(request, template, told)
    answer.headers["Cache-Control"] = "no-store"
    return answer
