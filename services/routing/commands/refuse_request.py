"""Tells the desk that what it asked cannot be done."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal
from services.routing.domain.desk_answer import DeskAnswer, answer_id
from services.routing.ports import Record


async def refuse_request(request_id: UUID, refusal: Refusal, context: CommandContext, *, record: Record) -> Committed:
    """Record the refusal as the answer to the request; one request has one answer."""

    async def decide() -> Work:
        if await record.load(DeskAnswer, answer_id(request_id)) is not None:
            return Work()
        return Work(streams=(DeskAnswer.turn_down(request_id=request_id, refusal=refusal, at=context.at),))

    return await record.transact(context, decide)
