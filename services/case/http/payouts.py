"""Where a payer says by itself what became of a payout: `POST /payouts`, signed by Standard Webhooks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler

from contracts.standard_webhooks import is_signed
from contracts.stored import CommandContext, Record
from contracts.vocabulary import Refusal, RefusalCode, system_actor
from services.case.commands.settle_payout import SettlePayout, settle_payout
from services.case.domain.payer_word import PayerWord, word_in
from services.case.domain.policy import CasePolicy
from services.case.ports import Clock, Directory, Ids

PATH = "/payouts"
BODY_BYTES_MAX = 64 * 1024
_STATUS = {RefusalCode.NOT_FOUND: 404, RefusalCode.IDEMPOTENCY_MISMATCH: 409}


class PayerDesk(msgspec.Struct, frozen=True):
    """What hearing a payer needs. `secret`: what it signs with, as we do."""

    secret: str
    record: Record
    policy: CasePolicy
    directory: Directory
    clock: Clock
    ids: Ids


def payouts_route(desk: PayerDesk) -> HTTPRouteHandler:
    """What the service mounts where payouts are configured.

    200: on record, also where it was said before. 401: not signed, or long ago. 404: no such payout. 409: it
    contradicts what was said before. 413: too large. 422: not understood, naming the field.
    """

    @post(PATH, status_code=200, media_type=MediaType.JSON, request_max_body_size=BODY_BYTES_MAX)
    async def hear(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        """Take the payer's word."""
        body, now = await request.body(), desk.clock.now()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_signed(headers, body, desk.secret, now):
            return _refused(401, "not-signed", "no good signature of about now")
        word = word_in(body)
        if word is None:
            return _refused(422, "not-understood", "expected a payer's word as JSON", field="status")
        if word.hold_id is None:
            return _refused(422, "not-understood", "expected the id of the hold", field="hold_id")
        found = await desk.directory.payout_of_hold(word.hold_id)
        if found is None:
            return _refused(404, "unknown", "no such payout", field="hold_id")
        try:
            await _settle(desk, found, word)
        except Refusal as refusal:
            status = _STATUS.get(refusal.code, 422)
            return _refused(status, refusal.code.value, refusal.message, field=".".join(refusal.path))
        return Response({"status": "recorded"})

    return hear


async def _settle(desk: PayerDesk, found: tuple[UUID, UUID], word: PayerWord) -> None:
    command_id = desk.ids.new()
    context = CommandContext(
        command_id=command_id, actor=system_actor("payer"), at=desk.clock.now(), correlation_id=found[1]
    )
    await settle_payout(SettlePayout(*found, word), context, record=desk.record, policy=desk.policy)


def _refused(status: int, code: str, detail: str, *, field: str = "") -> Response[dict[str, str]]:
    said = {"error": code, "detail": detail, **({"field": field} if field else {})}
    return Response(said, status_code=status)
