"""An agent as routing knows one: what they can, how much they carry, what they may spend, whether they are there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from contracts.duty import Roster, duty
from contracts.stored import Stream
from contracts.vocabulary import AgentKind, BudgetOwnerKind, Presence, Refusal, RefusalCode, id_of
from services.routing.domain.agent_facts import (
    AgentCard,
    AgentDeactivated,
    AgentEnrolled,
    AgentRevised,
    AttentionNoted,
    DutyTurned,
    PresenceSet,
)
from services.routing.domain.grant import Grant, Owner, checked_grants

REF_LENGTH_MAX = 100
NAME_LENGTH_MAX = 200
WORDS_COUNT_MAX = 50
WORD_LENGTH_MAX = 100
CAPACITY_UNITS_MAX = 100_000
CAPACITY_UNITS_DEFAULT = 20


class AgentChange(msgspec.Struct, frozen=True):
    """What is to be set of an agent. None: stays as it is.

    `email`, `team_ref`, `roster`: UNSET stays, None takes it away.
    """

    display_name: str | None = None
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    team_ref: str | msgspec.UnsetType | None = msgspec.UNSET
    roster: Roster | msgspec.UnsetType | None = msgspec.UNSET
    languages: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None
    capacity_units: int | None = None
    grants: tuple[Grant, ...] | None = None
    kind: AgentKind | None = None


def agent_id(ref: str) -> UUID:
    """The id of the agent of that ref."""
    return id_of("agent", ref)


class Agent(Stream):
    """A person or bot who takes cases. Never deleted: one who left is inactive."""

    TOPIC: ClassVar[str] = "routing.agent"

    class Created(Stream.Created):
        """Never raised: it begins with AgentEnrolled."""

        TOPIC: ClassVar[str] = "routing.agent.created.never"

    def __init__(self, card: AgentCard) -> None:
        self.card = card

    @property
    def owner(self) -> Owner:
        """The agent as the owner of budgets."""
        return Owner(kind=BudgetOwnerKind.AGENT, ref=self.card.ref)

    @classmethod
    def enrol(cls, *, ref: str, change: AgentChange, at: datetime, request_id: UUID | None = None) -> Agent:
        """Take in somebody new; presence is OFFLINE until set.

        Raises:
            Refusal: INVALID_INPUT naming the field.
        """
        if not 0 < len(ref) <= REF_LENGTH_MAX or not ref.isprintable() or " " in ref:
            raise Refusal(RefusalCode.INVALID_INPUT, f"a ref has 1 to {REF_LENGTH_MAX} characters, no space", "ref")
        blank = AgentCard(ref=ref, display_name=ref, kind=AgentKind.PERSON, capacity_units=CAPACITY_UNITS_DEFAULT)
        card = _changed(blank, change)
        return cls._create(AgentEnrolled, id=agent_id(ref), timestamp=at, card=card, request_id=request_id)

    def revise(self, *, change: AgentChange, at: datetime, request_id: UUID | None = None) -> None:
        """Set what the change names; somebody who had left is back. An answer to the desk is always recorded.

        Raises:
            Refusal: INVALID_INPUT naming the field.
        """
        card = msgspec.structs.replace(_changed(self.card, change), active=True)
        if card.roster != self.card.roster:
            until, begins = _duty_of(card.roster, at)
            card = msgspec.structs.replace(card, on_duty_until=until, next_duty_at=begins)
        if card != self.card or request_id is not None:
            self.trigger_event(AgentRevised, timestamp=at, card=card, request_id=request_id)

    def set_roster(self, *, roster: Roster | None, at: datetime, request_id: UUID) -> None:
        """Work by another roster from now on; None: by none.

        Raises:
            Refusal: NOT_FOUND for somebody who left us.
        """
        if not self.card.active:
            raise Refusal(RefusalCode.NOT_FOUND, "no such agent is with us", "agentId")
        self.revise(change=AgentChange(roster=roster), at=at, request_id=request_id)

    def set_presence(
        self,
        *,
        presence: Presence,
        until: datetime | None,
        at: datetime,
        request_id: UUID | None = None,
        hand_over: bool = False,
    ) -> None:
        """Come, go away or leave; `until`: then OFFLINE by itself. `hand_over`: the open cases go to others.

        Raises:
            Refusal: NOT_FOUND for somebody who left us; INVALID_INPUT where `until` is over already, or somebody is to
                be here and hand over.
        """
        if hand_over and presence is Presence.ONLINE:
            raise Refusal(RefusalCode.INVALID_INPUT, "who is here keeps the open cases", "handOver")
        if not self.card.active:
            raise Refusal(RefusalCode.NOT_FOUND, "no such agent is with us")
        if until is not None and until <= at:
            raise Refusal(RefusalCode.INVALID_INPUT, "that time is over", "until")
        until = None if presence is Presence.OFFLINE else until
        since = self.card.present_since if presence is self.card.presence else at
        card = msgspec.structs.replace(
            self.card,
            presence=presence,
            present_since=since,
            present_until=until,
            missed_offers=0,
            hands_over=hand_over or (self.card.hands_over and presence is not Presence.ONLINE),
        )
        if card != self.card or request_id is not None:
            self.trigger_event(PresenceSet, timestamp=at, card=card, request_id=request_id)

    def end_presence(self, *, at: datetime) -> None:
        """Go OFFLINE once the time of the presence is over; before that nothing."""
        if self.card.present_until is not None and self.card.present_until <= at:
            ended = {"presence": Presence.OFFLINE, "present_since": self.card.present_until, "present_until": None}
            card = msgspec.structs.replace(self.card, **ended)
            self.trigger_event(PresenceSet, timestamp=at, card=card, request_id=None)

    def turn_duty(self, *, at: datetime) -> None:
        """Note until when the agent is on duty, or from when; the same again: nothing."""
        until, begins = _duty_of(self.card.roster, at)
        if (until, begins) != (self.card.on_duty_until, self.card.next_duty_at):
            card = msgspec.structs.replace(self.card, on_duty_until=until, next_duty_at=begins)
            self.trigger_event(DutyTurned, timestamp=at, card=card)

    def miss_offer(self, *, missed_max: int, at: datetime) -> None:
        """Note an offer left unanswered; the last of `missed_max` in a row shows that the agent is away."""
        missed = self.card.missed_offers + 1
        card = msgspec.structs.replace(self.card, missed_offers=missed)
        if missed >= missed_max and self.card.presence is Presence.ONLINE:
            away = {"presence": Presence.AWAY, "present_since": at, "present_until": None, "missed_offers": 0}
            card = msgspec.structs.replace(self.card, **away)
        self.trigger_event(AttentionNoted, timestamp=at, card=card)

    def answer_offer(self, *, at: datetime) -> None:
        """Note that the agent answers again; nothing where none was missed."""
        if self.card.missed_offers:
            card = msgspec.structs.replace(self.card, missed_offers=0)
            self.trigger_event(AttentionNoted, timestamp=at, card=card)

    def deactivate(self, *, at: datetime) -> None:
        """Note that the agent is no longer with us."""
        if self.card.active:
            gone = {
                "active": False,
                "presence": Presence.OFFLINE,
                "present_since": None,
                "present_until": None,
                "grants": (),
                "roster": None,
                "on_duty_until": None,
                "next_duty_at": None,
            }
            self.trigger_event(AgentDeactivated, timestamp=at, card=msgspec.structs.replace(self.card, **gone))


def _duty_of(roster: Roster | None, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Until when somebody with that roster is on duty, or else from when."""
    if roster is None:
        return None, None
    worked, now = duty(roster, at.date()), at.timestamp()
    span = worked.span_at(now)
    if span is not None:
        return datetime.fromtimestamp(span[1], UTC), None
    start = worked.next_start(now)
    return None, None if start is None else datetime.fromtimestamp(start, UTC)


def _changed(card: AgentCard, change: AgentChange) -> AgentCard:
    fields: dict[str, Any] = {
        name: value
        for name, value in msgspec.structs.asdict(change).items()
        if value is not msgspec.UNSET and (value is not None or name in ("email", "team_ref", "roster"))
    }
    name = fields.get("display_name", card.display_name)
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"a name has 1 to {NAME_LENGTH_MAX} characters", "displayName")
    if not 0 <= fields.get("capacity_units", 0) <= CAPACITY_UNITS_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"capacity is 0 to {CAPACITY_UNITS_MAX} units", "capacityUnits")
    for field in ("languages", "skills"):
        words = fields.get(field, ())
        if len(words) > WORDS_COUNT_MAX or not all(0 < len(word) <= WORD_LENGTH_MAX for word in words):
            raise Refusal(RefusalCode.INVALID_INPUT, f"at most {WORDS_COUNT_MAX} {field}, none of them blank", field)
    if "grants" in fields:
        fields["grants"] = checked_grants(fields["grants"])
    return msgspec.structs.replace(card, **fields)
