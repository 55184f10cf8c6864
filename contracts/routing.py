"""What the routing service tells: who takes a case and why, who is there, and what money is held, spent and left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.duty import Roster
from contracts.vocabulary import (
    AgentKind,
    AssignmentReason,
    BudgetOwnerKind,
    BudgetPeriod,
    CandidateRejection,
    Presence,
    RefusalCode,
    RoutingTier,
)


class CandidateView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One agent who was looked at. `rejected` None: the chosen one."""

    agent_id: UUID
    tier: RoutingTier | None = None
    eta: datetime | None = None
    rejected: CandidateRejection | None = None


class CaseRouted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision who takes a case. `agent_id` None: nobody can now; decided again at the next change.

    `rejections`: counts per reason of those candidates that were left out of the list (above 50 agents).
    `held_until`: until then it waits for the candidate who is not rejected; nobody has it yet.
    `offered_to`, `offered_until`: that agent is asked to take it until then; nobody has it yet.
    """

    case_id: UUID
    decision_id: UUID
    reason: AssignmentReason
    policy_version: str
    decided_at: datetime
    candidates: tuple[CandidateView, ...] = ()
    agent_id: UUID | None = None
    tier: RoutingTier | None = None
    rejections: dict[str, int] = {}
    held_until: datetime | None = None
    offered_to: UUID | None = None
    offered_until: datetime | None = None


class AgentChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent as known now. `request_id`: of the desk's request that this answers.

    `on_duty_until`, `next_duty_at`: the one while on duty, else the other, by the roster; neither: no roster says.
    """

    agent_id: UUID
    ref: str
    display_name: str
    kind: AgentKind
    presence: Presence
    capacity_units: int
    load_units: int
    active: bool
    email: str | None = None
    team_ref: str | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    request_id: UUID | None = None
    on_duty_until: datetime | None = None
    next_duty_at: datetime | None = None
    roster: Roster | None = None


class CapacityChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """More comes in than those who are rostered can do (`short`), or does no longer.

    `offered_load`: what the cases of the last hour take of the rostered time; 1: all of it.
    """

    short: bool
    offered_load: float
    cases: int
    rostered_s: float
    changed_at: datetime


class TeamChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """A team as known now."""

    team_id: UUID
    ref: str
    name: str


class BudgetChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account's standing after a change, in minor units: available = granted - reserved - spent.

    `gesture_id`: the gesture whose hold, capture or release changed it.
    """

    account_id: UUID
    owner_kind: BudgetOwnerKind
    owner_id: UUID
    currency: str
    period: BudgetPeriod
    period_start: datetime
    period_end: datetime
    granted_minor: int
    reserved_minor: int
    spent_minor: int
    item_limit_minor: int
    open: bool = True
    gesture_id: UUID | None = None


class DuoChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who owns a customer from now on."""

    customer_id: UUID
    owner_id: UUID | None = None
    partner_id: UUID | None = None


class HoldPlaced(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money is reserved for a gesture. `approval_id`: of the approval this follows, where there was one.

    `paying`: it is pinned until a payout is made or refused; before that the gesture is not given.
    """

    gesture_id: UUID
    case_id: UUID
    hold_id: UUID
    account_id: UUID
    amount_minor: int
    currency: str
    approval_id: UUID | None = None
    paying: bool = False


class ApprovalRequired(msgspec.Struct, frozen=True, omit_defaults=True):
    """The amount is above what the agent may give alone: another person decides. Nothing is reserved.

    `two_approvers_above_minor`: above it two other people have to; None: one is enough.
    """

    gesture_id: UUID
    case_id: UUID
    account_id: UUID | None = None
    two_approvers_above_minor: int | None = None


class ApprovalRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """The approver may not approve this (own limits, team account): it goes on waiting for somebody else."""

    gesture_id: UUID
    case_id: UUID
    approval_id: UUID
    code: RefusalCode


class GestureRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ledger says no: there is no account in that currency, or it is closed."""

    gesture_id: UUID
    case_id: UUID
    code: RefusalCode


class RequestRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request of the desk was refused; `path` names the input field."""

    request_id: UUID
    code: RefusalCode
    message: str
    path: tuple[str, ...] = ()


class ConfigurationApplied(msgspec.Struct, frozen=True, omit_defaults=True):
    """Agents, teams and budgets are as the configuration of this digest says."""

    digest: str
