"""Who carries what, by the cases: kept from decision to decision, one case taken over at a time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.routing.domain.crew import NO_LOAD, Load


class Carried(NamedTuple):
    """A case that weighs, and who carries it: has it, is asked to take it, or is waited for."""

    units: int
    agent_id: UUID | None
    offered_to: UUID | None
    held_for: UUID | None


class KeptLoads:
    """`turns`: how many cases each agent ever got. `changed`: whose load is another one since it was emptied last."""

    def __init__(self) -> None:
        self.turns: dict[UUID, int] = {}
        self.changed: set[UUID] = set()
        self._cases: dict[UUID, Carried] = {}
        self._units: Counter[UUID] = Counter()
        self._counts: Counter[UUID] = Counter()
        self._given_at: dict[UUID, datetime] = {}

    def put(self, case_id: UUID, carried: Carried | None) -> None:
        """Take over what a case is now. None: it weighs no longer, or nobody carries it."""
        old = self._cases.pop(case_id, None)
        if old is not None:
            self._add(old, -1)
        if carried is not None:
            self._cases[case_id] = carried
            self._add(carried, 1)

    def turn(self, agent_id: UUID, turn: int, given_at: datetime) -> None:
        """The agent got one more case; what is older than what is known is nothing new."""
        if turn > self.turns.get(agent_id, 0):
            self.turns[agent_id] = turn
            self._given_at[agent_id] = given_at
            self.changed.add(agent_id)

    def carried(self, case_id: UUID) -> Carried | None:
        """What a case is; None: it does not weigh, or nobody carries it."""
        return self._cases.get(case_id)

    def waited_for(self, case_id: UUID) -> UUID | None:
        """For whom the case waits."""
        carried = self._cases.get(case_id)
        return None if carried is None else carried.held_for

    def of(self, agent_id: UUID, *, but_count: int = 0) -> Load:
        """What the agent carries. `but_count`: so many cases that wait for the agent are left out."""
        given_at, count = self._given_at.get(agent_id), self._counts[agent_id] - but_count
        if given_at is None and not count:
            return NO_LOAD
        return Load(self._units[agent_id], given_at, count)

    def _add(self, carried: Carried, sign: int) -> None:
        for agent_id in (carried.agent_id, carried.offered_to):
            if agent_id is not None:
                self._units[agent_id] += sign * carried.units
        for agent_id in carried[1:]:
            if agent_id is not None:
                self._counts[agent_id] += sign
                self.changed.add(agent_id)
