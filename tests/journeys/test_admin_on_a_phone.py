"""The desk on a phone: what is wider than the screen can be reached."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.models import WebhookEndpoint
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_column_of_a_wide_list_is_scrolled_to(
    page: Page, live_server: LiveServer, client: Client
) -> None:
    WebhookEndpoint.objects.create(url="https://contoh.id/terima-kejadian-dari-katalog")
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(live_server.url + reverse("webhooks:index"))

    log = page.locator(".listing tbody td:last-child")
    page.locator(":has(> .listing)").evaluate("around => around.scrollTo(1000, 0)")

    expect(log).to_be_in_viewport(ratio=0.9)
