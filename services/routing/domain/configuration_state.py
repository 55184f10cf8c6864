"""What of the configuration file has been applied, so that only what changed in it is set the next time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

import msgspec

from contracts.duty import Roster
from contracts.stored import Fact, FirstFact, Stream
from contracts.vocabulary import AgentKind, id_of
from services.routing.domain.calendar import Calendar, ZoneChange
from services.routing.domain.grant import Grant

if TYPE_CHECKING:
    from uuid import UUID


class FiledAgent(msgspec.Struct, frozen=True):
    """An agent as the file says."""

    ref: str
    display_name: str
    capacity_units: int
    email: str | None = None
    team_ref: str | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    roster: Roster | None = None
    kind: AgentKind = AgentKind.PERSON


class FiledTeam(msgspec.Struct, frozen=True):
    """A team as the file says."""

    ref: str
    name: str
    grants: tuple[Grant, ...] = ()


class Filed(msgspec.Struct, frozen=True):
    """Agents and teams of one file, by ref. `digest`: of the whole file."""

    digest: str
    agents: dict[str, FiledAgent] = {}
    teams: dict[str, FiledTeam] = {}


class ConfigurationBegun(FirstFact):
    """The service started for the first time; nothing was filed yet."""

    TOPIC: ClassVar[str] = "routing.configuration-begun.v1"


class FileApplied(Fact):
    """Agents, teams and budgets are as this file says, as far as it changed; kept to compare the next one with."""

    TOPIC: ClassVar[str] = "routing.file-applied.v1"
    filed: Filed

    def apply(self, aggregate: ConfigurationState) -> None:
        """Remember the file."""
        aggregate.filed = self.filed


class TimeZoneSet(Fact):
    """The file names this time zone from now on; the first one counts for all time before, too."""

    TOPIC: ClassVar[str] = "routing.time-zone-set.v1"
    zone: str

    def apply(self, aggregate: ConfigurationState) -> None:
        """Remember it, and since when."""
        aggregate.zones = (*aggregate.zones, ZoneChange(self.zone, self.timestamp))


class ConfigurationState(Stream):
    """The one stream of what was applied."""

    TOPIC: ClassVar[str] = "routing.configuration"

    class Created(Stream.Created):
        """Never raised: it begins with ConfigurationBegun."""

        TOPIC: ClassVar[str] = "routing.configuration.created.never"

    def __init__(self) -> None:
        self.filed = Filed(digest="")
        self.zones: tuple[ZoneChange, ...] = ()

    @property
    def calendar(self) -> Calendar | None:
        """By which clocks periods are counted; None: no time zone was set yet."""
        if not self.zones:
            return None
        first, *later = self.zones
        return Calendar(ZoneInfo(first.zone), tuple(later))

    @classmethod
    def begin(cls, *, at: datetime) -> ConfigurationState:
        """Begin with nothing filed."""
        return cls._create(ConfigurationBegun, id=CONFIGURATION_ID, timestamp=at)

    def set_zone(self, *, zone: str, at: datetime) -> None:
        """Note the time zone; the same again: nothing."""
        if not self.zones or self.zones[-1].zone != zone:
            self.trigger_event(TimeZoneSet, timestamp=at, zone=zone)

    def file(self, *, filed: Filed, at: datetime) -> None:
        """Note that this file is applied; the same again: nothing."""
        if filed != self.filed:
            self.trigger_event(FileApplied, timestamp=at, filed=filed)


CONFIGURATION_ID: UUID = id_of("configuration", "routing")
