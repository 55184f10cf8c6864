"""Nobody decided about a held answer in time."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.commands.sending_along import release_files
from services.case.domain import held_replies


class ExpireReply(msgspec.Struct, frozen=True):
    """The answer that seems to have waited too long."""

    case_id: UUID
    contact_id: UUID


async def expire_reply(command: ExpireReply, context: CommandContext, *, record: Record) -> Committed:
    """Record that it never leaves, where the time is over; its files are free for another answer. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        held = case.held.get(command.contact_id)
        held_replies.expire(case, contact_id=command.contact_id, at=context.at)
        over = held is not None and command.contact_id not in case.held
        files = await release_files(record, held, at=context.at) if held is not None and over else ()
        return Work(streams=(*with_facts(case), *files))

    return await record.transact(context, decide, serialise_on=(command.case_id,))
