"""Somebody says that a case is one of an incident's: it is as soon, and with the team, that the incident says."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.case.commands.finding import find_case, find_incident
from services.case.domain import assignments, handling
from services.case.domain.case import Case
from services.case.domain.incident import Incident
from services.case.domain.permissions import Permission, require

CASES_COUNT_MAX = 100


class LinkIncident(msgspec.Struct, frozen=True):
    """These cases. `linked` False: they are not the incident's, after all."""

    incident_id: UUID
    case_ids: tuple[UUID, ...]
    linked: bool = True


async def link_incident(command: LinkIncident, context: CommandContext, *, record: Record) -> Committed:
    """Put it on the record of every case, all at once or none. Outcome: `incident_id`.

    A case that is resolved is linked and left as it is. Taken off again, a case keeps its priority and its team.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (incident, a case), CUSTOMER_ERASED, INVALID_INPUT (closed; none, or too many).
    """
    require(context.actor, Permission.HANDLE_CASE)
    case_ids = tuple(dict.fromkeys(command.case_ids))
    if not 0 < len(case_ids) <= CASES_COUNT_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"1 to {CASES_COUNT_MAX} cases", "caseIds")

    async def decide() -> Work:
        incident = await find_incident(record, command.incident_id, "incidentId")
        if command.linked:
            incident.check_not_closed("incidentId")
        changed: list[Case] = []
        for place, case_id in enumerate(case_ids):
            case = await find_case(record, case_id, "caseIds", str(place))
            if command.linked:
                _link(case, incident, context)
            elif case.incident_id == incident.id:
                handling.link(case, incident_id=None, at=context.at)
            changed += [case] if case.pending_events else []
        return Work(streams=tuple(changed), outcome={"incident_id": str(incident.id)})

    return await record.transact(context, decide, serialise_on=case_ids)


def _link(case: Case, incident: Incident, context: CommandContext) -> None:
    if case.incident_id == incident.id:
        return
    handling.link(case, incident_id=incident.id, at=context.at)
    if case.is_resolved:
        return
    terms, why = incident.terms, incident.title or "incident"
    if terms.priority is not None:
        handling.set_priority(case, priority=terms.priority, reason=why, at=context.at)
    if terms.team_ref is not None:
        transfer_id = id_of("incident-transfer", str(incident.id), str(case.id), str(case.version))
        assignments.transfer(
            case, transfer_id=transfer_id, agent_id=None, team_ref=terms.team_ref, reason=why, at=context.at
        )
