"""Logs are JSON lines that name the request and no person."""

import json
import logging

import pytest
from django.test import Client

from core import request_id
from core.logs import JsonFormatter, PrivacyFilter, mask

NIP = "199008172015041999"


def line(message: str, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "t", "levelname": "INFO", "msg": message, **extra})
    PrivacyFilter().filter(record)
    logged: dict[str, object] = json.loads(JsonFormatter().format(record))
    return logged


@pytest.mark.parametrize("written", [NIP, "19900817 201504 1 999", "19900817.201504.1.999"])
def test_a_nip_is_hidden_however_it_is_written(written: str) -> None:
    assert "1990" not in mask(f"NIP {written} masuk")


def test_shorter_numbers_stay() -> None:
    assert mask("post 123456789012345") == "post 123456789012345"


def test_what_a_framework_attaches_does_not_reach_the_line() -> None:
    assert "rahasia" not in str(line("x", request="rahasia"))


def test_a_secret_header_in_a_message_is_hidden() -> None:
    assert "abu_" not in str(line("Authorization: Token abu_123"))


def test_a_line_names_its_request() -> None:
    token = request_id._current.set("abcdefgh")
    try:
        assert line("x")["request_id"] == "abcdefgh"
    finally:
        request_id._current.reset(token)


@pytest.mark.django_db
def test_a_request_is_logged_by_route_without_query_or_name(client: Client, caplog) -> None:
    caplog.set_level(logging.INFO)
    client.get(f"/api/v1/me?nip={NIP}&nama=rahasia", headers={"X-Request-ID": "pembeli-123"})

    said = [record for record in caplog.records if record.name == "core.request_id"]
    assert said[0].route == "api/v1/me"
    assert "rahasia" not in caplog.text
    assert NIP not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("forged", ["x", "a\tb c d e f", NIP, "x" * 65])
def test_an_ill_formed_request_id_is_replaced(client: Client, forged: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": forged})

    assert answer["X-Request-ID"] != forged
