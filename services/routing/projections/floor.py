"""Who is there, who has which case, who knows whom: the tables `agents`, `assignments`, `turns`, `duos`, `handled`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import CaseStatus
from services.routing.domain.agent import agent_id
from services.routing.domain.agent_facts import AgentCard, AgentDeactivated, AgentEnrolled, AgentRevised, PresenceSet
from services.routing.domain.assignment import weighs
from services.routing.domain.assignment_facts import CaseDecided, CaseGivenBack, CaseMoved, CaseSeen
from services.routing.domain.duo_facts import CustomerHandled, OwnerSet


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows one fact leads to."""
    match fact:
        case AgentEnrolled() | AgentRevised() | PresenceSet() | AgentDeactivated():
            yield _agent(fact.card)
        case CaseSeen():
            yield Row("add_assignment", (fact.case_id, fact.customer_id, fact.units, fact.opened_at), expect_rows=1)
        case CaseDecided():
            args = (fact.case_id, fact.agent_id, fact.held_for, fact.held_until)
            yield Row("set_assignee", args, expect_rows=1)
            if fact.turn is not None:
                yield Row("take_turn", (fact.agent_id, fact.turn, fact.case_id, meta.recorded_at), expect_rows=1)
        case CaseGivenBack():
            yield Row("set_assignee", (fact.case_id, None, None, None), expect_rows=1)
        case CaseMoved():
            settled = fact.status is CaseStatus.RESOLVED
            moved = (fact.case_id, weighs(fact.status, fact.waiting_for), settled)
            yield Row("weigh_assignment", moved, expect_rows=1)
        case OwnerSet():
            yield Row("put_owner", (fact.customer_id, fact.owner_id, fact.partner_id), expect_rows=1)
        case CustomerHandled():
            yield Row("put_handled", (fact.customer_id, fact.agent_id, fact.handled_at), expect_rows=1)


def _agent(card: AgentCard) -> Row:
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
        ),
        expect_rows=1,
    )
