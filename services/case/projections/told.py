"""What routing told of agents, money and work: tables agents, budgets, capacity; and which gestures are paid for."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import known_agent_facts, known_budget_facts, known_capacity


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from what was told.

    A budget changes twice for a gesture: when its money is held, and when the hold is taken as spent. The hold's news
    stands in routing's log before the HoldPlaced that makes the gesture GIVEN here, and routing spends it only after it
    heard of that. So news of a budget for a gesture that is GIVEN already is the news that it was spent.
    """
    match fact:
        case known_agent_facts.AgentIntroduced() | known_agent_facts.AgentChanged():
            yield _agent(meta.stream_id, fact)
        case known_capacity.CapacityIntroduced() | known_capacity.CapacityChanged():
            standing = fact.standing
            since = fact.timestamp if standing.short else None
            shown = (since, standing.offered_load, standing.cases, standing.rostered_s)
            yield Row("set_capacity", shown, expect_rows=1)
        case known_budget_facts.BudgetIntroduced() | known_budget_facts.BudgetChanged():
            yield _budget(meta.stream_id, fact.standing)
            if fact.gesture_id is not None:
                yield Row("capture_gesture", (fact.gesture_id,))
        case _:
            return


def _agent(agent_id: UUID, fact: known_agent_facts.AgentIntroduced | known_agent_facts.AgentChanged) -> Row:
    card = fact.card
    return Row(
        "upsert_agent",
        (
            agent_id,
            card.ref,
            card.kind,
            fact.display_name or card.ref,
            fact.email,
            card.presence,
            card.capacity_units,
            card.load_units,
            card.active,
            list(card.languages),
            list(card.skills),
            card.team_ref,
            card.on_duty_until,
            card.next_duty_at,
            None if card.roster is None else msgspec.json.encode(card.roster).decode(),
        ),
        expect_rows=1,
    )


def _budget(account_id: UUID, standing: known_budget_facts.BudgetStanding) -> Row:
    return Row(
        "upsert_budget",
        (
            account_id,
            standing.owner_kind,
            standing.owner_id,
            standing.currency,
            standing.period,
            standing.period_start,
            standing.period_end,
            standing.granted_minor,
            standing.reserved_minor,
            standing.spent_minor,
            standing.item_limit_minor,
            standing.open,
        ),
        expect_rows=1,
    )
