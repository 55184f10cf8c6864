"""The crew as one process knows it, kept from decision to decision: only what changed since is taken over.

Everybody's load is read for every decision, so that it is made on what is committed; who somebody is (languages,
skills, roster) is read again where the version of their row is another one, or another day begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from uuid import UUID

import asyncpg
import msgspec

from contracts.duty import Roster, duty
from contracts.vocabulary import Presence
from contracts.working_time import WorkingTime
from services.routing.domain.crew import AgentView, Crew, Load

ROSTERS_COUNT_MAX = 4096
Carried = tuple[int, int, int, int | None, float | None]
"""The version of the agent's row, units, cases, the last turn and when it was, in UTC seconds."""
_PARTS = ("versions", "units", "cases", "turns", "decided")


class KeptCrew:
    """`crew`, and how often each agent in it got a case (`turns`): as of the last `take`."""

    def __init__(self) -> None:
        self.crew = Crew((), {})
        self.turns: dict[UUID, int] = {}
        self._day: date | None = None
        self._ids: Sequence[UUID] = ()
        self._carried: list[Carried] = []
        self._changed: dict[UUID, Carried] = {}
        self._pending: tuple[date | None, Sequence[UUID], list[Carried]] = (None, (), [])

    def unknown(self, found: asyncpg.Record, day: date) -> Sequence[UUID]:
        """Of whom the row has to be read before `take`. `found`: the row of `loads_of_decision`."""
        ids = found["ids"] or ()
        carried: list[Carried] = list(zip(*(found[name] or () for name in _PARTS), strict=True))
        if day == self._day and ids == self._ids:
            # Nobody came or went: by their places, which takes a tenth of the time that looking each up does.
            pairs = zip(ids, carried, self._carried, strict=True)
            self._changed = {agent_id: new for agent_id, new, old in pairs if new != old}
            unknown = [each for each, new, old in zip(ids, carried, self._carried, strict=True) if new[0] != old[0]]
        else:
            for agent_id in set(self._ids).difference(ids):
                self._leave(agent_id)
            self._changed = dict(zip(ids, carried, strict=True))
            unknown = list(ids)
        self._pending = day, ids, carried
        return unknown

    def take(self, rows: Iterable[asyncpg.Record], day: date) -> None:
        """Be as it is now. `rows`: of `agents_as_they_are`, of all that were `unknown`."""
        for row in rows:
            self.crew.put(_agent(row, day))
        for agent_id, (_, units, cases, turn, decided) in self._changed.items():
            decided_at = None if decided is None else datetime.fromtimestamp(decided, UTC)
            self.crew.carry(agent_id, Load(units, decided_at, cases))
            self.turns[agent_id] = turn or 0
        self._day, self._ids, self._carried = self._pending

    def _leave(self, agent_id: UUID) -> None:
        self.crew.leave(agent_id)
        self.turns.pop(agent_id, None)


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
