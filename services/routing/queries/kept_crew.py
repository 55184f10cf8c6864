"""The crew as one process knows it, kept from decision to decision: only what was committed since is taken over.

Every row says which transaction wrote it, and every reading of what moment it is; so a decision is made on all that is
committed when it begins, whoever wrote it, at the price of what is new. What this process has decided and is storing
meanwhile is counted with, too, so that decisions need not wait for each other's commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

import asyncpg
import msgspec

from contracts.duty import Roster, duty
from contracts.vocabulary import Presence
from contracts.working_time import WorkingTime
from services.routing.domain.crew import AgentView, Crew
from services.routing.queries.kept_loads import Carried, KeptLoads

ROSTERS_COUNT_MAX = 4096


class KeptCrew:
    """`crew`, and how often each agent in it got a case (`turns`): as it was shown last.

    `moment`: what `situation` is asked with; None: nothing is known yet.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.crew = Crew((), {})
        self.moment: str | None = None
        self._tables: str | None = None
        self._loads = KeptLoads()
        self._expected: dict[UUID, Carried | None] = {}
        self._cards: dict[UUID, asyncpg.Record] = {}
        self._new: dict[UUID, asyncpg.Record] = {}
        self._gone: set[UUID] = set()
        self._shown: set[UUID] = set()
        self._day: date | None = None

    @property
    def turns(self) -> dict[UUID, int]:
        """How many cases each agent ever got."""
        return self._loads.turns

    def fits(self, found: Sequence[asyncpg.Record]) -> bool:
        """Whether what was found since then is of the tables that are known: a rebuild puts others in their place."""
        return bool(found) and bool(found[0]["tables"] == self._tables)

    def begin(self, found: Sequence[asyncpg.Record]) -> None:
        """Know nothing but what is yet to be learnt: all there is."""
        self._forget()
        self._tables = found[0]["tables"]

    def learn(self, found: Sequence[asyncpg.Record], agents: Iterable[asyncpg.Record]) -> None:
        """Take over what was read. `crew` is as it was until it is shown again.

        `found`: rows of `crew_as_it_is`, or those of `situation` that are like them; `agents`: of `agents_as_they_are`,
        of all agents among them.
        """
        self._new |= {row["agent_id"]: row for row in agents}
        loads = self._loads
        for row in found:
            if row["what"] == "case":
                carriers = row["agent_id"], row["second_id"], row["held_for"]
                units = row["number"]
                self._expected.pop(row["subject_id"], None)
                loads.put(row["subject_id"], None if units is None or not any(carriers) else Carried(units, *carriers))
            elif row["what"] == "turn":
                loads.turn(row["agent_id"], row["number"], row["at"])
        self.moment = found[0]["moment"]

    def expect(self, case_id: UUID, carried: Carried | None, turn: tuple[UUID, int, datetime] | None) -> None:
        """Count with a decision that is not stored yet. `turn`: who got the case, as which one, and when."""
        self._expected.setdefault(case_id, self._loads.carried(case_id))
        self._loads.put(case_id, carried)
        if turn is not None:
            self._loads.turn(*turn)

    def settle(self, case_id: UUID, *, stored: bool) -> None:
        """What was expected of the case is stored, or it is as it was; a turn that nobody took is left out for good."""
        if case_id in self._expected:
            before = self._expected.pop(case_id)
            if not stored:
                self._loads.put(case_id, before)

    def show(self, day: date, *, case_id: UUID, known: Iterable[UUID]) -> None:
        """Be as all is that was learnt and is expected, for a decision on that case.

        `known`: who is shown though no longer with us. The case itself is nothing that its agent has yet to do.
        """
        self._hide()
        self._seat(day)
        self._carry()
        for agent_id in self._gone.intersection(known):
            self._shown.add(agent_id)
            self.crew.put(_agent(self._cards[agent_id], day), self._loads.of(agent_id))
        waited_for = self._loads.waited_for(case_id)
        if waited_for is not None and self.crew.seat(waited_for) is not None:
            self._loads.changed.add(waited_for)
            self.crew.carry(waited_for, self._loads.of(waited_for, but_count=1))

    def _hide(self) -> None:
        for agent_id in self._shown:
            self.crew.leave(agent_id)
        self._shown.clear()

    def _seat(self, day: date) -> None:
        new, self._new = self._new, {}
        self._cards |= new
        if day != self._day:  # a roster gives another working time each day
            new, self._day = self._cards, day
        for agent_id, row in new.items():
            if row["active"]:
                self._gone.discard(agent_id)
                self.crew.put(_agent(row, day), self._loads.of(agent_id))
            else:
                self._gone.add(agent_id)
                self.crew.leave(agent_id)

    def _carry(self) -> None:
        loads = self._loads
        for agent_id in loads.changed:
            if self.crew.seat(agent_id) is not None:
                self.crew.carry(agent_id, loads.of(agent_id))
        loads.changed.clear()


def _agent(row: asyncpg.Record, day: date) -> AgentView:
    since, roster = row["present_since"], row["roster"]
    return AgentView(
        agent_id=row["agent_id"],
        presence=Presence(row["presence"]),
        active=row["active"],
        capacity_units=row["capacity_units"],
        languages=frozenset(row["languages"]),
        skills=frozenset(row["skills"]),
        team_ref=row["team_ref"],
        since=None if since is None else since.timestamp(),
        duty=None if roster is None else _duty(roster, day),
        hands_over=row["hands_over"],
    )


@lru_cache(maxsize=ROSTERS_COUNT_MAX)
def _duty(written: str, day: date) -> WorkingTime:
    return duty(msgspec.json.decode(written, type=Roster), day)
