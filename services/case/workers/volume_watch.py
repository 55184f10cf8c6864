"""Compares what came in within the last hour with what is usual: more of a brand or a cause is a suspected incident.

Any number of these may run: an incident's id follows from what jumped and the day, and it is put on record once.
"""

from __future__ import annotations

from contracts.installation import Incidents
from contracts.stored import Record
from contracts.vocabulary import id_of
from infra import metrics
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.own_initiative import own_context
from services.case.commands.suspect_incident import SuspectIncident, suspect_incident
from services.case.domain.incident_facts import IncidentTerms
from services.case.domain.volumes import PAST_DAYS, Volume, VolumeOf, jumps
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 60.0
TITLES = {
    VolumeOf.BRAND: "{counted} new cases of {name} within an hour, {usual:.1f} are usual",
    VolumeOf.CAUSE: "{counted} cases caused by {name} within an hour, {usual:.1f} are usual",
}

_SQL = statements("services.case.workers")
logger = log("volume-watch")


class VolumeWatch:
    """The loop."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, rules: Incidents) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._rules = rules

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Count, compare, and suspect what nobody knows of yet."""
        now = self._clock.now()
        found = await self._pool.fetch(_SQL["volumes"], now, PAST_DAYS)
        volumes = [
            Volume(VolumeOf(row["what"]), row["name"], row["counted"], row["before"], row["days"]) for row in found
        ]
        for volume, jump in jumps(volumes, self._rules):
            brand, cause = (volume.name, None) if volume.of is VolumeOf.BRAND else (None, volume.name)
            if await self._pool.fetchval(_SQL["is_known_incident"], brand, cause):
                continue
            command = SuspectIncident(
                incident_id=id_of("incident", volume.of, volume.name or "", now.date().isoformat()),
                title=TITLES[volume.of].format(
                    counted=jump.counted, usual=jump.usual, name=volume.name or "all without a brand"
                ),
                terms=IncidentTerms(cause=cause, brand=brand),
                jump=jump,
            )
            done = await suspect_incident(command, own_context(self._clock, self._ids), record=self._record)
            if done.versions:
                metrics.incidents_suspected.labels(kind=volume.of.value).inc()
                logger.warning("more comes in than usual", count=jump.counted)
