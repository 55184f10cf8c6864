"""What the desk asks of routing and of channels.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.duty import Roster
from contracts.stored import FirstFact
from contracts.vocabulary import AccountMode, BudgetPeriod, Presence


class GrantWish(msgspec.Struct, frozen=True, omit_defaults=True):
    """A budget as it is to be: per period, in minor units. `item_limit_minor` None: the whole grant."""

    amount_minor: int
    currency: str
    period: BudgetPeriod
    item_limit_minor: int | None = None


class AgentWish(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent as a lead wants it. A field that is None stays as it is."""

    ref: str
    display_name: str
    email: str | None = None
    languages: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None
    capacity_units: int | None = None
    budgets: tuple[GrantWish, ...] | None = None


class AgentRosterRequested(FirstFact):
    """A lead says when an agent works; `roster` None: no roster says, presence alone does."""

    TOPIC = "desk-request.agent-roster-requested.v1"
    agent_ref: str
    roster: Roster | None
    requested_by: str


class PresenceRequested(FirstFact):
    """Somebody is here, away or gone, until a time or until it is changed. `hand_over`: the open cases go to others."""

    TOPIC = "desk-request.presence-requested.v1"
    agent_ref: str
    presence: Presence
    until: datetime | None
    hand_over: bool


class AgentUpsertRequested(FirstFact):
    """A lead sets up or changes an agent."""

    TOPIC = "desk-request.agent-upsert-requested.v1"
    agent: AgentWish
    requested_by: str


class AccountUpdateRequested(FirstFact):
    """Somebody says what may leave by a channel account. What is None stays as it is."""

    TOPIC = "desk-request.account-update-requested.v1"
    account_id: UUID
    mode: AccountMode | None
    paused: bool | None
    requested_by: str
