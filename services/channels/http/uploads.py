"""Where files are brought that are to go along with replies, by whoever has a signed link; good for one file only."""

from __future__ import annotations

from typing import Any, TypeAlias, cast
from uuid import UUID

import msgspec
from litestar import Request, Response, put
from litestar import route as any_of
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from contracts.attachments import media_type
from contracts.uploads import SHA256_HEADER, UploadTicket
from contracts.vocabulary import AttachmentState
from infra.objects import ObjectsUnavailable
from infra.signed_links import BRING, LinkSigner, LinkState
from services.channels.http.answers import Receive
from services.channels.http.body import BodyTooLarge, BodyTooSlow, ClientGone, read_body
from services.channels.ports import BroughtFile, Clock, UploadTaker

CREATED, NO_CONTENT, FORBIDDEN, TIMEOUT, GONE = 201, 204, 403, 408, 410
TOO_LARGE, UNPROCESSABLE, UNAVAILABLE = 413, 422, 503
RETRY_AFTER_SECONDS = 5
PREFLIGHT_SECONDS = "600"
SIZE_DIGITS_MAX = 12

Asking: TypeAlias = Request[Any, Any, Any]


def upload_handlers(
    taker: UploadTaker, signer: LinkSigner, clock: Clock, *, allowed_origins: tuple[str, ...] = ()
) -> tuple[HTTPRouteHandler, HTTPRouteHandler]:
    """`PUT` and `OPTIONS` of `/attachments/{id}`. `allowed_origins`: of the pages that may bring files."""

    @put("/{attachment_id:uuid}", include_in_schema=False, request_max_body_size=None, status_code=CREATED)
    async def bring(request: Asking, attachment_id: FromPath[UUID]) -> Response[bytes]:
        """The file: 403 without a link of ours for it, 410 when that is too old, 422 when it is not what was said."""
        cors, ticket = _cors(request, allowed_origins), _ticket(request, attachment_id)
        state = LinkState.FORGED if ticket is None else _state(request, ticket, signer, clock)
        if ticket is None or state is not LinkState.GOOD:
            return _said(GONE if state is LinkState.EXPIRED else FORBIDDEN, cors)
        return await _taken_in(request, ticket, taker, cors)

    @any_of("/{attachment_id:uuid}", http_method="OPTIONS", include_in_schema=False)
    async def preflight(request: Asking, attachment_id: FromPath[UUID]) -> Response[bytes]:
        """What a page of another origin asks first."""
        del attachment_id
        return Response(b"", status_code=NO_CONTENT, headers=_cors(request, allowed_origins))

    return bring, preflight


async def _taken_in(request: Asking, ticket: UploadTicket, taker: UploadTaker, cors: dict[str, str]) -> Response[bytes]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        data = await read_body(cast("Receive", request.receive), headers, bytes_max=ticket.size_bytes)
        return _answer(await taker.take_in(ticket, data), cors)
    except BodyTooLarge:
        return _said(TOO_LARGE, cors, wrong="sizeBytes")
    except (BodyTooSlow, ClientGone):
        return _said(TIMEOUT, cors)
    except ObjectsUnavailable:
        return _said(UNAVAILABLE, {**cors, "Retry-After": str(RETRY_AFTER_SECONDS)})


def _state(request: Asking, ticket: UploadTicket, signer: LinkSigner, clock: Clock) -> LinkState:
    asked = request.query_params
    return signer.state_to(BRING, ticket.parts(), asked.get("expires", ""), asked.get("signature", ""), now=clock.now())


def _ticket(request: Asking, attachment_id: UUID) -> UploadTicket | None:
    """What the link and its headers say; None where they say nothing that a link of ours says."""
    asked = request.query_params
    size = asked.get("size", "")
    if not (size.isascii() and size.isdigit() and len(size) <= SIZE_DIGITS_MAX):
        return None
    try:
        ids = (UUID(asked.get("case", "")), UUID(asked.get("customer", "")))
    except ValueError:
        return None
    said = media_type(request.headers.get("content-type"))
    return UploadTicket(attachment_id, *ids, int(size), request.headers.get(SHA256_HEADER, "").lower(), said)


def _answer(brought: BroughtFile, cors: dict[str, str]) -> Response[bytes]:
    if brought.wrong is not None:
        return _said(UNPROCESSABLE, cors, wrong=brought.wrong)
    if brought.state in {AttachmentState.READY, AttachmentState.QUARANTINED}:
        return _said(CREATED, cors, state=brought.state)
    if brought.state is AttachmentState.REFUSED:
        return _said(UNPROCESSABLE, cors, state=brought.state, reason=brought.reason)
    return _said(GONE, cors, state=brought.state)


def _said(status: int, headers: dict[str, str], **said: str | None) -> Response[bytes]:
    """An answer in JSON: `wrong` names the field of `attachmentUpload` that the file does not fit."""
    body = msgspec.json.encode({name: value for name, value in said.items() if value is not None})
    return Response(
        body, status_code=status, headers={"Cache-Control": "no-store", **headers}, media_type=MediaType.JSON
    )


def _cors(request: Asking, allowed_origins: tuple[str, ...]) -> dict[str, str]:
    origin = request.headers.get("origin")
    if origin is None or origin not in allowed_origins:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": f"Content-Type, {SHA256_HEADER}",
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
        "Vary": "Origin",
    }
