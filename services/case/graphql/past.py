"""What was known at a point of the past, in the words of the schema."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import ContentState
from infra.event_store import UnknownTopic
from infra.sealing import KeyMissing, SealBroken
from services.case.domain.called import called, masked
from services.case.domain.case_contact import CaseContact
from services.case.domain.customer import Customer, pseudonym
from services.case.domain.gesture import Gesture
from services.case.domain.known_agent import KnownAgent
from services.case.domain.known_budget import KnownBudget
from services.case.graphql import ids
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.context import READ_WAIT_MS_MAX, RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.pages import bad_input
from services.case.graphql.scalars import Instant
from services.case.graphql.types.money import Money
from services.case.graphql.types.past import (
    AgentState,
    AsOf,
    BudgetState,
    CaseState,
    ContactState,
    CustomerState,
    GestureState,
    HandleState,
)
from services.case.queries.as_of import KnownThen, Past, Point

POSITION_DIGITS_MAX = 18
VERSION_MAX = 2**31 - 1


async def case_as_of(context: RequestContext, case_id: UUID, as_of: AsOf) -> CaseState | None:
    """The case at that point; None where it has no such fact, or had not begun.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, no point of the past; UNAVAILABLE, a fact has no position yet, is of a
            topic that this version of the program does not know, or its envelope does not open though nobody forgot it.
    """
    past = Past(context.database, context.deps.keys)
    point = await _point(context, past, case_id, as_of)
    if point is None or point.position is None:
        return None
    try:
        known = await past.case(case_id, point.position, point.at)
    except (UnknownTopic, SealBroken, KeyMissing) as error:
        raise QueryRefusedError("UNAVAILABLE", str(error)) from None
    return None if known is None else _state(known, opens=context.principal.opens_sealed)


async def _point(context: RequestContext, past: Past, case_id: UUID, as_of: AsOf) -> Point | None:
    if as_of.recorded_at:
        return await past.point_at(min(as_of.recorded_at, context.deps.clock.now()))
    if as_of.position:
        return await _at_position(context, past, as_of.position)
    if not as_of.version or not 0 < as_of.version <= VERSION_MAX:
        raise bad_input("a version is a number from 1 on")
    return await _at_version(context, past, case_id, as_of.version)


async def _at_position(context: RequestContext, past: Past, written: str) -> Point:
    if not (written.isascii() and written.isdigit() and len(written) <= POSITION_DIGITS_MAX and int(written) > 0):
        raise bad_input("asOf.position is a position that the log gave")

    async def look() -> Point | None:
        return await past.point_of_position(int(written))

    found = await context.deps.hub.until(look, timeout_ms=READ_WAIT_MS_MAX)
    if found is None:
        raise bad_input("the log has not come this far")
    return found


async def _at_version(context: RequestContext, past: Past, case_id: UUID, version: int) -> Point | None:
    found = await past.point_of_version(case_id, version)
    if found is None or found.position is not None:
        return found

    async def look() -> Point | None:
        seen = await past.point_of_version(case_id, version)
        return seen if seen is not None and seen.position is not None else None

    sequenced = await context.deps.hub.until(look, timeout_ms=READ_WAIT_MS_MAX)
    if sequenced is None:
        raise QueryRefusedError("UNAVAILABLE", "this fact has no position in the log yet")
    return sequenced


def _state(known: KnownThen, *, opens: bool) -> CaseState:
    case, assignee = known.case, known.assignee
    contacts = sorted(case.contacts.values(), key=_place)
    return CaseState(
        version=case.version,
        position=str(known.position),
        at=Instant(known.at),
        status=case.status,
        subject=case.subject if opens else None,
        assignee=None if assignee is None else _agent(assignee),
        customer=_customer(known.customer, opens=opens),
        gestures=[_gesture(gesture) for gesture in case.gestures.values()],
        assignee_ref=None if assignee is None else assignee.card.ref,
        every_contact=[_contact(contact, opens=opens) for contact in contacts],
        every_budget=[_budget(budget) for budget in known.budgets],
    )


def _place(contact: CaseContact) -> tuple[datetime, UUID]:
    return (contact.occurred_at, contact.contact_id)


def _agent(agent: KnownAgent) -> AgentState:
    return AgentState(id=ids.encode(IdType.AGENT, agent.id), display_name=agent.called())


def _customer(customer: Customer, *, opens: bool) -> CustomerState:
    return CustomerState(
        id=ids.encode(IdType.CUSTOMER, customer.id),
        display_name=called(customer) if opens else pseudonym(customer.id),
        handles=[
            HandleState(kind=handle.kind, masked=masked(handle), value=handle.written if opens else None)
            for handle in customer.handles.values()
        ],
    )


def _contact(contact: CaseContact, *, opens: bool) -> ContactState:
    shown = opens or contact.text_state is not ContentState.PRESENT
    return ContactState(
        id=ids.encode(IdType.CONTACT, contact.contact_id),
        direction=contact.direction,
        channel=contact.channel,
        visibility=contact.visibility,
        text=contact.text if shown else None,
        text_state=contact.text_state if shown else ContentState.NOT_PERMITTED,
        occurred_at=Instant(contact.occurred_at),
        recorded_at=Instant(contact.recorded_at),
    )


def _gesture(gesture: Gesture) -> GestureState:
    return GestureState(
        id=ids.encode(IdType.GESTURE, gesture.gesture_id),
        kind=gesture.kind,
        status=gesture.status,
        amount=Money.of(gesture.shown_minor, gesture.currency),
    )


def _budget(budget: KnownBudget) -> BudgetState:
    standing = budget.standing
    left = standing.granted_minor - standing.reserved_minor - standing.spent_minor
    return BudgetState(
        granted=Money.of(standing.granted_minor, standing.currency),
        reserved=Money.of(standing.reserved_minor, standing.currency),
        spent=Money.of(standing.spent_minor, standing.currency),
        available=Money.of(left, standing.currency),
    )
