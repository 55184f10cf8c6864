"""The chat's page part: one file of JavaScript, the same for every account, at `/channels/chat/{account}/widget.js`."""

from __future__ import annotations

from collections.abc import MutableMapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from contracts.vocabulary import Channel
from infra import metrics
from services.channels.domain.raw import account_id_of
from services.channels.http.answers import Answer, Send, give, not_allowed, refused
from services.channels.settings import ChannelsSettings


def _lean(source: str) -> bytes:
    """The script without its indentation, the lines that say why, and spaces that no text in it has."""
    lines = [line.strip() for line in source.splitlines()]
    lean = "\n".join(line for line in lines if line and not line.startswith("//"))
    for spaced in (", ", " = ", " => ", "{ ", " }", "; ", " && ", " || ", " ?? "):
        lean = lean.replace(spaced, spaced.strip())
    return lean.encode()


WIDGET = _lean(files("services.channels.http").joinpath("widget.js").read_text(encoding="utf-8"))
ETAG = f'"{sha256(WIDGET).hexdigest()[:32]}"'
ROUTE = "/channels/chat/{account}/widget.js"
CACHED_FOR_SECONDS = 3600

_FILE = "widget.js"
_HEADERS = {
    "etag": ETAG,
    "cache-control": f"public, max-age={CACHED_FOR_SECONDS}",
    # Pages of other origins load it: that is what it is for.
    "cross-origin-resource-policy": "cross-origin",
}

Scope = MutableMapping[str, Any]


def is_widget(path: str) -> bool:
    """Whether the path below `/channels` is one of a widget."""
    parts = path.strip("/").split("/")
    return len(parts) == 3 and parts[0] == Channel.CHAT.path and parts[2] == _FILE  # noqa: PLR2004  (and the account)


class Widget:
    """The ASGI application that hands it out."""

    def __init__(self, settings: ChannelsSettings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer one request and count it."""
        scope["path_template"] = ROUTE
        account = scope["path"].strip("/").split("/")[1]
        if account_id_of(Channel.CHAT, account) not in self._settings.accounts:
            answer = refused(404, "not-found", "there is no such channel account")
        elif scope["method"] not in {"GET", "HEAD"}:
            answer = not_allowed("GET, HEAD", close=False)
        elif ETAG in _asked(scope):
            answer = Answer(304, "widget", b"", content_type="text/javascript; charset=utf-8", headers=_HEADERS)
        else:
            answer = Answer(200, "widget", WIDGET, content_type="text/javascript; charset=utf-8", headers=_HEADERS)
        metrics.webhooks.labels(Channel.CHAT.path, answer.result).inc()
        await give(send, answer, headers_only=scope["method"] == "HEAD")


def _asked(scope: Scope) -> list[str]:
    """What the caller has already."""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"if-none-match"]
    return [each.strip().removeprefix("W/") for value in values for each in value.split(",")]
