"""Takes the time zone of the configuration file; budgets' periods that have begun end as they began."""

from __future__ import annotations

from uuid import uuid5
from zoneinfo import ZoneInfo

import msgspec

from contracts.stored import CommandContext, Work
from contracts.vocabulary import system_actor
from services.routing.domain.calendar import Calendar
from services.routing.domain.configuration_state import CONFIGURATION_ID, ConfigurationState
from services.routing.ports import Clock, Record


class SetZone(msgspec.Struct, frozen=True):
    """The zone of that name. `absent`: there is no file, so that what was set before stays."""

    zone: str
    absent: bool = False


async def set_zone(command: SetZone, *, record: Record, clock: Clock) -> Calendar:
    """Record it where it is another one; by which clocks periods are counted from now on."""
    known = await record.load(ConfigurationState, CONFIGURATION_ID)
    if known is not None and known.calendar is not None and (command.absent or known.zones[-1].zone == command.zone):
        return known.calendar
    version = 0 if known is None else known.version
    command_id = uuid5(CONFIGURATION_ID, f"{version}:zone:{command.zone}")
    context = CommandContext(
        command_id=command_id, actor=system_actor("routing"), at=clock.now(), correlation_id=command_id
    )

    async def decide() -> Work:
        state = await record.load(ConfigurationState, CONFIGURATION_ID) or ConfigurationState.begin(at=context.at)
        state.set_zone(zone=command.zone, at=context.at)
        return Work(streams=(state,) if state.pending_events else ())

    await record.transact(context, decide, serialise_on=(CONFIGURATION_ID,))
    settled = await record.load(ConfigurationState, CONFIGURATION_ID)
    return (None if settled is None else settled.calendar) or Calendar(ZoneInfo(command.zone))
