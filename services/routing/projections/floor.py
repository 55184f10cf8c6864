"""Who is there, who has which case, who knows whom: the tables `agents`, `assignments`, `turns`, `duos`, `handled`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import CaseStatus, RoutingTier
from services.routing.domain.agent import agent_id
from services.routing.domain.agent_facts import (
    AgentCard,
    AgentDeactivated,
    AgentEnrolled,
    AgentRevised,
    AttentionNoted,
    DutyTurned,
    PresenceSet,
)
from services.routing.domain.assignment import weighs
from services.routing.domain.assignment_facts import CaseDecided, CaseGivenBack, CaseMoved, CaseSeen
from services.routing.domain.duo_facts import (
    AgentExcluded,
    AgentReadmitted,
    CustomerHandled,
    DuoJoined,
    DuoParted,
    OwnerSet,
    OwnershipShared,
)
from services.routing.domain.offer_facts import OfferDeclined, OfferLapsed


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows one fact leads to."""
    match fact:
        case AgentEnrolled() | AgentRevised() | PresenceSet() | AttentionNoted() | AgentDeactivated() | DutyTurned():
            yield _agent(fact.card, fact.timestamp)
        case CaseSeen():
            yield Row("add_assignment", (fact.case_id, fact.customer_id, fact.units, fact.opened_at), expect_rows=1)
        case CaseDecided():
            yield _decided(fact)
            if fact.turn is not None:
                yield Row(
                    "take_turn",
                    (fact.agent_id or fact.offered_to, fact.turn, fact.case_id, meta.recorded_at),
                    expect_rows=1,
                )
        case CaseGivenBack():
            yield _nobody(fact.case_id)
        case OfferDeclined() | OfferLapsed():
            yield _nobody(fact.case_id)
        case CaseMoved():
            settled = fact.status is CaseStatus.RESOLVED
            moved = (fact.case_id, weighs(fact.status, fact.waiting_for), settled)
            yield Row("weigh_assignment", moved, expect_rows=1)
        case _:
            yield from _of_customers(fact)


def _of_customers(fact: Fact | FirstFact) -> Iterator[Row]:
    match fact:
        case OwnerSet():
            yield Row("put_owner", (fact.customer_id, fact.owner_id, fact.partner_id), expect_rows=1)
        case DuoJoined():
            yield Row("put_joined", (fact.customer_id, fact.target_id), expect_rows=1)
        case DuoParted():
            yield Row("drop_joined", (fact.customer_id,), expect_rows=1)
        case OwnershipShared():
            yield Row("put_shared", (fact.customer_id, fact.owner_id, fact.partner_id), expect_rows=1)
        case CustomerHandled():
            yield Row("put_handled", (fact.customer_id, fact.agent_id, fact.handled_at), expect_rows=1)
        case AgentExcluded():
            yield Row("put_exclusion", (fact.customer_id, fact.agent_id), expect_rows=1)
        case AgentReadmitted():
            yield Row("drop_exclusion", (fact.customer_id, fact.agent_id), expect_rows=1)
        case _:
            return


def _decided(fact: CaseDecided) -> Row:
    held, offered = (fact.held_for, fact.held_until), (fact.offered_to, fact.offered_until)
    by_hand = fact.tier in {RoutingTier.MANUAL, RoutingTier.CLAIMED}
    given_at = fact.timestamp if by_hand else None
    return Row("set_assignee", (fact.case_id, fact.agent_id, *held, *offered, given_at), expect_rows=1)


def _nobody(case_id: UUID) -> Row:
    return Row("set_assignee", (case_id, None, None, None, None, None, None), expect_rows=1)


def _agent(card: AgentCard, at: datetime) -> Row:
    # A roster that was not looked at yet is looked at now.
    turns_at = card.on_duty_until or card.next_duty_at or (None if card.roster is None else at)
    return Row(
        "put_agent",
        (
            agent_id(card.ref),
            card.ref,
            card.active,
            card.presence,
            card.present_until,
            card.capacity_units,
            list(card.languages),
            list(card.skills),
            card.team_ref,
            card.present_since,
            None if card.roster is None else msgspec.json.encode(card.roster).decode(),
            card.hands_over,
            turns_at,
        ),
        expect_rows=1,
    )
