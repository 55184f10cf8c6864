"""The rows of the read tables as the desk's queries hand them out: ids, codes, amounts in minor units, plain texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.vocabulary import (
    AccountMode,
    ActorKind,
    AgentKind,
    AssignmentReason,
    BudgetOwnerKind,
    BudgetPeriod,
    CandidateRejection,
    CaseStatus,
    Channel,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    GestureKind,
    GestureStatus,
    HandleAssurance,
    HandleKind,
    Presence,
    Priority,
    ResolutionOutcome,
    Role,
    RoutingTier,
    TriageClass,
    Visibility,
    WaitingFor,
)
from services.case.domain.commitment import CommitmentStatus

LOW_FROM_PERCENT = 80
"""From so much spent or held on, a budget runs low."""


class CustomerRow(msgspec.Struct, frozen=True):
    """A customer's head. `merged_into`: as whom it is shown, once merged. `attributes`: as JSON."""

    customer_id: UUID
    version: int
    name: str | None
    display_name: str
    kind: str
    state: str
    language: str | None
    time_zone: str | None
    preferred_channel: Channel | None
    organisation_id: UUID | None
    attributes: str
    owner_id: UUID | None
    partner_id: UUID | None
    merged_into: UUID | None
    merged_count: int
    created_at: datetime
    last_contact_at: datetime | None


class HandleRow(msgspec.Struct, frozen=True):
    """An address of a customer: `value` as looked up, `written` as it was given, `masked` for those who may not see."""

    handle_id: UUID
    customer_id: UUID
    kind: HandleKind
    value: str
    written: str
    masked: str
    assurance: HandleAssurance
    opted_out: bool


class ExternalIdRow(msgspec.Struct, frozen=True):
    """What another system calls a customer."""

    external_id: UUID
    customer_id: UUID
    system: str
    value: str
    url: str | None


class CaseRow(msgspec.Struct, frozen=True):
    """A case's head."""

    case_id: UUID
    version: int
    number: str
    customer_id: UUID
    subject: str | None
    preview: str | None
    status: CaseStatus
    waiting_for: WaitingFor | None
    waiting_until: datetime | None
    priority: Priority
    channels: tuple[Channel, ...]
    tags: tuple[str, ...]
    brand: str | None
    team_ref: str | None
    language: str | None
    opened_at: datetime
    last_contact_at: datetime
    due_at: datetime | None
    assignee_id: UUID | None
    held_for_id: UUID | None
    held_until: datetime | None
    unread: bool
    outcome: ResolutionOutcome | None
    cause: str | None
    resolved_at: datetime | None
    resolved_by_kind: ActorKind | None
    resolved_by_ref: str | None


class CandidateRow(msgspec.Struct, frozen=True):
    """One agent whom routing looked at. `rejected` None: the chosen one."""

    agent_id: UUID
    tier: RoutingTier | None = None
    eta: datetime | None = None
    rejected: CandidateRejection | None = None


