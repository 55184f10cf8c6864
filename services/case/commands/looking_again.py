"""Looking once more at an answer that waited, as it is about to leave: only at what must never leave."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import CommandContext, Record
from contracts.vocabulary import GestureStatus, GuardVerdict, RefusalCode, id_of
from services.case.commands.finding import why_not_usable
from services.case.commands.guarding import author_in, draft_of, findings_of
from services.case.commands.recording_refusals import guard
from services.case.domain import settlements
from services.case.domain.case import Case
from services.case.domain.guards.draft import Author, Draft, Finding
from services.case.domain.guards.looking import of_verdict
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.guards.refusal import code_of
from services.case.domain.known_agent import KnownAgent
from services.case.domain.recipients import ReplyRoute


async def author_again(record: Record, ref: str) -> tuple[Author, str | None]:
    """Who wrote it, by the name the record has, and what they are called. Who is no agent was a lead."""
    agent = await record.load(KnownAgent, id_of("agent", ref))
    return (Author(ref), None) if agent is None else author_in(agent)


async def blocked_now(
    case: Case, route: ReplyRoute, draft: Draft, context: CommandContext, *, record: Record, policy: GuardPolicy
) -> tuple[Finding, ...]:
    """Why it never leaves, by what is known now; nothing: it may."""
    found = await findings_of(case, route, draft, 0, context, record=record, policy=policy)
    return of_verdict(found, GuardVerdict.BLOCK)


async def why_it_stays(
    case: Case, gesture_id: UUID, context: CommandContext, *, record: Record, policy: GuardPolicy
) -> RefusalCode | None:
    """Why the answer that waited for this gesture's money may not leave now; what rails say is put on record.

    None: it may, or there is none.
    """
    hindrance = await why_not_usable(record, case, at=context.at)
    held = case.settlements.get(gesture_id)
    if hindrance is not None or held is None or case.gestures[gesture_id].status is not GestureStatus.GIVEN:
        return hindrance
    route = settlements.way_now(case, held, context.at)
    if held.text is None or route is None:
        return None
    author, _ = await author_again(record, held.agent_ref)
    draft = draft_of(route, held.text, author, named=True)
    blocked = await blocked_now(case, route, draft, context, record=record, policy=policy)
    if not blocked:
        return None
    guard(case, blocked, route, agent_ref=held.agent_ref, at=context.at)
    return code_of(blocked[0])
