"""What all doubles share: a server of https, what was asked, and faults by order."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.core.double import certificate

HANGS = 60.0


@dataclass(frozen=True)
class Part:
    """A field or a file of a form."""

    content: bytes
    filename: str = ""
    mime: str = ""

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Asked:
    """A request as it came; the names of headers are in small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, Part]:
        """The fields of a form of either kind."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, self.body)
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True)
        return {name: Part(value.encode()) for name, value in pairs}


@dataclass(frozen=True)
class Given:
    """An answer."""

    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def content(self) -> bytes:
        return self.body if self.body is not None else json.dumps(self.document).encode()


class Kind(Enum):
    """How a request fails: before anything happened, or when it had happened already."""

    HANG_BEFORE = "hang before"
    HANG_AFTER = "hang after"
    RESET_BEFORE = "reset before"
    RESET_IN_BODY = "reset in the body"
    ANSWER_BEFORE = "another answer, nothing done"
    ANSWER_AFTER = "another answer, done"


@dataclass
class Fault:
    """The next `times` requests whose line holds `on` fail so."""

    on: str
    kind: Kind
    answer: Given = field(default_factory=Given)
    times: int = 1


class PlatformDouble:
    """A platform: subclasses say in `handle` what it does and answers."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    def handle(self, asked: Asked) -> Given:
        """What the platform does with a request, under the lock."""
        raise NotImplementedError

    def requests(self, line: str) -> list[Asked]:
        """Those whose line holds these words."""
        return [asked for asked in self.asked if line in asked.line]

    def fault_of(self, asked: Asked) -> Fault | None:
        """The next fault that is due for a request, counted down."""
        for fault in self.faults:
            if fault.times and fault.on in asked.line:
                fault.times -= 1
                return fault
        return None


@contextmanager
def serving(double: PlatformDouble, folder: Path) -> Iterator[Path]:
    """Run it; the file holds its certificate, for who is to believe it."""
    file = folder / f"{type(double).__name__}.pem"
    file.write_bytes(certificate())
    server = ThreadingHTTPServer(("127.0.0.1", double.port), _handler(double))
    server.daemon_threads = True
    double.port = server.server_port
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(file)
    server.socket = inside.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    try:
        yield file
    finally:
        server.shutdown()
        server.server_close()


def _handler(double: PlatformDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else the body waits 40 ms for word of the headers

        def answer(self) -> None:
            asked = self._read()
            with double.lock:
                double.asked.append(asked)
                fault = double.fault_of(asked)
                kind = fault.kind if fault else None
                if kind in (Kind.HANG_BEFORE, Kind.RESET_BEFORE, Kind.ANSWER_BEFORE):
                    given = fault.answer if fault else Given()
                else:
                    given = double.handle(asked)
            if kind in (Kind.HANG_BEFORE, Kind.HANG_AFTER):
                self._hang()
            elif kind is Kind.RESET_BEFORE:
                self._reset()
            elif kind is Kind.RESET_IN_BODY:
                self._give(given, cut=True)
            else:
                self._give(fault.answer if fault and kind is Kind.ANSWER_AFTER else given)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815 (http.server's names)

        def _read(self) -> Asked:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            return Asked(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )

        def _give(self, given: Given, *, cut: bool = False) -> None:
            content = given.content
            with suppress(OSError):
                self.send_response(given.status)
                headers = {"Content-Type": "application/json", **given.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content) + (9 if cut else 0)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if cut else content)
                self.wfile.flush()
                if cut:
                    self._reset()

        def _hang(self) -> None:
            """Until the other side gives up."""
            self.close_connection = True
            ends = time.monotonic() + HANGS
            self.connection.settimeout(0.1)
            while time.monotonic() < ends:
                try:
                    if not self.connection.recv(1):
                        return
                except TimeoutError:
                    continue
                except OSError:
                    return

        def _reset(self) -> None:
            """Close without a farewell, as a machine that falls over."""
            self.close_connection = True
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

        def log_message(self, *_args: object) -> None:
            """Nothing: the test says what it saw."""

    return Handler


def _multipart(kind: str, body: bytes) -> dict[str, Part]:
    message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found = {}
    for part in message.get_payload():
        named: Any = dict(part.get_params(header="content-disposition") or [])
        content = part.get_payload(decode=True)
        mime = part.get_content_type() if part.get("Content-Type") else ""
        found[named["name"]] = Part(content, named.get("filename", ""), mime)
    return found
