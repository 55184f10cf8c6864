"""A stand-in for WhatsApp's Cloud API: takes messages over HTTP as Meta does, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any


@dataclass
class Sent:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    message_id: str


@dataclass
class WhatsAppStandIn:
    """`fail_next` answers are given first, each an HTTP status and a body; after them every send is accepted."""

    sent: list[Sent] = field(default_factory=list)
    fail_next: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    calls: int = 0

    def __post_init__(self) -> None:
        stand_in = self
        numbers = count(1)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                body = json.loads(self.rfile.read(length))
                stand_in.calls += 1
                if stand_in.fail_next:
                    status, answer = stand_in.fail_next.pop(0)
                else:
                    message_id = f"wamid.OUT{next(numbers)}"
                    status, answer = 200, {"messaging_product": "whatsapp", "messages": [{"id": message_id}]}
                    stand_in.sent.append(Sent(self.path, dict(self.headers), body, message_id))
                payload = json.dumps(answer).encode()
                self.send_response(status)
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

    def texts_to(self, number: str) -> list[str]:
        """What was sent to a number (digits only), oldest first."""
        return [sent.body["text"]["body"] for sent in list(self.sent) if sent.body.get("to", "").lstrip("+") == number]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
