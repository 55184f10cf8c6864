"""What owners may spend and what is held: the tables `standing_grants`, `budget_balances` and `open_holds`."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import BudgetOwnerKind
from services.routing.domain.agent_facts import AgentDeactivated, AgentEnrolled, AgentRevised
from services.routing.domain.budget_facts import (
    BudgetClosed,
    BudgetOpened,
    BudgetReopened,
    CaptureForced,
    CaptureReversed,
    CarriedIn,
    CarriedOut,
    GrantChanged,
    HoldCaptured,
    HoldExpired,
    HoldPlaced,
    HoldReleased,
    Standing,
)
from services.routing.domain.case_money_facts import CaseMoneyCounted
from services.routing.domain.grant import Grant
from services.routing.domain.team_facts import TeamFounded, TeamRevised


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows one fact leads to. Balances are kept by what happened, not by what the account says is left."""
    account = meta.stream_id
    match fact:
        case AgentEnrolled() | AgentRevised() | AgentDeactivated():
            yield from _grants(BudgetOwnerKind.AGENT, fact.card.ref, fact.card.grants)
        case TeamFounded() | TeamRevised():
            yield from _grants(BudgetOwnerKind.TEAM, fact.card.ref, fact.card.grants)
        case _:
            yield from _balances(fact, account)
            yield from _open_holds(fact)


def _balances(fact: Fact | FirstFact, account: UUID) -> Iterator[Row]:
    match fact:
        case BudgetOpened():
            yield _opened(account, fact.standing)
        case GrantChanged() | CarriedIn() | CarriedOut():
            figures = (account, fact.standing.granted_minor, fact.standing.item_limit_minor)
            yield Row("change_balance_grant", figures, expect_rows=1)
        case HoldPlaced():
            yield Row("place_hold", (account, fact.amount_minor), expect_rows=1)
        case HoldCaptured():
            yield Row("settle_hold", (account, fact.held_minor, fact.captured_minor), expect_rows=1)
        case CaptureForced():
            yield Row("force_spending", (account, fact.captured_minor), expect_rows=1)
        case HoldReleased() | HoldExpired():
            yield Row("settle_hold", (account, fact.held_minor, 0), expect_rows=1)
        case CaptureReversed():
            yield Row("reverse_spending", (account, fact.amount_minor), expect_rows=1)
        case BudgetClosed() | BudgetReopened():
            yield Row("set_balance_open", (account, fact.standing.open), expect_rows=1)


def _open_holds(fact: Fact | FirstFact) -> Iterator[Row]:
    """A hold that expired stays until its case counts it no more: whoever expired it may not have known the case."""
    match fact:
        case HoldPlaced() if fact.expires_at is not None:
            yield Row("add_open_hold", (fact.hold_id, fact.gesture_id, fact.expires_at), expect_rows=1)
        case HoldCaptured() | CaptureForced() | HoldReleased():
            yield Row("drop_open_hold", (fact.hold_id,))
        case CaseMoneyCounted() if fact.amount_minor == 0:
            yield Row("drop_open_hold", (fact.hold_id,))
        case _:
            return


def _grants(kind: BudgetOwnerKind, ref: str, grants: tuple[Grant, ...]) -> Iterator[Row]:
    yield Row("drop_grants", (kind, ref))
    for grant in grants:
        limits = (grant.item_limit_minor, grant.carry_over_max_minor, grant.two_approvers_above_minor)
        yield Row("add_grant", (kind, ref, grant.currency, grant.amount_minor, grant.period, *limits), expect_rows=1)


def _opened(account: UUID, standing: Standing) -> Row:
    return Row(
        "open_balance",
        (
            account,
            standing.owner_kind,
            standing.owner_ref,
            standing.currency,
            standing.period,
            standing.period_start,
            standing.period_end,
            standing.granted_minor,
            standing.item_limit_minor,
        ),
        expect_rows=1,
    )
