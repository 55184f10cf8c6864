"""What became of something that we said to everybody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import DeliveryStatus
from services.case.commands.placing import with_facts
from services.case.domain.publication import Publication


class RecordPublication(msgspec.Struct, frozen=True):
    """What channels says of it."""

    publication_id: UUID
    status: DeliveryStatus
    status_at: datetime
    external_id: str | None = None
    url: str | None = None
    code: str | None = None
    reason: str | None = None
    retryable: bool = False


async def record_publication(command: RecordPublication, context: CommandContext, *, record: Record) -> Committed:
    """Show it, where it is news. Outcome: empty."""

    async def decide() -> Work:
        publication = await record.load(Publication, command.publication_id)
        if publication is None:
            return Work()
        publication.update(
            command.status,
            at=context.at,
            state_at=command.status_at,
            external_id=command.external_id,
            url=command.url,
            code=command.code,
            reason=command.reason,
            retryable=command.retryable,
        )
        return Work(streams=with_facts(publication))

    return await record.transact(context, decide, serialise_on=(command.publication_id,))
