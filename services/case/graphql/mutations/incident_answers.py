"""One approved answer to many cases of one cause: each case by itself, by the same way as any answer."""

from __future__ import annotations

import asyncio
import hashlib
from uuid import UUID

import strawberry

from contracts.stored import CommandContext, Committed, VersionConflict
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.case.commands.link_incident import CASES_COUNT_MAX
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.incident_facts import IncidentState
from services.case.domain.permissions import Permission, require
from services.case.graphql import ids
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.leading import incident
from services.case.graphql.mutations.guards import held_because, writers_besides
from services.case.graphql.mutations.running import named
from services.case.graphql.types import errors
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.incidents import IncidentAnswered, IncidentAnswerInput, IncidentAnswerPayload
from services.case.queries.incidents import IncidentRow, incidents_by_id, incidents_of_cases

AT_ONCE_MAX = 8
Done = tuple[Committed | None, list[UserError]]


async def answer(context: RequestContext, asked: IncidentAnswerInput) -> IncidentAnswerPayload:
    """Ask channels to send it, case by case; what is refused in one is told of that one."""
    require(context.principal.actor, Permission.MANAGE_INCIDENTS)
    case_ids = list(dict.fromkeys(asked.case_ids))
    if not 0 < len(case_ids) <= CASES_COUNT_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"1 to {CASES_COUNT_MAX} cases", "caseIds")
    about, text = await _answer_of(context, named(IdType.INCIDENT, asked.incident_id, "incidentId"))
    known = [_uuid_of(each) for each in case_ids]
    linked = await incidents_of_cases(context.database, [each for each in known if each is not None])
    free = asyncio.Semaphore(AT_ONCE_MAX)

    async def one(case_id: UUID | None) -> Done:
        if case_id is None or linked.get(case_id) != about.incident_id:
            return None, errors.all_of(Refusal(RefusalCode.NOT_FOUND, "no such case of this incident", "caseIds"))
        async with free:
            return await _answered(context, about.incident_id, case_id, text, asked)

    done = await asyncio.gather(*(one(case_id) for case_id in known))
    context.renew()
    return IncidentAnswerPayload(
        incident=incident(about),
        answered=[
            await _told(context, asked_id, case_id, each)
            for asked_id, case_id, each in zip(case_ids, known, done, strict=True)
        ],
    )


async def _answer_of(context: RequestContext, incident_id: UUID) -> tuple[IncidentRow, str]:
    row = (await incidents_by_id(context.database, [incident_id])).get(incident_id)
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such incident", "incidentId")
    if row.state is not IncidentState.OPEN or row.answer is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "it is not open, or has no approved answer", "incidentId")
    return row, row.answer


async def _answered(
    context: RequestContext, incident_id: UUID, case_id: UUID, text: str, asked: IncidentAnswerInput
) -> Done:
    """Ask for it in one case, under an id that follows from the wording: asked again, by whomever, it is the same."""
    deps = context.deps
    wording = hashlib.sha256(text.encode()).hexdigest()
    name = (str(incident_id), str(case_id), wording)
    command_id = id_of("command", "incidentAnswer", *name)
    how = CommandContext(
        command_id=command_id, actor=context.principal.actor, at=deps.clock.now(), correlation_id=command_id
    )
    command = RequestReply(
        case_id=case_id,
        contact_id=id_of("incident-answer", *name),
        text=text,
        visibility=asked.visibility,
        writing=await writers_besides(context, ids.encode(IdType.CASE, case_id)),
    )
    try:
        done = await request_reply(command, how, record=deps.record, policy=await context.policy())
    except Refusal as refusal:
        return None, errors.all_of(refusal)
    except VersionConflict as conflict:
        return None, [errors.of_lost_race(conflict)]
    return done, held_because(done, "text")


async def _told(context: RequestContext, asked_id: str, case_id: UUID | None, done: Done) -> IncidentAnswered:
    committed, found = done
    answered = None if committed is None else UUID(committed.outcome["contact_id"])
    return IncidentAnswered(
        case_id=strawberry.ID(asked_id),
        case=None if case_id is None else await context.make.case_by_id(case_id),
        contact=None if answered is None else await context.make.contact_by_id(answered),
        errors=found,
    )


def _uuid_of(case_id: str) -> UUID | None:
    try:
        return named(IdType.CASE, case_id, "caseIds")
    except Refusal:
        return None
