"""A stand-in for a store that speaks S3: takes only what is signed as its documents say, worked out anew here."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "access-key-of-a-test", "secret-key-of-a-test", "eu-test-1", "shop-files"
_AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request,\s*"
                            r"SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})")  # fmt: skip


@dataclass
class S3StandIn:
    """`stored`: by path. `status`: of every answer, where it is not what it should be."""

    stored: dict[str, bytes] = field(default_factory=dict)
    status: int | None = None
    refused: int = 0

    def __post_init__(self) -> None:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = stand_in.answer(self.command, self.path, headers, body)
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_DELETE = _serve  # noqa: N815  (the library's names)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if self.status is not None:
            return self.status, b""
        if not is_signed(method, path, headers, body) or not path.startswith(f"/{BUCKET}/"):
            self.refused += 1
            return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        if method == "PUT":
            self.stored[path] = body
            return 200, b""
        if method == "DELETE":
            self.stored.pop(path, None)
            return 204, b""
        return (200, self.stored[path]) if path in self.stored else (404, b"<Error><Code>NoSuchKey</Code></Error>")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def is_signed(method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the request is the one that was signed, by our key, its body too."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    digest = hashlib.sha256(body).hexdigest()
    if found is None or headers.get("x-amz-content-sha256") != digest:
        return False
    key_id, day, region, names, signature = found.groups()
    if (key_id, region) != (ACCESS_KEY, REGION) or not {"host", "x-amz-date"} <= set(names.split(";")):
        return False
    lines = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{digest}"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{day}/{region}/s3/aws4_request\n{hashed}"
    key = ("AWS4" + SECRET_KEY).encode()
    for part in (day, region, "s3", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(key.hex(), signature)
