"""The only bridge from routing's private facts to what it tells other services: one fact, at most one message."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts import routing as told
from contracts import subjects
from contracts.stored import Fact, FactMeta, FirstFact
from services.routing.domain import budget_facts, case_money_facts, gesture_money_facts
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
from services.routing.domain.assignment_facts import CaseDecided, CaseGivenBack, CaseMoved, CaseSeen
from services.routing.domain.capacity import CapacityNoted, CapacityTurned
from services.routing.domain.configuration_state import ConfigurationBegun, FileApplied, TimeZoneSet
from services.routing.domain.desk_answer import RequestTurnedDown
from services.routing.domain.duo_facts import (
    AgentExcluded,
    AgentReadmitted,
    CustomerHandled,
    CustomerMet,
    DuoJoined,
    DuoParted,
    OwnerSet,
    OwnershipShared,
)
from services.routing.domain.grant import Owner
from services.routing.domain.offer_facts import OfferDeclined, OfferLapsed
from services.routing.domain.team import team_id
from services.routing.domain.team_facts import TeamFounded, TeamRevised

Told = tuple[str, msgspec.Struct]

PRIVATE_TOPICS = frozenset(
    {
        budget_facts.PaymentStarted.TOPIC,
        TimeZoneSet.TOPIC,
        gesture_money_facts.MoneyAsked.TOPIC,
        gesture_money_facts.MoneyDropped.TOPIC,
        case_money_facts.CaseMoneyBegun.TOPIC,
        case_money_facts.CaseMoneyCounted.TOPIC,
        CaseSeen.TOPIC,
        CaseGivenBack.TOPIC,
        CaseMoved.TOPIC,
        OfferDeclined.TOPIC,
        OfferLapsed.TOPIC,
        CustomerMet.TOPIC,
        CustomerHandled.TOPIC,
        AgentExcluded.TOPIC,
        AgentReadmitted.TOPIC,
        DuoJoined.TOPIC,
        DuoParted.TOPIC,
        ConfigurationBegun.TOPIC,
    }
)
"""Facts that nobody outside hears of: what others told us, and steps whose outcome is told by another fact."""


def contract_fact(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    """The subject and message of a fact; None: it stays private.

    What changed on an account and what was answered to a gesture are two facts, and so two messages: BudgetChanged
    first, then HoldPlaced, ApprovalRequired, ApprovalRefused or GestureRefused.
    """
    about = _about_people(fact) or _about_work(fact) or _about_cases(fact)
    return about or _about_accounts(fact, meta.stream_id) or _about_gestures(fact)


def _about_people(fact: Fact | FirstFact) -> Told | None:
    match fact:
        case AgentEnrolled() | AgentRevised() | PresenceSet():
            return subjects.AGENT_CHANGED, _agent(fact.card, fact.request_id)
        case AgentDeactivated() | AttentionNoted() | DutyTurned():
            return subjects.AGENT_CHANGED, _agent(fact.card, None)
        case TeamFounded() | TeamRevised():
            card = fact.card
            return subjects.TEAM_CHANGED, told.TeamChanged(team_id=team_id(card.ref), ref=card.ref, name=card.name)
        case RequestTurnedDown():
            refused = told.RequestRefused(
                request_id=fact.request_id, code=fact.code, message=fact.message, path=fact.path
            )
            return subjects.REQUEST_REFUSED, refused
        case FileApplied():
            return subjects.ROUTING_CONFIGURED, told.ConfigurationApplied(digest=fact.filed.digest)
        case _:
            return None


def _about_work(fact: Fact | FirstFact) -> Told | None:
    match fact:
        case CapacityNoted() | CapacityTurned():
            capacity = told.CapacityChanged(
                short=fact.short,
                offered_load=fact.offered_load,
                cases=fact.cases,
                rostered_s=fact.rostered_s,
                changed_at=fact.timestamp,
            )
            return subjects.CAPACITY_CHANGED, capacity
        case _:
            return None


def _about_cases(fact: Fact | FirstFact) -> Told | None:
    match fact:
        case CaseDecided():
            routed = told.CaseRouted(
                case_id=fact.case_id,
                decision_id=fact.decision_id,
                reason=fact.reason,
                policy_version=fact.policy_version,
                decided_at=fact.timestamp,
                candidates=tuple(
                    told.CandidateView(agent_id=one.agent_id, tier=one.tier, eta=one.eta, rejected=one.rejected)
                    for one in fact.candidates
                ),
                agent_id=fact.agent_id,
                tier=fact.tier,
                rejections=fact.rejections,
                held_until=fact.held_until,
                offered_to=fact.offered_to,
                offered_until=fact.offered_until,
            )
            return subjects.CASE_ROUTED, routed
        case OwnerSet() | OwnershipShared():
            changed = told.DuoChanged(customer_id=fact.customer_id, owner_id=fact.owner_id, partner_id=fact.partner_id)
            return subjects.DUO_CHANGED, changed
        case _:
            return None


def _about_accounts(fact: Fact | FirstFact, account_id: UUID) -> Told | None:
    match fact:
        case (
            budget_facts.BudgetOpened()
            | budget_facts.GrantChanged()
            | budget_facts.BudgetClosed()
            | budget_facts.BudgetReopened()
            | budget_facts.CarriedOut()
            | budget_facts.CarriedIn()
        ):
            return subjects.BUDGET_CHANGED, _standing(account_id, fact.standing, None)
        case (
            budget_facts.HoldPlaced()
            | budget_facts.HoldCaptured()
            | budget_facts.HoldReleased()
            | budget_facts.HoldExpired()
            | budget_facts.CaptureForced()
            | budget_facts.CaptureReversed()
        ):
            return subjects.BUDGET_CHANGED, _standing(account_id, fact.standing, fact.gesture_id)
        case _:
            return None


def _about_gestures(fact: Fact | FirstFact) -> Told | None:
    match fact:
        case gesture_money_facts.MoneyHeld():
            placed = told.HoldPlaced(
                gesture_id=fact.gesture_id,
                case_id=fact.case_id,
                hold_id=fact.hold_id,
                account_id=fact.account_id,
                amount_minor=fact.amount_minor,
                currency=fact.currency,
                approval_id=fact.approval_id,
                paying=fact.paying,
            )
            return subjects.HOLD_PLACED, placed
        case gesture_money_facts.PutToApproval():
            required = told.ApprovalRequired(
                gesture_id=fact.gesture_id,
                case_id=fact.case_id,
                account_id=fact.account_id,
                two_approvers_above_minor=fact.two_approvers_above_minor,
            )
            return subjects.APPROVAL_REQUIRED, required
        case gesture_money_facts.MoneyRefused():
            refused = told.GestureRefused(gesture_id=fact.gesture_id, case_id=fact.case_id, code=fact.code)
            return subjects.GESTURE_REFUSED, refused
        case gesture_money_facts.ApprovalTurnedDown():
            down = told.ApprovalRefused(
                gesture_id=fact.gesture_id, case_id=fact.case_id, approval_id=fact.approval_id, code=fact.code
            )
            return subjects.APPROVAL_REFUSED, down
        case _:
            return None


def _agent(card: AgentCard, request_id: UUID | None) -> told.AgentChanged:
    # What an agent carries is counted by whoever shows it, from its own cases: here it would be old at once.
    return told.AgentChanged(
        agent_id=agent_id(card.ref),
        ref=card.ref,
        display_name=card.display_name,
        kind=card.kind,
        presence=card.presence,
        capacity_units=card.capacity_units,
        load_units=0,
        active=card.active,
        email=card.email,
        team_ref=card.team_ref,
        languages=card.languages,
        skills=card.skills,
        request_id=request_id,
        on_duty_until=card.on_duty_until,
        next_duty_at=card.next_duty_at,
        roster=card.roster,
    )


def _standing(account_id: UUID, standing: budget_facts.Standing, gesture_id: UUID | None) -> told.BudgetChanged:
    return told.BudgetChanged(
        account_id=account_id,
        owner_kind=standing.owner_kind,
        owner_id=Owner(kind=standing.owner_kind, ref=standing.owner_ref).id,
        currency=standing.currency,
        period=standing.period,
        period_start=standing.period_start,
        period_end=standing.period_end,
        granted_minor=standing.granted_minor,
        reserved_minor=standing.reserved_minor,
        spent_minor=standing.spent_minor,
        item_limit_minor=standing.item_limit_minor,
        open=standing.open,
        gesture_id=gesture_id,
    )
