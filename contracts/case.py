"""What the case service tells: cases and who was answered in them, money asked for, what the desk asks of routing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.duty import Roster
from contracts.vocabulary import (
    AccountMode,
    BudgetPeriod,
    CaseStatus,
    Channel,
    ContactKind,
    Direction,
    ExclusionReason,
    GestureKind,
    HandleKind,
    OfferDeclineReason,
    Presence,
    Priority,
    ResolutionOutcome,
    Visibility,
    WaitingFor,
)


class CaseOpened(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contact belonged to no open case, so a new one began. `due_at`: when it is due first, by the targets agreed.

    `contact_id`, `channel` None: an agent began it, and nothing was said yet.
    """

    case_id: UUID
    number: str
    customer_id: UUID
    opened_at: datetime
    contact_id: UUID | None = None
    channel: Channel | None = None
    due_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    brand: str | None = None
    account: str | None = None
    language: str | None = None
    skills: tuple[str, ...] = ()


class ContactAttached(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contact has its place in a case. `agent_ref`: who was in touch, where an agent was."""

    case_id: UUID
    customer_id: UUID
    contact_id: UUID
    channel: Channel
    kind: ContactKind
    direction: Direction
    occurred_at: datetime
    agent_ref: str | None = None


class ContactDetached(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contact left a case for another one of the same customer."""

    case_id: UUID
    contact_id: UUID
    to_case_id: UUID


class CaseAssigned(msgspec.Struct, frozen=True, omit_defaults=True):
    """The record of routing's decision. `agent_id` None: nobody could take it."""

    case_id: UUID
    decision_id: UUID
    agent_id: UUID | None = None


class CaseTransferRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person says who is to have a case: an agent or a team; neither: whomever routing finds.

    Routing answers by a CaseRouted whose `decision_id` is the `transfer_id`. `claimed`: the agent takes it.
    """

    case_id: UUID
    transfer_id: UUID
    requested_at: datetime
    agent_id: UUID | None = None
    team_ref: str | None = None
    claimed: bool = False


class OfferAnswered(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent takes the case that was offered, or does not. `reason` None: takes it.

    Routing answers who takes it by a CaseRouted whose `decision_id` is the `answer_id`, or by a RequestRefused of it.
    """

    case_id: UUID
    offer_id: UUID
    answer_id: UUID
    agent_id: UUID
    answered_at: datetime
    reason: OfferDeclineReason | None = None


class CustomerMerged(msgspec.Struct, frozen=True, omit_defaults=True):
    """The source turned out to be the target, and is shown as it from now on. Its cases and contacts stay its own."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID
    at: datetime


class CustomerUnmerged(msgspec.Struct, frozen=True, omit_defaults=True):
    """The source is not the target after all."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID
    at: datetime


class CaseStatusChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """A case waits, is resolved, or is open again. Routing counts only cases where we are to move."""

    case_id: UUID
    customer_id: UUID
    status: CaseStatus
    at: datetime
    waiting_for: WaitingFor | None = None
    outcome: ResolutionOutcome | None = None
    reopened: bool = False


class ReplyRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent's answer is to leave by one channel account. Sealed: `ReplyContent` under the customer's key.

    `contact_id` names the reply from here on; `in_reply_to` is the contact it answers, as channels named it: where the
    channel is to show which, and always where others read along. `visibility`: who may read it.
    """

    case_id: UUID
    customer_id: UUID
    contact_id: UUID
    channel: Channel
    account: str
    handle_kind: HandleKind
    requested_at: datetime
    agent_ref: str | None = None
    in_reply_to: UUID | None = None
    visibility: Visibility = Visibility.PRIVATE


class GestureRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent gives the customer something: routing is to hold the money. Amounts in minor units."""

    gesture_id: UUID
    case_id: UUID
    customer_id: UUID
    agent_ref: str
    kind: GestureKind
    amount_minor: int
    currency: str
    reason: str
    requested_at: datetime


class GestureApproved(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another person said yes: routing is to hold the money on the team account of the asking agent.

    `first_approver_ref`: who said so before, where two have to.
    """

    gesture_id: UUID
    case_id: UUID
    approval_id: UUID
    agent_ref: str
    approver_ref: str
    amount_minor: int
    currency: str
    approved_at: datetime
    kind: GestureKind | None = None
    first_approver_ref: str | None = None


class GestureGiven(msgspec.Struct, frozen=True, omit_defaults=True):
    """The gesture is on record as given: routing captures its hold."""

    gesture_id: UUID
    case_id: UUID
    hold_id: UUID
    given_at: datetime


class GestureReversed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money that was paid out came back: routing returns it to the account it came from."""

    gesture_id: UUID
    case_id: UUID
    reversal_id: UUID
    amount_minor: int
    at: datetime


class GestureDropped(msgspec.Struct, frozen=True, omit_defaults=True):
    """The gesture will not be given (declined, expired, payout refused): routing releases what it holds for it."""

    gesture_id: UUID
    case_id: UUID
    reason: str
    at: datetime
    hold_id: UUID | None = None


class PresenceRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent says to be here or away. `hand_over`: and does not come back to the open cases, which go to others."""

    request_id: UUID
    agent_ref: str
    presence: Presence
    at: datetime
    until: datetime | None = None
    hand_over: bool = False


class AgentRosterRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lead says when an agent works. `roster` None: no roster says, presence alone does."""

    request_id: UUID
    agent_ref: str
    requested_by: str
    at: datetime
    roster: Roster | None = None


class AccountUpdateRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody says what may leave by a channel account. What is None stays as it is."""

    request_id: UUID
    account_id: UUID
    requested_by: str
    at: datetime
    mode: AccountMode | None = None
    paused: bool | None = None


class AgentExclusionChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent is not to handle a customer any more, or (`excluded` False) is again."""

    customer_id: UUID
    agent_id: UUID
    excluded: bool
    reason: ExclusionReason
    changed_at: datetime


class BudgetGrant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A budget as it is to be: per period, in minor units. `item_limit_minor` None: the whole grant."""

    amount_minor: int
    currency: str
    period: BudgetPeriod
    item_limit_minor: int | None = None


class AgentUpsertRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lead sets up or changes an agent. A field that is None stays as it is."""

    request_id: UUID
    ref: str
    display_name: str
    requested_by: str
    at: datetime
    email: str | None = None
    languages: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None
    capacity_units: int | None = None
    budgets: tuple[BudgetGrant, ...] | None = None


class ContentRedacted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stood in an entry is withheld: channels is to withhold what it has of it, and to say so.

    `entry_id`: of a contact or a reply as channels named it, or of something that channels never saw.
    """

    redaction_id: UUID
    case_id: UUID
    entry_id: UUID


class ContentExpired(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said was kept long enough: channels is to withhold what it has of these contacts, and to say so.

    `case_id` None: it is no case's contents but a mention, whose id `redaction_id` is.
    """

    redaction_id: UUID
    case_id: UUID | None
    contact_ids: tuple[UUID, ...]


class SubjectErased(msgspec.Struct, frozen=True, omit_defaults=True):
    """A customer is erased: channels is to forget these contacts, a part of the customer's, and to say so."""

    request_id: UUID
    part: int
    customer_id: UUID
    contact_ids: tuple[UUID, ...]
