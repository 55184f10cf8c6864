"""The time has come at which something is to be said to everybody."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.publication import Publication


class ReleasePublication(msgspec.Struct, frozen=True):
    """The publication, should its time have come."""

    publication_id: UUID


async def release_publication(command: ReleasePublication, context: CommandContext, *, record: Record) -> Committed:
    """Let it leave, once. What may leave by its account is looked at by channels, which sends it. Outcome: empty."""

    async def decide() -> Work:
        publication = await record.load(Publication, command.publication_id)
        if publication is None:
            return Work()
        publication.release(at=context.at)
        return Work(streams=with_facts(publication))

    return await record.transact(context, decide, serialise_on=(command.publication_id,))
