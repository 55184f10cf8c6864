"""What we are to say to everybody is taken back before it leaves."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.deciding import check_decides
from services.case.commands.finding import find_publication
from services.case.commands.placing import with_facts
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy


class CancelPublication(msgspec.Struct, frozen=True):
    """That one."""

    publication_id: UUID


async def cancel_publication(
    command: CancelPublication, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Take it back: whoever wrote it may, and whoever decides about such. Outcome: `publication_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, INVALID_INPUT (it has left, or was declined).
    """
    require(context.actor, Permission.REPLY)

    async def decide() -> Work:
        publication = await find_publication(record, command.publication_id)
        if publication.author_ref != context.actor.ref:
            await check_decides(record, context.actor, policy.guards)
        publication.cancel(canceller_ref=context.actor.ref, at=context.at)
        return Work(streams=with_facts(publication), outcome={"publication_id": str(publication.id)})

    return await record.transact(context, decide, serialise_on=(command.publication_id,))
