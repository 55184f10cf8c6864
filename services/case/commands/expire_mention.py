"""A mention was kept long enough."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.mention import Mention


class ExpireMention(msgspec.Struct, frozen=True):
    """The mention, should its time have come."""

    mention_id: UUID


async def expire_mention(command: ExpireMention, context: CommandContext, *, record: Record) -> Committed:
    """Close it, once; one that became a contact stays with its case. Outcome: empty."""

    async def decide() -> Work:
        mention = await record.load(Mention, command.mention_id)
        if mention is None:
            return Work()
        mention.expire(at=context.at)
        return Work(streams=with_facts(mention))

    return await record.transact(context, decide, serialise_on=(command.mention_id,))
