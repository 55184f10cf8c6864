"""A case step by step: each fact, who did it, what it changed, and why an assignment was made as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.money import from_minor
from contracts.stored import Fact, FirstFact
from contracts.vocabulary import Actor, AssignmentReason, CandidateRejection, Direction, RoutingTier
from services.case.domain.case import Case
from services.case.domain.case_contact import CaseContact
from services.case.domain.case_facts import Assigned, NoteAdded, Reopened
from services.case.domain.clock import ClockKey
from services.case.domain.commitment import Commitment
from services.case.domain.commitment_facts import CommitmentMade, CommitmentWithdrawn
from services.case.domain.contact_facts import (
    ContactAttached,
    ContactDetached,
    ContactEdited,
    ContactReacted,
    ReplyRequested,
)
from services.case.domain.gesture import Gesture
from services.case.domain.gesture_facts import GestureDeclined, GestureRequested
from services.case.domain.guard_facts import LineApproved, ReplyDeclined, ReplyHeld
from services.case.domain.handling_facts import PrioritySet, TransferRequested
from services.case.domain.settlement_facts import SettlementBegun
from services.case.queries.as_of import Known, Past


class Looked(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """An agent whom routing looked at, by the name of that time. `rejected` None: the chosen one."""

    agent_id: UUID
    name: str
    tier: RoutingTier | None = None
    eta: datetime | None = None
    rejected: CandidateRejection | None = None


class Why(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Why a case was given to whom it was. `rejections`: how many were left out of the candidates, by reason."""

    reason: AssignmentReason
    policy_version: str
    decided_at: datetime
    agent: str | None
    tier: RoutingTier | None
    candidates: tuple[Looked, ...]
    rejections: dict[str, int]


class Change(msgspec.Struct, frozen=True):
    """What of the case is not as before; None: nothing."""

    what: str
    before: str | None
    after: str | None


class Step(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One fact of a case. `words`: what was said by it, where texts are shown."""

    version: int
    position: int
    recorded_at: datetime
    type: str
    actor: Actor
    changes: tuple[Change, ...]
    on_behalf_of: Actor | None = None
    words: str | None = None
    assignment: Why | None = None


async def steps(past: Past, people: Past, case_id: UUID, position: int) -> AsyncIterator[tuple[Step, Case]]:
    """Each fact up to a position with what it did, and the case after it.

    `past` reads the case, opened or not; `people` reads what agents were called.

    Raises:
        UnknownTopic: a fact is of a topic or a version that this program does not know; those before it were given.
        SealBroken: an envelope is damaged.
        KeyMissing: an envelope's key is not there, and was not destroyed.
    """
    case: Any = None
    before: dict[str, str | None] = {}
    async for known in past.facts(case_id, position):
        case = known.fact.mutate(case)
        after = await _picture(case, people, known.position)
        yield await _step(known, before, after, people), case
        before = after


async def _step(known: Known, before: dict[str, str | None], after: dict[str, str | None], people: Past) -> Step:
    meta = known.meta
    return Step(
        version=meta.version,
        position=known.position,
        recorded_at=meta.recorded_at,
        type=meta.topic,
        actor=meta.actor,
        on_behalf_of=meta.on_behalf_of,
        changes=tuple(
            Change(what, before.get(what), after.get(what))
            for what in {**after, **before}
            if before.get(what) != after.get(what)
        ),
        words=words_of(known.fact),
        assignment=await _why(known.fact, people, known.position) if isinstance(known.fact, Assigned) else None,
    )


def words_of(fact: Fact | FirstFact) -> str | None:
    """What somebody said by a fact, while it can be read."""
    match fact:
        case ContactReacted():
            return fact.emoji
        case ContactAttached() | ContactEdited() | ReplyRequested() | ReplyHeld():
            return fact.content.text if fact.content else None
        case NoteAdded() | CommitmentMade() | SettlementBegun() | LineApproved():
            return fact.text
        case (
            TransferRequested()
            | Reopened()
            | PrioritySet()
            | CommitmentWithdrawn()
            | ContactDetached()
            | GestureDeclined()
            | ReplyDeclined()
        ):
            return fact.reason
        case GestureRequested():
            return fact.note
        case _:
            return None


async def _why(fact: Assigned, people: Past, position: int) -> Why:
    return Why(
        reason=fact.reason,
        policy_version=fact.policy_version,
        decided_at=fact.decided_at,
        agent=await _name(people, fact.agent_id, position),
        tier=fact.tier,
        candidates=tuple(
            [
                Looked(
                    agent_id=each.agent_id,
                    name=await _name(people, each.agent_id, position) or str(each.agent_id),
                    tier=each.tier,
                    eta=each.eta,
                    rejected=each.rejected,
                )
                for each in fact.candidates
            ]
        ),
        rejections=fact.rejections,
    )


async def _name(people: Past, agent_id: UUID | None, position: int) -> str | None:
    """What an agent was called then; one who was not heard of yet goes by the id."""
    if agent_id is None:
        return None
    agent = await people.agent(agent_id, position)
    return str(agent_id) if agent is None else agent.called()


async def _picture(case: Case, people: Past, position: int) -> dict[str, str | None]:
    """The case in a few words, each under a name of its own."""
    seen: dict[str, str | None] = {
        "status": case.status.value,
        "waiting for": case.waiting_for and case.waiting_for.value,
        "waiting until": None if case.waiting_until is None else case.waiting_until.isoformat(),
        "outcome": case.outcome and case.outcome.value,
        "cause": case.cause,
        "subject": case.subject,
        "assignee": await _name(people, case.assignee_id, position),
        "about to run out": _kinds(case.warned),
        "run out": _kinds(case.missed),
        "priority": case.priority.value,
        "tags": ", ".join(case.tags) or None,
        "answers held": str(len(case.settlements) + len(case.held)) if case.settlements or case.held else None,
    }
    seen |= {f"contact {_tail(key)}": _contact(contact) for key, contact in case.contacts.items()}
    seen |= {f"gesture {_tail(key)}": _gesture(gesture) for key, gesture in case.gestures.items()}
    return seen | {f"commitment {_tail(key)}": _commitment(each) for key, each in case.commitments.items()}


def _tail(key: UUID) -> str:
    """Enough of an id to tell the few things of one case apart."""
    return str(key)[-6:]


def _kinds(clocks: Iterable[ClockKey]) -> str | None:
    """What the clocks measure, each kind as often as there is one."""
    return ", ".join(sorted(key.partition(" ")[0] for key in clocks)) or None


def _contact(contact: CaseContact) -> str:
    way = "from the customer" if contact.direction is Direction.INBOUND else "to the customer"
    reaction = "" if contact.reaction is None else f", {contact.reaction}"
    return f"{contact.channel.value} {way}, {contact.delivery_status.value}{reaction}"


def _gesture(gesture: Gesture) -> str:
    amount = from_minor(gesture.shown_minor, gesture.currency)
    return f"{gesture.kind.value} of {amount} {gesture.currency}, {gesture.status.value} ({gesture.reason})"


def _commitment(commitment: Commitment) -> str:
    return f"due {commitment.due_at.isoformat()}, {commitment.status.value}"
