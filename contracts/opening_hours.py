"""When channels are open, out of the periods that the configuration file names."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.duty import Break, Roster, Shift
from contracts.installation import Configuration
from contracts.rosters import Shift as ShiftWritten
from contracts.rosters import minute_of
from contracts.targets import ServiceLevels
from contracts.vocabulary import Channel


def service_levels(configuration: Configuration) -> ServiceLevels:
    """The targets of a configuration in its opening hours."""
    return ServiceLevels(targets=configuration.targets, hours=opening_rosters(configuration))


def opening_rosters(configuration: Configuration) -> dict[Channel, Roster]:
    """The opening hours of each channel that has any; the others are open always."""
    periods: dict[Channel, list[ShiftWritten]] = {}
    for hours in configuration.opening_hours:
        if hours.channel is not None:
            periods.setdefault(hours.channel, []).append(hours.shift)
    return {
        channel: Roster(opening_zone(configuration, channel), shifts_of(written), holidays=configuration.holidays)
        for channel, written in periods.items()
    }


def opening_zone(configuration: Configuration, channel: Channel) -> str:
    """By whose clocks a channel opens and closes."""
    written = (hours.timezone for hours in configuration.opening_hours if hours.channel is channel)
    return next((zone for zone in written if zone is not None), configuration.timezone)


def shifts_of(written: Iterable[ShiftWritten]) -> tuple[Shift, ...]:
    """Shifts as the file says them, in minutes since midnight."""
    return tuple(
        Shift(
            shift.weekdays,
            minute_of(shift.start),
            minute_of(shift.until),
            tuple(Break(minute_of(pause.start), minute_of(pause.until)) for pause in shift.breaks),
        )
        for shift in written
    )
