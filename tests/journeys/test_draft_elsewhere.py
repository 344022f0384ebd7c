"""An editor types, and another front end shows it in the preview, over real HTTP."""

from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.factories import PASSWORD
from tests.cms.factories import UmkmPageFactory

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 30_000
"""Milliseconds: a preview is drawn anew after each pause, and the machine may be busy."""

TELLS_WHEN_EDITS_ARE_WATCHED = """
let coming = 0;
document.addEventListener("w-unsaved:ready", () => { coming += 1; });
document.addEventListener("w-unsaved:watch-edits", () => {
    coming -= 1;
    if (coming === 0) document.documentElement.dataset.editsAreWatched = "yes";
});
"""
"""Two seconds after it has come up, the editor keeps what its form holds; what differs from that
is an edit to it. It comes up twice: words typed before the second time are never previewed."""


class FrontEnd(ThreadingHTTPServer):
    """A page that asks our API for the draft whose token it was called with."""

    def __init__(self, api: str) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.api = api

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/lihat"


class Answer(BaseHTTPRequestHandler):
    server: FrontEnd

    def do_GET(self) -> None:
        if not self.path.startswith("/lihat"):
            self.send_error(404)
            return
        query = urlsplit(self.path).query
        told = httpx.get(f"{self.server.api}/api/v1/catalog/draft?{query}").json()
        said = told.get("umkm") or {"name": "tidak ada", "summary": told.get("type", "")}
        body = f"<h1>{escape(said['name'])}</h1><p>{escape(said['summary'])}</p>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """The test's output stays its own."""


@pytest.fixture
def front_end(live_server: LiveServer, settings: Settings) -> Iterator[FrontEnd]:
    with FrontEnd(live_server.url) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.HEADLESS_PREVIEW_URL = server.address
        yield server
        server.shutdown()


def test_what_is_typed_is_seen_at_the_other_front_end(
    page: Page, live_server: LiveServer, front_end: FrontEnd
) -> None:
    shop = UmkmPageFactory(title="Depot Soto", summary="Soto sejak 1987.")
    call_command("write_roles", verbosity=0)
    editor = User.objects.create_user("penyunting", "penyunting@contoh.id", PASSWORD)
    editor.groups.add(Group.objects.get(name="editor"))
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.add_init_script(TELLS_WHEN_EDITS_ARE_WATCHED)
    page.set_viewport_size({"width": 1440, "height": 1000})
    edit = reverse("wagtailadmin_pages:edit", args=[shop.pk])
    page.goto(f"{live_server.url}/masuk/?next={edit}")
    page.fill("[name=username]", editor.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")

    page.click("[data-side-panel-toggle=preview]")
    panel = page.frame_locator("#w-preview-iframe")
    shown = panel.frame_locator("iframe")
    expect(shown.locator("h1")).to_have_text("Depot Soto", timeout=SOON)
    page.locator("html[data-edits-are-watched]").wait_for(state="attached")
    page.fill("#id_summary", "Rawon juga ada.")
    expect(shown.locator("p")).to_have_text("Rawon juga ada.", timeout=SOON)
    page.select_option("[data-w-preview-target=mode]", label="Situs ini")
    expect(panel.locator("body")).to_contain_text("Saya belanja di sini", timeout=SOON)

    assert refused == []
