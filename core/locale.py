"""The reader's language: Indonesian, or English for who asks for it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

FOR_PROGRAMS = ("/api/", "/problems/", "/health/")


class ReaderLocaleMiddleware:
    """Activate the reader's language for the request.

    Pages: the language chosen on the page, kept in a cookie; a browser that merely came in another
    language still gets Indonesian. The API: English if `Accept-Language` prefers it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language" if _is_api(request) else "Cookie"])
        return response


def language_of(request: HttpRequest) -> str:
    """`id` or `en`."""
    if _is_api(request):
        return _preferred(request.headers.get("Accept-Language", ""))
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_PROGRAMS)


def _preferred(accepted: str) -> str:
    """The first of our languages among those accepted, best first."""
    ranked = (code.partition("-")[0] for code, _quality in parse_accept_lang_header(accepted))
    ours = dict(settings.LANGUAGES)
    return next((code for code in ranked if code in ours), settings.LANGUAGE_CODE)
