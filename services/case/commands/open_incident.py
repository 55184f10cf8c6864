"""A lead says that many cases have one cause, and how they are answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Priority, Refusal, RefusalCode
from services.case.commands.checking import check_cause
from services.case.commands.finding import find_incident
from services.case.domain.incident import Incident
from services.case.domain.incident_facts import IncidentState, IncidentTerms
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory

TITLE_LENGTH_MAX = 200


class OpenIncident(msgspec.Struct, frozen=True):
    """The incident `incident_id`: a new one, or (`known`) one that is suspected or open and is to be so from now on."""

    incident_id: UUID
    title: str
    known: bool = False
    answer: str | None = None
    cause: str | None = None
    brand: str | None = None
    priority: Priority | None = None
    team_id: UUID | None = None
    occurred_at: datetime | None = None


async def open_incident(
    command: OpenIncident, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Put it on record. What is linked already keeps the priority and team that it has. Outcome: `incident_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (incident, team), INVALID_INPUT (title or answer empty, no such cause, closed,
            `occurred_at` to come), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.MANAGE_INCIDENTS)
    title = checked_text(command.title, "title", length_max=TITLE_LENGTH_MAX)
    answer = None if command.answer is None else checked_text(command.answer, "answer", length_max=NOTE_LENGTH_MAX)
    check_cause(command.cause, policy)
    if command.occurred_at is not None and command.occurred_at > context.at:
        raise Refusal(RefusalCode.INVALID_INPUT, "it has not happened yet", "occurredAt")

    async def decide() -> Work:
        terms = IncidentTerms(
            cause=command.cause,
            brand=command.brand,
            priority=command.priority,
            team_ref=await _team_ref(command.team_id, directory),
            occurred_at=command.occurred_at,
        )
        if command.known:
            incident = await find_incident(record, command.incident_id, "incidentId")
            incident.revise(terms=terms, title=title, answer=answer, at=context.at)
        else:
            incident = Incident.begin(
                incident_id=command.incident_id,
                state=IncidentState.OPEN,
                terms=terms,
                title=title,
                answer=answer,
                at=context.at,
            )
        streams = (incident,) if incident.pending_events else ()
        return Work(streams=streams, outcome={"incident_id": str(incident.id)})

    return await record.transact(context, decide, serialise_on=(command.incident_id,))


async def _team_ref(team_id: UUID | None, directory: Directory) -> str | None:
    if team_id is None:
        return None
    ref = await directory.team_ref(team_id)
    if ref is None:
        raise Refusal(RefusalCode.NOT_FOUND, "there is no such team, or nobody is in it", "teamId")
    return ref
