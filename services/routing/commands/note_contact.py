"""Takes note of who was in touch with a customer; the first who answered owns the customer, until that one is gone."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Stream, Work
from services.routing.commands.decision import decide_on, decided_beside_others, is_with_us, left_us
from services.routing.domain.agent import Agent, agent_id
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.kin import Claim
from services.routing.domain.partner import good_partners, propose_partner
from services.routing.domain.tiers import CaseRequest, is_forgotten
from services.routing.ports import Floor, Record, Situation


class NoteContact(msgspec.Struct, frozen=True):
    """A contact of a case. `agent_ref`: who was in touch. `answer`: it went from us to the customer."""

    case_id: UUID
    customer_id: UUID
    agent_ref: str | None
    answer: bool


async def note_contact(command: NoteContact, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Note the agent, if one was in touch; then decide the case where it is the customer's word and nobody has it."""

    async def decide() -> Work:
        streams: list[Stream] = []
        streams += await _met(command, context, record, floor)
        assignment = await record.load(Assignment, assignment_id(command.case_id))
        if assignment is not None and not command.answer:
            gone = await left_us(record, assignment)
            if assignment.needs_somebody(inactive=gone):
                await decide_on(assignment, context, floor=floor, anew=gone)
                floor.count_with(assignment)
            streams.append(assignment)
        return Work(streams=tuple(stream for stream in streams if stream.pending_events))

    case = command.case_id, command.customer_id
    # Who owns customers that are shown as one is settled by one contact at a time.
    alone = command.agent_ref is not None
    return await decided_beside_others(case, context, decide, record=record, floor=floor, alone=alone)


async def _met(command: NoteContact, context: CommandContext, record: Record, floor: Floor) -> list[Stream]:
    """Who knows the customer, with this contact noted; nothing where no agent of ours was in it.

    Customers who are shown as one are owned together: who has an owner as one of them gets no other one.
    """
    if command.agent_ref is None:
        return []
    agent = await record.load(Agent, agent_id(command.agent_ref))
    if agent is None:
        return []
    kin = await floor.kin(command.customer_id)
    duo = await record.load(Duo, duo_id(command.customer_id))
    duo = duo or Duo.meet(customer_id=command.customer_id, at=context.at)
    duo.handle(agent_id=agent.id, at=context.at)
    next_duo = await _next_duo(kin.owned, agent.id, command, context, record=record, floor=floor)
    if next_duo is None:
        return [duo]
    owner_id, partner_id = next_duo
    alone, first = len(kin.members) == 1, kin.owned is None
    if alone or (first and duo.owner_id is None):
        duo.own(owner_id=owner_id, partner_id=partner_id, at=context.at)
    if alone or (first and kin.root_id == duo.customer_id):
        return [duo]
    root = duo if kin.root_id == duo.customer_id else await record.load(Duo, duo_id(kin.root_id))
    if root is None:
        return [duo]
    root.share(claim=Claim(duo.customer_id, owner_id, partner_id), at=context.at)
    return [duo] if root is duo else [duo, root]


async def _next_duo(
    owned: Claim | None,
    answering_id: UUID,
    command: NoteContact,
    context: CommandContext,
    *,
    record: Record,
    floor: Floor,
) -> tuple[UUID, UUID | None] | None:
    """Owner and partner from now on, where either is another one than so far; None: both stay, or it was no answer.

    An owner who stays gets a partner as soon as there is somebody to be one: who had none, or whose partner left us or
    is kept from the customer.
    """
    if not command.answer:
        return None
    owner_id = await _next_owner(owned, answering_id, command, context, record=record, floor=floor)
    if owner_id is not None:
        return owner_id, await _partner(owner_id, command, context, floor)
    if owned is None or await _has_partner(owned, command, context, record=record, floor=floor):
        return None
    partner_id = await _partner(owned.owner_id, command, context, floor)
    return None if partner_id is None else (owned.owner_id, partner_id)


async def _has_partner(
    owned: Claim, command: NoteContact, context: CommandContext, *, record: Record, floor: Floor
) -> bool:
    if owned.partner_id is None or not await is_with_us(record, owned.partner_id):
        return False
    return owned.partner_id not in (await _situation(command, owned.owner_id, context, floor)).excluded


async def _next_owner(
    owned: Claim | None,
    answering_id: UUID,
    command: NoteContact,
    context: CommandContext,
    *,
    record: Record,
    floor: Floor,
) -> UUID | None:
    """Who owns from now on the customer whom that agent answers; None: who did so far.

    Who left us, or is kept from the customer, leaves the customer to the partner, and where that one is gone as well,
    to whoever answers. This is recorded with the next answer, not when somebody leaves: a line that fell out of the
    file, or an exclusion that is taken back at once, takes no customers away.
    """
    if owned is None:
        return answering_id
    if owned.owner_id == answering_id:
        return None
    if is_forgotten(owned.met_at, context.at, floor.rules.policy):
        return answering_id
    kept_away = (await _situation(command, answering_id, context, floor)).excluded
    for heir_id in (owned.owner_id, owned.partner_id):
        if heir_id is not None and heir_id not in kept_away and await is_with_us(record, heir_id):
            return None if heir_id == owned.owner_id else heir_id
    return answering_id


async def _partner(owner_id: UUID, command: NoteContact, context: CommandContext, floor: Floor) -> UUID | None:
    """Who is there for the customer when the owner is not; nobody where there are no rosters."""
    if floor.rules.answer_min is None:
        return None
    situation = await _situation(command, owner_id, context, floor)
    owner = situation.crew.seat(owner_id)
    if owner is None:
        return None
    colleagues = (seat.agent for seat in situation.crew.seats() if seat.agent.agent_id not in situation.excluded)
    good = good_partners(owner.agent, colleagues, floor.rules.patience_s)
    return propose_partner(good, command.customer_id)


async def _situation(command: NoteContact, agent_id: UUID, context: CommandContext, floor: Floor) -> Situation:
    """Who is there and who is kept from the customer; it asks for nobody's time."""
    request = CaseRequest(command.case_id, command.customer_id, units=0, assignee_id=agent_id)
    return await floor.situation(request, context.at)
