"""A payer of its own: pays once per idempotency key, checks signatures, and fails in every way it is told to."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from contracts.standard_webhooks import is_signed
from infra.clock import SystemClock

SECRET = "whsec_cGF5ZXItc2VjcmV0LW9mLWEtdGVzdA=="


class PayerStandIn:
    """`plan`: how the next posts are answered, one word each; afterwards everything is paid.

    paid, refused, pending, error (500), garbage, broken (no answer, nothing paid), lost (paid, and no answer), another
    (nothing paid, and the word of another payment), troubled (nothing paid, a refusal with a 500).
    """

    def __init__(self) -> None:
        self.plan: list[str] = []
        self.posts: list[dict[str, Any]] = []
        self.inquiries: list[str] = []
        self.paid: dict[str, int] = {}
        self.payments: Counter[str] = Counter()
        self.unsigned = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/payouts"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, order: dict[str, Any], key: str) -> tuple[int, bytes] | None:
        """What is answered to a post; None: the line is cut."""
        with self._lock:
            self.posts.append(order)
            how = self.plan.pop(0) if self.plan else "paid"
            if key in self.paid:
                how = "paid" if how != "lost" else "lost"
            elif how in {"paid", "lost"}:
                self.paid[key] = order["amount_minor"]
                self.payments[order["gesture_id"]] += 1
        return self._said(how, key)

    def _said(self, how: str, key: str) -> tuple[int, bytes] | None:
        refusal = {"status": "refused", "code": "order-value-exceeded", "reason": "Nothing is left of it."}
        answers = {
            "paid": (200, self.paid_word(key)),
            "refused": (422, json.dumps(refusal).encode()),
            "pending": (202, b""),
            "error": (500, b"oops"),
            "garbage": (200, b"<html>paid</html>"),
            "another": (200, self.paid_word(str(UUID(int=7)))),
            "troubled": (500, json.dumps(refusal).encode()),
        }
        return answers.get(how)

    def paid_word(self, key: str) -> bytes:
        said = {"status": "paid", "reference": f"re_{key[:8]}", "code": f"SORRY-{key[:4]}", "hold_id": key}
        return json.dumps(said).encode()


def _handler_of(payer: PayerStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _signed(self, body: bytes) -> bool:
            headers = {name.lower(): value for name, value in self.headers.items()}
            good = is_signed(headers, body, SECRET, SystemClock().now())
            payer.unsigned += not good
            return good

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            answer = payer.answer(json.loads(body), self.headers["idempotency-key"]) if self._signed(body) else None
            if answer is None:
                self.close_connection = True
                return
            self._say(*answer)

        def do_GET(self) -> None:
            self._signed(b"")
            key = self.path.rpartition("/")[2]
            payer.inquiries.append(key)
            if key in payer.paid:
                self._say(200, payer.paid_word(key))
            else:
                self._say(404, b"{}")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            return

    return Handler
