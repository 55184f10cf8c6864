"""A request of the desk to routing or channels: one fact long, kept because who asked for what is on record."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from contracts.duty import Roster
from contracts.stored import Stream
from contracts.vocabulary import AccountMode, HandleKind, Presence, Refusal, RefusalCode
from services.case.domain.desk_request_facts import (
    AccountUpdateRequested,
    AgentRosterRequested,
    AgentUpsertRequested,
    AgentWish,
    PresenceRequested,
)
from services.case.domain.handles import checked
from services.case.domain.money import is_currency
from services.case.domain.texts import NAME_LENGTH_MAX

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+:~-]{0,99}")
"""As the configuration file has it: `contracts.installation.Ref`."""
WORDS_MAX = 50
"""Languages or skills of one agent."""
BUDGETS_MAX = 20
CAPACITY_UNITS_MAX = 10_000


class DeskRequest(Stream):
    """What was asked; the answer is the other service's."""

    TOPIC = "desk-request"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "desk-request.created.never"

    def __init__(self) -> None:
        """Hold nothing: a request is its first fact."""

    @classmethod
    def for_presence(
        cls,
        *,
        request_id: UUID,
        agent_ref: str,
        presence: Presence,
        until: datetime | None,
        hand_over: bool = False,
        at: datetime,
    ) -> DeskRequest:
        """Ask to be here, away or gone."""
        return cls._create(
            PresenceRequested,
            id=request_id,
            timestamp=at,
            agent_ref=agent_ref,
            presence=presence,
            until=until,
            hand_over=hand_over,
        )

    @classmethod
    def for_roster(
        cls, *, request_id: UUID, agent_ref: str, roster: Roster | None, requested_by: str, at: datetime
    ) -> DeskRequest:
        """Ask for an agent to work by another roster."""
        return cls._create(
            AgentRosterRequested,
            id=request_id,
            timestamp=at,
            agent_ref=agent_ref,
            roster=roster,
            requested_by=requested_by,
        )

    @classmethod
    def for_account(
        cls,
        *,
        request_id: UUID,
        account_id: UUID,
        mode: AccountMode | None,
        paused: bool | None,
        requested_by: str,
        at: datetime,
    ) -> DeskRequest:
        """Ask for something else to leave by a channel account than does now."""
        return cls._create(
            AccountUpdateRequested,
            id=request_id,
            timestamp=at,
            account_id=account_id,
            mode=mode,
            paused=paused,
            requested_by=requested_by,
        )

    @classmethod
    def for_agent(cls, *, request_id: UUID, agent: AgentWish, requested_by: str, at: datetime) -> DeskRequest:
        """Ask to set up or change an agent."""
        return cls._create(AgentUpsertRequested, id=request_id, timestamp=at, agent=agent, requested_by=requested_by)


def check_agent(agent: AgentWish) -> None:
    """Let pass what can be an agent.

    Raises:
        Refusal: INVALID_INPUT naming the field.
    """
    if not _REF.fullmatch(agent.ref):
        raise Refusal(RefusalCode.INVALID_INPUT, "letters, figures and . _ @ + : ~ - only", "ref")
    if not agent.display_name.strip() or len(agent.display_name) > NAME_LENGTH_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, "must not be empty", "displayName")
    if agent.email is not None:
        checked(HandleKind.EMAIL, agent.email, "ZZ", "email")
    for path, words in (("languages", agent.languages), ("skills", agent.skills)):
        if words is not None and (len(words) > WORDS_MAX or not all(word.strip() for word in words)):
            raise Refusal(RefusalCode.INVALID_INPUT, "empty words, or too many", path)
    if agent.capacity_units is not None and not 0 <= agent.capacity_units <= CAPACITY_UNITS_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"0 to {CAPACITY_UNITS_MAX}", "capacityUnits")
    _check_budgets(agent)


def _check_budgets(agent: AgentWish) -> None:
    budgets = agent.budgets or ()
    if len(budgets) > BUDGETS_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {BUDGETS_MAX}", "budgets")
    for place, grant in enumerate(budgets):
        path = ("budgets", str(place))
        if not is_currency(grant.currency):
            raise Refusal(RefusalCode.INVALID_INPUT, "no such currency", *path, "currencyCode")
        if grant.amount_minor < 0:
            raise Refusal(RefusalCode.INVALID_INPUT, "must not be below zero", *path, "amount")
        if grant.item_limit_minor is not None and not 0 <= grant.item_limit_minor <= grant.amount_minor:
            raise Refusal(RefusalCode.INVALID_INPUT, "zero up to the grant", *path, "itemLimit")
    if len({grant.currency for grant in budgets}) < len(budgets):
        raise Refusal(RefusalCode.INVALID_INPUT, "one budget per currency: which one would pay?", "budgets")
