"""A stand-in for a platform that takes replies over HTTP: keeps what it was sent and answers as the platform does."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Sent:
    """`body`: JSON or the fields of a form, files as bytes. `headers`: names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    message_id: str = ""


@dataclass
class Answered:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class PlatformStandIn:
    """`fail_next`: answers given first, each a status and a body.

    `refusal`, `taken`: how the platform says no and yes to a call, by its documents.
    """

    sent: list[Sent] = field(default_factory=list)
    fail_next: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    calls: int = 0

    def refusal(self, sent: Sent) -> Answered | None:
        """Why the platform would not take this call; None: it would."""
        del sent
        return None

    def fetched(self, path: str) -> Answered | bytes | None:
        """What it answers to a GET: something of its own, or a file; None: it knows nothing of the kind."""
        del path
        return None

    def taken(self, sent: Sent, number: int) -> Answered:
        """What it answers to what it takes; `sent.message_id` is to be set."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        stand_in = self
        numbers = count(1)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                sent = Sent(self.path, headers, _read(headers.get("content-type", ""), body))
                stand_in.calls += 1
                answered = Answered(*stand_in.fail_next.pop(0)) if stand_in.fail_next else stand_in.refusal(sent)
                if answered is None:
                    answered = stand_in.taken(sent, next(numbers))
                    stand_in.sent.append(sent)
                self._answer(answered)

            def do_GET(self) -> None:
                found = stand_in.fetched(self.path)
                if isinstance(found, bytes):
                    self._answer(Answered(200, {}), found)
                else:
                    self._answer(Answered(404, {}) if found is None else found)

            def _answer(self, answered: Answered, data: bytes | None = None) -> None:
                payload = json.dumps(answered.body).encode() if data is None else data
                self.send_response(answered.status)
                for name, value in answered.headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def _read(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type.startswith("application/x-www-form-urlencoded"):
        found = parse_qs(body.decode(), keep_blank_values=True)
        return {name: values[-1] if len(values) == 1 else values for name, values in found.items()}
    if content_type.startswith("multipart/form-data"):
        return _parts(content_type, body)
    read: dict[str, Any] = json.loads(body)
    return read


def _parts(content_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a form with files: text, or bytes where it is a file."""
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    found: dict[str, Any] = {}
    for part in form.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        found[name] = data if part.get_filename() else data.decode()
    return found
