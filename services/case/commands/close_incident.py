"""A lead says that an incident is over, or never was one."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_incident
from services.case.domain.permissions import Permission, require


class CloseIncident(msgspec.Struct, frozen=True):
    """That one."""

    incident_id: UUID


async def close_incident(command: CloseIncident, context: CommandContext, *, record: Record) -> Committed:
    """Put it on record; its cases go on, each by itself, and stay linked. Outcome: `incident_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND.
    """
    require(context.actor, Permission.MANAGE_INCIDENTS)

    async def decide() -> Work:
        incident = await find_incident(record, command.incident_id, "incidentId")
        incident.close(at=context.at)
        streams = (incident,) if incident.pending_events else ()
        return Work(streams=streams, outcome={"incident_id": str(incident.id)})

    return await record.transact(context, decide, serialise_on=(command.incident_id,))
