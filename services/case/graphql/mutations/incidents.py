"""Incidents: begun and closed by leads, linked to cases by whoever handles those."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import Committed
from services.case.commands.close_incident import CloseIncident, close_incident
from services.case.commands.link_incident import LinkIncident, link_incident
from services.case.commands.open_incident import OpenIncident, open_incident
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, named_brand, named_or_none, position_of
from services.case.graphql.types.incidents import (
    IncidentCloseInput,
    IncidentClosePayload,
    IncidentLinkInput,
    IncidentLinkPayload,
    IncidentOpenInput,
    IncidentOpenPayload,
)


async def open_one(context: RequestContext, asked: IncidentOpenInput) -> IncidentOpenPayload:
    """Say that many cases have one cause, and how they are answered."""
    require(context.principal.actor, Permission.MANAGE_INCIDENTS)
    deps = context.deps
    known = named_or_none(IdType.INCIDENT, asked.incident_id, "incidentId")
    command = OpenIncident(
        incident_id=known or deps.ids.new(),
        known=known is not None,
        title=asked.title,
        answer=asked.answer,
        cause=asked.cause,
        brand=await named_brand(context, asked.brand_id),
        priority=asked.priority,
        team_id=named_or_none(IdType.TEAM, asked.team_id, "teamId"),
        occurred_at=asked.occurred_at,
    )
    done = await carry_out(
        context,
        "incidentOpen",
        asked,
        lambda how: open_incident(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    incident_id, version = _of(done)
    return IncidentOpenPayload(
        incident=await context.make.incident_by_id(incident_id),
        version=version,
        position=await position_of(context, incident_id, version),
    )


async def close(context: RequestContext, asked: IncidentCloseInput) -> IncidentClosePayload:
    """Say that it is over, or never was one."""
    require(context.principal.actor, Permission.MANAGE_INCIDENTS)
    command = CloseIncident(named(IdType.INCIDENT, asked.incident_id, "incidentId"))
    done = await carry_out(
        context, "incidentClose", asked, lambda how: close_incident(command, how, record=context.deps.record)
    )
    incident_id, version = _of(done)
    return IncidentClosePayload(
        incident=await context.make.incident_by_id(incident_id),
        version=version,
        position=await position_of(context, incident_id, version),
    )


async def link(context: RequestContext, asked: IncidentLinkInput) -> IncidentLinkPayload:
    """Say which cases are its."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    case_ids = tuple(named(IdType.CASE, each, "caseIds", str(place)) for place, each in enumerate(asked.case_ids))
    command = LinkIncident(
        incident_id=named(IdType.INCIDENT, asked.incident_id, "incidentId"),
        case_ids=case_ids,
        linked=asked.linked is not False,
    )
    done = await carry_out(
        context, "incidentLink", asked, lambda how: link_incident(command, how, record=context.deps.record)
    )
    incident_id, _ = _of(done)
    changed = [(case_id, done.versions[case_id]) for case_id in case_ids if case_id in done.versions]
    return IncidentLinkPayload(
        incident=await context.make.incident_by_id(incident_id),
        position=await position_of(context, *changed[-1]) if changed else None,
    )


def _of(done: Committed) -> tuple[UUID, int | None]:
    incident_id = UUID(done.outcome["incident_id"])
    return incident_id, done.versions.get(incident_id)
