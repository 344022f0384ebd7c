"""The journey itself is honest: it stays out of a system that is no demo, and says what is missing.

It is walked for real by `make journey`.
"""

import httpx
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from demo.journey import STEPS, DidNotHappen, Walk, platforms, walk_through
from demo.journey.browser import Browser, Page
from demo.journey.walk import expect_equal, expect_status, wait_for

FORM = """
<form method="post" action="simpan/">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc">
  <input name="title" value="Lama">
  <input type="checkbox" name="channels" id="c1" value="1" checked><label for="c1">Situs</label>
  <label><input type="checkbox" name="channels" value="2"> Saluran WA</label>
  <select name="region"><option value="">-</option><option value="7" selected>Klojen</option>
    <option value="8">Kasin</option></select>
  <textarea name="message">
Dua
baris</textarea>
  <input name="gone" value="x" disabled><button name="action-publish" value="y">Terbit</button>
</form>
"""


def page_of(html: str) -> Page:
    """A page as if it had been fetched."""
    request = httpx.Request("GET", "http://contoh.invalid/admin/promosi/add/")
    return Page(Browser("http://contoh.invalid"), httpx.Response(200, text=html, request=request))


def test_a_form_is_sent_as_a_browser_without_script_would() -> None:
    form = page_of(FORM).form(having="title")

    assert form.action == "http://contoh.invalid/admin/promosi/add/simpan/"
    assert form.fields() == [
        ("csrfmiddlewaretoken", "abc"),
        ("title", "Lama"),
        ("channels", "1"),
        ("region", "7"),
        ("message", "Dua\nbaris"),
    ]


def test_choices_are_found_by_their_words() -> None:
    form = page_of(FORM).form(having="region")

    assert form.choice("region", "Kasin") == "8"
    assert form.choice("channels", "Saluran WA") == "2"
    with pytest.raises(LookupError):
        form.choice("region", "Lowokwaru")


@pytest.mark.django_db(transaction=True)
def test_it_stays_out_of_a_system_that_is_no_demo(
    live_server: LiveServer, settings: Settings
) -> None:
    settings.DEMO = False
    told: list[str] = []

    with pytest.raises(DidNotHappen):
        walk_through(live_server.url, tell=told.append)

    assert len(told) == 1


def test_the_command_fails_where_nobody_answers() -> None:
    with pytest.raises(CommandError):
        call_command("journey", "http://127.0.0.1:9", verbosity=0)


def test_what_is_not_seen_in_time_did_not_happen() -> None:
    with pytest.raises(DidNotHappen, match="the post"):
        wait_for(lambda: None, "the post", patience=0)


def test_another_answer_than_expected_ends_the_walk() -> None:
    request = httpx.Request("GET", "http://contoh.invalid/")

    with pytest.raises(DidNotHappen, match="answered 500"):
        expect_status(httpx.Response(500, request=request), 200)
    with pytest.raises(DidNotHappen, match="wanted 1, saw 2"):
        expect_equal(2, 1, "sum")


def test_where_no_platforms_run_beside_it_says_that_they_were_not_walked() -> None:
    steps = [step for step in STEPS if step.__module__ == platforms.__name__]
    with Walk("http://127.0.0.1:9") as walk:
        seen = [step(walk) for step in steps]

    assert len(seen) == 5
    assert set(seen) == {platforms.NOT_WALKED}


def test_every_step_says_what_should_happen() -> None:
    assert all(step.__doc__ for step in STEPS)
