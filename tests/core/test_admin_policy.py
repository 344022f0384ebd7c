"""Wagtail's admin works under a policy that runs no inline script."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from tests.accounts.factories import PASSWORD

INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*json)[^>]*>")


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser("pengelola", "pengelola@contoh.test", PASSWORD)


@pytest.mark.parametrize(
    "name",
    [
        "wagtailadmin_home",
        "wagtailadmin_account",
        "wagtailusers_users:add",
        "wagtailimages:add_multiple",
        "wagtailadmin_workflows:add",
        "wagtailadmin_reports:site_history",
        "promotions:add",
    ],
)
def test_a_page_of_the_admin_holds_no_inline_script(
    client: Client, administrator: User, name: str
) -> None:
    client.force_login(administrator)
    page = client.get(reverse(name))

    assert page.status_code == 200
    assert not INLINE.findall(page.content.decode())


@pytest.mark.django_db(transaction=True)
def test_calendars_and_choosers_open_and_nothing_is_refused(
    live_server, page: Page, administrator: User
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": 1200})
    page.goto(f"{live_server.url}/masuk/?next={reverse('promotions:add')}")
    page.fill("[name=username]", administrator.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")

    page.click("#id_starts")
    page.wait_for_selector(".xdsoft_datetimepicker:visible")
    page.keyboard.press("Escape")
    page.click("#id_photo-chooser [data-chooser-action-choose]")
    page.wait_for_selector(".modal-content:visible")
    assert said == []
