"""The part of `Maker` about what leads look after: incidents, rosters, who is kept from whom, too much work."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts import duty
from contracts.rosters import DAYS
from services.case.domain.permissions import Permission
from services.case.graphql import ids, mapping
from services.case.graphql.enums import Weekday
from services.case.graphql.ids import IdType
from services.case.graphql.reviewing import Reviewing
from services.case.graphql.scalars import Instant, TimeZone
from services.case.queries import incidents as queries
from services.case.queries.incidents import IncidentRow

if TYPE_CHECKING:
    from services.case.graphql.types.incidents import Incident
    from services.case.graphql.types.leading import CapacityAlarm, Roster
    from services.case.graphql.types.people import Agent
    from services.case.queries.rows import AgentRow, CustomerRow

HOUR_S = 3600.0


class Leading(Reviewing):
    """What the fields of `types.leading` and `types.incidents` ask for."""

    async def incident_by_id(self, incident_id: UUID | None) -> Incident | None:
        """The incident, or None."""
        row = None if incident_id is None else await self.loaders.incidents.load(incident_id)
        return None if row is None else incident(row)

    async def incident_of_case(self, case_id: UUID) -> Incident | None:
        """The incident to which a case belongs, or None."""
        return await self.incident_by_id(await self.loaders.incident_of.load(case_id))

    async def excluded_of(self, row: CustomerRow) -> list[Agent]:
        """Who is not to handle a customer, as whoever they are shown."""
        found = [await self.loaders.excluded.load(member) or [] for member in await self.shown_members(row)]
        rows = [await self.loaders.agents.load(each) for each in dict.fromkeys(chain(*found))]
        return [mapping.agent(each) for each in rows if each is not None]

    def roster_of(self, row: AgentRow) -> Roster | None:
        """When an agent works; for those who lead and for the agent."""
        own = row.ref == self.principal.subject
        if row.roster is None or not (own or self.principal.may(Permission.READ_ROSTERS)):
            return None
        return roster(msgspec.json.decode(row.roster, type=duty.Roster))

    async def capacity(self) -> CapacityAlarm | None:
        """Whether there is too much; None: there never was."""
        from services.case.graphql.types.leading import CapacityAlarm  # noqa: PLC0415  (its module asks this one's kind)

        row = await queries.capacity(self.database)
        if row is None:
            return None
        return CapacityAlarm(
            short=row.short_since is not None,
            since=mapping.at(row.short_since),
            offered_load=row.offered_load,
            cases=row.cases,
            rostered_hours=row.rostered_s / HOUR_S,
        )


def incident(row: IncidentRow) -> Incident:
    """An incident."""
    from services.case.graphql.types.incidents import Incident  # noqa: PLC0415  (its fields ask this one's kind)

    return Incident(
        id=ids.encode(IdType.INCIDENT, row.incident_id),
        version=row.version,
        state=row.state,
        title=row.title or "",
        answer=row.answer,
        cause=row.cause,
        priority=row.priority,
        counted=row.counted,
        usual=row.usual,
        begun_at=Instant(row.begun_at),
        occurred_at=mapping.at(row.occurred_at),
        closed_at=mapping.at(row.closed_at),
        row=row,
    )


def roster(known: duty.Roster) -> Roster:
    """A roster as people write it."""
    from services.case.graphql.types import leading as types  # noqa: PLC0415  (its module asks this one's kind)

    return types.Roster(
        time_zone=TimeZone(known.zone),
        holidays=known.holidays,
        shifts=[
            types.Shift(
                days=[Weekday(DAYS[day]) for day in shift.days],
                start=_clock(shift.start_min),
                until=_clock(shift.end_min),
                breaks=[types.Break(start=_clock(each.start_min), until=_clock(each.end_min)) for each in shift.breaks],
            )
            for shift in known.shifts
        ],
        leave=[types.Leave(first=each.first.isoformat(), last=each.last.isoformat()) for each in known.leave],
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
