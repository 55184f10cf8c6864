"""More comes in than usual: an incident is suspected, for a lead to say whether it is one."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.domain.incident import Incident
from services.case.domain.incident_facts import IncidentState, IncidentTerms, Jump


class SuspectIncident(msgspec.Struct, frozen=True):
    """The incident `incident_id`: its id follows from what jumped and from the day, so that it is suspected once."""

    incident_id: UUID
    title: str
    terms: IncidentTerms
    jump: Jump


async def suspect_incident(command: SuspectIncident, context: CommandContext, *, record: Record) -> Committed:
    """Put it on record, where it is not yet."""

    async def decide() -> Work:
        if await record.load(Incident, command.incident_id) is not None:
            return Work()
        incident = Incident.begin(
            incident_id=command.incident_id,
            state=IncidentState.SUSPECTED,
            terms=command.terms,
            title=command.title,
            answer=None,
            at=context.at,
            jump=command.jump,
        )
        return Work(streams=(incident,))

    return await record.transact(context, decide, serialise_on=(command.incident_id,))
