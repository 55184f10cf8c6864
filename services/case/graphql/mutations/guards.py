"""What guard rails make of an answer, and other people's decisions about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from contracts.stored import Committed
from contracts.vocabulary import id_of
from services.case.commands.approve_line import ApproveLine, approve_line
from services.case.commands.approve_reply import ApproveReply, approve_reply
from services.case.commands.decline_reply import DeclineReply, decline_reply
from services.case.domain.guards.draft import Finding
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.errors import UserError, of_finding
from services.case.graphql.types.guards import (
    CaseLineApproveInput,
    CaseLineApprovePayload,
    ContactApproveInput,
    ContactApprovePayload,
    ContactDeclineInput,
    ContactDeclinePayload,
)
from services.case.queries.viewings import writers_in_case


async def approve(context: RequestContext, asked: ContactApproveInput) -> ContactApprovePayload:
    """Say yes to somebody else's answer."""
    require(context.principal.actor, Permission.REPLY)
    deps = context.deps
    command = ApproveReply(named(IdType.CONTACT, asked.contact_id, "contactId"))
    given: dict[str, Any] = {"record": deps.record, "directory": deps.directory, "policy": await context.policy()}
    done = await carry_out(context, "contactApprove", asked, lambda how: approve_reply(command, how, **given))
    return ContactApprovePayload(**await _of_contact(context, done))


async def decline(context: RequestContext, asked: ContactDeclineInput) -> ContactDeclinePayload:
    """Say no to somebody else's answer, or take an own one back."""
    require(context.principal.actor, Permission.REPLY)
    deps = context.deps
    command = DeclineReply(named(IdType.CONTACT, asked.contact_id, "contactId"), asked.reason)
    given: dict[str, Any] = {"record": deps.record, "directory": deps.directory, "policy": deps.policy}
    done = await carry_out(context, "contactDecline", asked, lambda how: decline_reply(command, how, **given))
    return ContactDeclinePayload(**await _of_contact(context, done))


async def approve_line_of(context: RequestContext, asked: CaseLineApproveInput) -> CaseLineApprovePayload:
    """Say how the house puts it."""
    require(context.principal.actor, Permission.REPLY)
    deps = context.deps
    command = ApproveLine(named(IdType.CASE, asked.case_id, "caseId"), deps.ids.new(), asked.text)
    given: dict[str, Any] = {"record": deps.record, "policy": deps.policy}
    done = await carry_out(context, "caseLineApprove", asked, lambda how: approve_line(command, how, **given))
    note = await context.shown.note_by_id(UUID(done.outcome["note_id"]))
    return CaseLineApprovePayload(note=note, **await _of_case(context, done))


def held_because(done: Committed, *path: str) -> list[UserError]:
    """Why an answer is held for another person; none: it is not."""
    findings = msgspec.convert(done.outcome.get("second_person", ()), tuple[Finding, ...])
    return [of_finding(each, path) for each in findings]


async def writers_besides(context: RequestContext, case_id: str) -> int:
    """How many write an answer in the case now, besides the viewer."""
    viewer = id_of("agent", context.principal.subject)
    asked = named(IdType.CASE, case_id, "caseId")
    return await writers_in_case(context.database, asked, viewer, context.deps.clock.now())


async def _of_contact(context: RequestContext, done: Committed) -> dict[str, Any]:
    contact = await context.shown.contact_by_id(UUID(done.outcome["contact_id"]))
    return {"contact": contact, **await _of_case(context, done)}


async def _of_case(context: RequestContext, done: Committed) -> dict[str, Any]:
    case_id = UUID(done.outcome["case_id"])
    version = done.versions.get(case_id)
    return {
        "case": await context.shown.case_by_id(case_id),
        "version": version,
        "position": await position_of(context, case_id, version),
    }
