"""A stand-in for the platforms' media servers: says where a file lies, and hands it out to whoever has the token.

WhatsApp's way (`/v…/{id}`, then an address) and Telegram's (`getFile`, then a path), by their documents.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass
class MediaStandIn:
    """`files`: by the platform's id. `status`: of every answer, where it is not 200. `token`: who has it may fetch."""

    files: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    token: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = self.headers.get("authorization")
                stand_in.asked.append((self.path, said))
                status, body = stand_in.answer(self.path, said)
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, said: str | None) -> tuple[int, bytes]:
        """Status and body."""
        parts = urlsplit(path)
        steps = parts.path.strip("/").split("/")
        if self.status != 200:
            return self.status, b"{}"
        if steps[0] in {"file", "bytes"}:
            return self._file(steps[-1], said)
        if steps[-1] == "getFile":
            file_id = parse_qs(parts.query)["file_id"][0]
            return self._named({"ok": True, "result": {"file_path": f"photos/{file_id}"}}, file_id, said)
        return self._named({"url": f"{self.url}/bytes/{steps[-1]}"}, steps[-1], said)

    def _named(self, answer: object, file_id: str, said: str | None) -> tuple[int, bytes]:
        if self.token is not None and said != f"Bearer {self.token}":
            return 401, b"{}"
        return (200, json.dumps(answer).encode()) if file_id in self.files else (404, b"{}")

    def _file(self, file_id: str, said: str | None) -> tuple[int, bytes]:
        if self.token is not None and said != f"Bearer {self.token}":
            return 401, b""
        return (200, self.files[file_id]) if file_id in self.files else (404, b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
