"""A stand-in for the reviews of a Business Profile: lists, gives and answers them as Google's documents have it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LOCATION = "accounts/111/locations/222"
TOKEN = "token-of-a-test"
REFRESH_TOKEN = "refresh-token-of-a-test"


def refusal(code: int, status: str, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"error": {"code": code, "status": status, "message": message}}


class GoogleStandIn:
    """`reviews`: by id. `page_size`: how many it lists at once. `asked`: method and path of each call."""

    def __init__(self, *, page_size: int = 50) -> None:
        self.reviews: dict[str, dict[str, Any]] = {}
        self.page_size = page_size
        self.asked: list[tuple[str, str]] = []
        self.renewals = self.token_calls = 0
        self.token = TOKEN
        self.fail_next: list[tuple[int, dict[str, Any]]] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*stand_in.given("GET", self.path, self.headers.get("authorization")))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers.get("content-length", "0"))).decode())
                self._answer(*stand_in.renewed({name: values[-1] for name, values in form.items()}))

            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))))
                self._answer(*stand_in.given("PUT", self.path, self.headers.get("authorization"), body))

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                payload = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json; charset=UTF-8")
                self.send_header("content-length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v4/{LOCATION}"

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/token"

    def end_token(self) -> None:
        """The token that is out is good no more."""
        self.token = "ended"

    def renewed(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A new token for an hour, for whoever shows the refresh token."""
        self.token_calls += 1
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != REFRESH_TOKEN:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        self.renewals += 1
        self.token = f"renewed-{self.renewals}"
        return 200, {"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def put(self, review: dict[str, Any]) -> None:
        """Somebody wrote a review, or changed it."""
        self.reviews[review["reviewId"]] = review

    def given(
        self, method: str, path: str, authorization: str | None, body: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        self.asked.append((method, path))
        parts = urlsplit(path)
        names = [unquote(part) for part in parts.path.removeprefix(f"/v4/{LOCATION}/reviews").split("/") if part]
        if self.fail_next:
            return self.fail_next.pop(0)
        if authorization != f"Bearer {self.token}":
            return refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if not names:
            return 200, self._listed(parse_qs(parts.query))
        review = self.reviews.get(names[0])
        if review is None:
            return refusal(404, "NOT_FOUND", "Requested entity was not found.")
        if method == "GET":
            return 200, review
        assert names[1:] == ["reply"]
        assert body is not None
        review["reviewReply"] = {"comment": body["comment"], "updateTime": review["updateTime"]}
        return 200, review["reviewReply"]

    def _listed(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        assert asked["orderBy"] == ["updateTime desc"]
        size = min(self.page_size, int(asked["pageSize"][0]))
        first = int(asked.get("pageToken", ["0"])[0])
        ordered = sorted(self.reviews.values(), key=lambda each: str(each["updateTime"]), reverse=True)
        if not ordered:
            return {}
        more = {"nextPageToken": str(first + size)} if first + size < len(ordered) else {}
        return {"reviews": ordered[first : first + size], "averageRating": 3, "totalReviewCount": len(ordered), **more}
