"""What a reader sees when a page cannot be shown: our own words, under the strict policy."""

import re

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.views import defaults
from django.views.csrf import csrf_failure

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:")
TOO_LARGE = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)


@pytest.fixture
def client() -> Client:
    """A browser that gets the error's page, not its traceback."""
    return Client(raise_request_exception=False)


def test_an_address_that_leads_nowhere(client: Client) -> None:
    response = client.get("/tidak/ada/")

    assert response.status_code == 404
    assert "unsafe" not in response["Content-Security-Policy"]
    assert 'href="/umkm/"' in response.content.decode()


def test_a_form_that_is_too_large(client: Client) -> None:
    response = client.post("/masuk/", {"username": TOO_LARGE})

    assert response.status_code == 400
    assert '<html lang="id">' in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


def test_a_form_of_another_site(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/masuk/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert 'class="standing"' in response.content.decode()


def test_a_fault_of_our_own_says_nothing_of_the_inside(client: Client, monkeypatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setattr("social.views.NewsList.get_queryset", break_down)
    response = client.get("/kabar/")

    assert response.status_code == 500
    assert "rahasia" not in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


def test_no_error_page_needs_what_the_policy_forbids() -> None:
    request = RequestFactory().get("/")
    request.user = None
    pages = [
        defaults.bad_request(request, Exception()),
        defaults.permission_denied(request, Exception()),
        defaults.page_not_found(request, Exception()),
        defaults.server_error(request),
        csrf_failure(request),
    ]

    assert [page.status_code for page in pages] == [400, 403, 404, 500, 403]
    assert not any(INLINE.search(page.content.decode()) for page in pages)
    assert all('class="standing"' in page.content.decode() for page in pages)
