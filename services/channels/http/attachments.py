"""Where files are fetched, by whoever has a signed link. Nothing that is handed out here runs or opens in a page.

It is another origin than the API's, and still every answer says: a file to save, of a type that carries no script, in a
sandbox without any right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from contracts.attachments import PATH
from infra.objects import ObjectsUnavailable
from infra.signed_links import LinkSigner, LinkState
from services.channels.domain.file_types import SHOWN, UNKNOWN
from services.channels.ports import Clock

OK, FORBIDDEN, NOT_FOUND, GONE, UNAVAILABLE = 200, 403, 404, 410, 503
RETRY_AFTER_SECONDS = 5
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
"""A page of another origin may show a picture it has a link to; nothing else follows from that."""


class FileToSend(msgspec.Struct, frozen=True):
    """A file as it is handed out. `media_type`: by its content."""

    name: str | None
    media_type: str
    data: bytes


class FileShelf(Protocol):
    """Where files are taken from."""

    async def take(self, attachment_id: UUID) -> FileToSend | None:
        """The file; None where there is none, or none that may be handed out.

        Raises:
            ObjectsUnavailable: nobody knows now.
        """
        ...


def attachments_router(
    shelf: FileShelf, signer: LinkSigner, clock: Clock, *, also: Sequence[HTTPRouteHandler] = ()
) -> Router:
    """The route `GET /attachments/{id}`. `also`: what else is done there."""

    @get("/{attachment_id:uuid}", include_in_schema=False)
    async def fetch(
        attachment_id: FromPath[UUID], expires: FromQuery[str] = "", signature: FromQuery[str] = ""
    ) -> Response[bytes]:
        """The file: 403 without a link of ours, 410 when that is too old, 404 when there is nothing to hand out."""
        state = signer.state(attachment_id, expires, signature, now=clock.now())
        if state is not LinkState.GOOD:
            return _nothing(GONE if state is LinkState.EXPIRED else FORBIDDEN)
        try:
            found = await shelf.take(attachment_id)
        except ObjectsUnavailable:
            return _nothing(UNAVAILABLE, {"Retry-After": str(RETRY_AFTER_SECONDS)})
        return _nothing(NOT_FOUND) if found is None else _file(found)

    return Router(path=PATH, route_handlers=[fetch, *also])


def _nothing(status: int, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(b"", status_code=status, headers={**_HEADERS, **(headers or {})}, media_type=UNKNOWN)


def _file(found: FileToSend) -> Response[bytes]:
    shown = found.media_type if found.media_type in SHOWN else UNKNOWN
    headers = {**_HEADERS, "Content-Disposition": disposition(found.name)}
    return Response(found.data, status_code=OK, headers=headers, media_type=shown)


def disposition(name: str | None) -> str:
    """To be saved, never shown: the name once for all (RFC 6266), once as old clients read it."""
    if not name:
        return "attachment"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in plain).strip(" .") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
