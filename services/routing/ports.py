"""What routing needs of the outside: its record, and views of what the record says, asked for at decision time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from contracts.stored import Record as Record  # noqa: PLC0414  (the port of every command)
from services.routing.domain.crew import Crew
from services.routing.domain.grant import Grant, Owner
from services.routing.domain.kin import Kin
from services.routing.domain.load import Load
from services.routing.domain.targets import Rules
from services.routing.domain.tiers import CaseRequest, Ownership


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        ...


class Ids(Protocol):
    """New ids."""

    def new(self) -> UUID:
        """An id that no one has."""
        ...


class Situation(msgspec.Struct, frozen=True):
    """All that a decision looks at. `turns`: how many cases each agent ever got; a claim is good for one turn only.

    `excluded`: who is not to handle the customer.
    """

    crew: Crew
    ownership: Ownership
    turns: Mapping[UUID, int]
    excluded: frozenset[UUID] = frozenset()


class Floor(Protocol):
    """Who is there, what they carry, who knows whom: as committed, this process' own writes included."""

    @property
    def rules(self) -> Rules:
        """What decisions go by besides people."""
        ...

    async def situation(self, request: CaseRequest, now: datetime) -> Situation:
        """What a decision on this case looks at at that moment."""
        ...

    async def kin(self, customer_id: UUID) -> Kin:
        """The customer and all who are shown as the same one, with who owns them."""
        ...

    async def kin_below(self, customer_id: UUID) -> Kin:
        """The customer and all who are shown as it, whoever it is shown as itself."""
        ...

    async def cases_with(self, customer_id: UUID, agent_id: UUID) -> Sequence[UUID]:
        """Unsettled cases of the customer, as whoever they are shown, that the agent has or is asked to take."""
        ...

    async def has_room(self) -> bool:
        """Whether anybody is there with capacity left, so that a look at the waiting cases is worth it."""
        ...

    async def undecided(
        self, after: tuple[datetime, UUID] | None, count_max: int, *, now: datetime, left_only: bool
    ) -> Sequence[tuple[datetime, UUID]]:
        """Cases where we are to move and nobody is at it, oldest first, from behind `after`: (opened, case id).

        Those that are held for somebody only once the time is over, or when that one is there or left us; those that
        are offered only once the offer is over, or when who is asked went away; those that somebody has who went away
        a while ago. `left_only`: of those, offers that are over and what somebody has who is no longer with us.
        """
        ...

    async def next_offer_end(self) -> datetime | None:
        """When the next offer ends."""
        ...


class Purse(Protocol):
    """Budgets across owners: who should have an account now, whose period is over, what is held for too long."""

    async def granted(self, after: tuple[str, str, str] | None, count_max: int) -> Sequence[tuple[Owner, Grant]]:
        """Standing grants by (owner kind, ref, currency), from behind `after`."""
        ...

    async def known_accounts(self, account_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the accounts that were opened."""
        ...

    async def overdue_accounts(self, now: datetime, count_max: int) -> Sequence[UUID]:
        """Accounts still open whose period is over."""
        ...

    async def overdue_holds(self, now: datetime, count_max: int) -> Sequence[UUID]:
        """Gestures for which money is still held whose time is over."""
        ...


class Attendance(Protocol):
    """Presences that end by themselves, duties that begin and end."""

    async def overdue_presences(self, now: datetime, count_max: int) -> Sequence[str]:
        """Refs of agents whose presence is over."""
        ...

    async def overdue_duties(self, now: datetime, count_max: int) -> Sequence[str]:
        """Refs of agents whose duty began or ended since that was noted last, or has never been noted."""
        ...

    async def next_turn(self, now: datetime) -> datetime | None:
        """When the next duty begins or ends after that."""
        ...

    async def next_end(self) -> datetime | None:
        """When the next presence ends."""
        ...


class Workload(Protocol):
    """What comes in, and who is there for it."""

    async def load(self, now: datetime) -> Load:
        """Of the window that ends now."""
        ...