class EntryRow(msgspec.Struct, frozen=True):
    """One entry of a timeline; the fields of a kind are None for the others.

    `stream_id` and `version` name the fact that made it. Amounts in minor units of `currency`.
    """

    entry_id: UUID
    kind: str
    customer_id: UUID
    case_id: UUID | None
    stream_id: UUID
    version: int
    occurred_at: datetime
    recorded_at: datetime
    actor_kind: ActorKind
    actor_ref: str
    text: str | None
    text_state: ContentState
    direction: Direction | None
    channel: Channel | None
    contact_kind: ContactKind | None
    class_: TriageClass | None
    account: str | None
    visibility: Visibility | None
    handle_id: UUID | None
    subject: str | None
    language: str | None
    in_reply_to: UUID | None
    edited_at: datetime | None
    delivery_status: DeliveryStatus | None
    delivery_code: str | None
    delivery_reason: str | None
    delivery_retryable: bool | None
    delivery_at: datetime | None
    gesture_kind: GestureKind | None
    gesture_status: GestureStatus | None
    amount_minor: int | None
    currency: str | None
    reason: str | None
    note: str | None
    reference: str | None
    budget_id: UUID | None
    captured: bool | None
    requested_by_kind: ActorKind | None
    requested_by_ref: str | None
    requested_at: datetime | None
    expires_at: datetime | None
    decided_by_kind: ActorKind | None
    decided_by_ref: str | None
    decided_at: datetime | None
    decline_reason: str | None
    fulfilment: str | None
    agent_id: UUID | None
    tier: RoutingTier | None
    policy_version: str | None
    candidates: str | None
    case_status: CaseStatus | None
    due_at: datetime | None
    commitment_status: CommitmentStatus | None
    team_ref: str | None
    held_until: datetime | None
    pinned: bool = False
    offered: bool = False

    def assignment_reason(self) -> AssignmentReason:
        """Why the case went where it went; only for entries of kind ASSIGNMENT."""
        return AssignmentReason(self.reason or AssignmentReason.NOBODY_AVAILABLE)

    def candidate_rows(self) -> list[CandidateRow]:
        """Who was looked at, the chosen one first where routing gave it first."""
        return msgspec.json.decode(self.candidates, type=list[CandidateRow]) if self.candidates else []

    def fulfilment_fields(self) -> FulfilmentFields | None:
        """What the payout of a gesture brought."""
        return msgspec.json.decode(self.fulfilment, type=FulfilmentFields) if self.fulfilment else None

    def reference_fields(self) -> dict[str, Any] | None:
        """What a gesture refers to: `{"kind", "value", "url"?}`."""
        return msgspec.json.decode(self.reference, type=dict[str, Any]) if self.reference else None


class FulfilmentFields(msgspec.Struct, frozen=True):
    """What the payout of a gesture brought, and when."""

    at: datetime
    provider_ref: str | None = None
    code: str | None = None
    url: str | None = None


class AgentRow(msgspec.Struct, frozen=True):
    """An agent as routing last told. Capacity and load in units of `[capacity_units]`; `roster`: JSON."""

    agent_id: UUID
    ref: str
    kind: AgentKind
    display_name: str
    email: str | None
    presence: Presence
    capacity_units: int
    load_units: int
    active: bool
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    team_ref: str | None
    on_duty_until: datetime | None
    next_duty_at: datetime | None
    roster: str | None = None


class TeamRow(msgspec.Struct, frozen=True):
    """A team."""

    team_id: UUID
    ref: str
    name: str


class StaffRow(msgspec.Struct, frozen=True):
    """Somebody who works here without being an agent."""

    ref: str
    name: str
    roles: tuple[Role, ...]


class BudgetRow(msgspec.Struct, frozen=True):
    """An account's standing in one period, in minor units of `currency`."""

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
    open: bool

    @property
    def runs_low(self) -> bool:
        """Whether so much of it is spent or held that its owner should know."""
        return (self.reserved_minor + self.spent_minor) * 100 >= self.granted_minor * LOW_FROM_PERCENT


class BrandRow(msgspec.Struct, frozen=True):
    """A brand."""

    ref: str
    name: str


class AccountRow(msgspec.Struct, frozen=True):
    """A channel account: the address by which we are reached and answer. `mode` None: nobody said what may leave."""

    account_id: UUID
    channel: Channel
    account: str
    name: str
    brand: str | None
    active: bool
    mode: AccountMode | None = None
    paused: bool = False


class RequestRow(msgspec.Struct, frozen=True):
    """Routing's answer to a request of the desk. `code` None: it was done."""

    request_id: UUID
    done: bool
    code: str | None
    message: str | None
    path: tuple[str, ...] | None


class ChangeRow(msgspec.Struct, frozen=True):
    """One fact of the case log as subscribers care for it: whose it is, and who had the case before and after it.

    Who is asked to take it counts as having it (`offered_before`). `audiences`: whom the fact concerns personally.
    `traceparent`: of the trace in which the fact was recorded.
    """

    position: int
    stream_id: UUID
    version: int
    topic: str
    traceparent: str | None
    case_id: UUID | None
    customer_id: UUID | None
    entry_id: UUID | None
    agent_before: UUID | None
    agent_after: UUID | None
    offered_before: bool
    audiences: tuple[UUID, ...]
    status_before: CaseStatus | None
    status_after: CaseStatus | None
