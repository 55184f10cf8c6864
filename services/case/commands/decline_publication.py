"""Another person does not agree with what we are to say to everybody."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.deciding import check_decides
from services.case.commands.finding import find_publication
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text


class DeclinePublication(msgspec.Struct, frozen=True):
    """`reason`: in words, for whoever wrote it."""

    publication_id: UUID
    reason: str


async def decline_publication(
    command: DeclinePublication, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Record that it never leaves. Outcome: `publication_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, NOT_AWAITING_APPROVAL, INVALID_INPUT (reason empty), TEXT_TOO_LONG.
    """
    await check_decides(record, context.actor, policy.guards)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        publication = await find_publication(record, command.publication_id)
        publication.decline(decider_ref=context.actor.ref, reason=reason, at=context.at)
        return Work(streams=(publication,), outcome={"publication_id": str(publication.id)})

    return await record.transact(context, decide, serialise_on=(command.publication_id,))
