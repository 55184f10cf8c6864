"""Another person does not agree with an answer that was held for them: it never leaves."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.deciding import check_decides
from services.case.commands.finding import find_case_of_reply
from services.case.commands.sending_along import release_files
from services.case.domain import held_replies
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class DeclineReply(msgspec.Struct, frozen=True):
    """`reason`: in words, for the agent who wrote it."""

    contact_id: UUID
    reason: str


async def decline_reply(
    command: DeclineReply, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Record that it stays here; the case is ours to move again. Outcome: `case_id`, `contact_id`.

    Whoever wrote it may take it back so. Its files are free for another answer.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED, INVALID_INPUT (reason empty),
            TEXT_TOO_LONG.
    """
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        case = await find_case_of_reply(record, directory, command.contact_id)
        held = case.held.get(command.contact_id)
        if held is None or held.agent_ref != context.actor.ref:
            await check_decides(record, context.actor, policy.guards)
        found = held_replies.find(case, command.contact_id, context.at)
        held_replies.decline(case, found, decider=context.actor, reason=reason, at=context.at)
        files = await release_files(record, found, at=context.at)
        return Work(streams=(case, *files), outcome={"case_id": str(case.id), "contact_id": str(command.contact_id)})

    return await record.transact(context, decide, serialise_on=(command.contact_id,))
