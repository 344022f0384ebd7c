"""Logs as JSON lines, each with the request's id and none with personal data."""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from celery.signals import setup_logging
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from core import request_id

# 16 to 18 digits, also written in groups: a NIK, NPWP or NIP. Not the decimals of a task's seconds.
LONG_NUMBER = re.compile(r"(?<!\d)(?<!\d\.)(?!0\.)\d(?:[ .\-]?\d){15,17}(?!\d)")
SECRET_HEADER = re.compile(r"(?i)\b(authorization|cookie|idempotency-key)(['\"]?\s*[:=]\s*).*")
# PostgreSQL quotes the whole row that it refused.
ROW = re.compile(r"(?m)^(DETAIL|CONTEXT):.*$")
MASK = "[hidden]"


class JsonFormatter(BaseJsonFormatter):
    """One JSON object a line: time, level, logger, message, request_id and what `extra` gave."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        # Last of all, so that a traceback and whatever came by `extra` are masked as well.
        masked = {name: mask(value) for name, value in log_data.items()}
        return {**masked, "request_id": request_id.current()}


class PrivacyFilter(logging.Filter):
    """Keeps the objects out that frameworks attach to a record: requests, forms, bodies."""

    ATTACHED = ("request", "socket", "data")

    def filter(self, record: logging.LogRecord) -> bool:
        for name in self.ATTACHED:
            record.__dict__.pop(name, None)
        return True


def mask(value: Any) -> Any:
    """Hide every run of digits as long as a NIP and the values of secret headers."""
    if isinstance(value, dict):
        return {name: mask(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask(inner) for inner in value]
    if isinstance(value, bool | float | None):
        return value
    masked = _masked(str(value))
    return value if masked == str(value) and isinstance(value, int) else masked


def _masked(text: str) -> str:
    without_rows = ROW.sub(rf"\1: {MASK}", text)
    return LONG_NUMBER.sub(MASK, SECRET_HEADER.sub(rf"\1\2{MASK}", without_rows))


@setup_logging.connect
def keep_these_logs(**_: Any) -> None:
    """Celery sets up no logs of its own where this receiver is: settings.LOGGING stands."""
