"""Rosters as somebody at the desk writes them: checked, in the words of the mutation's input."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from contracts.duty import Break, Leave, Roster, Shift
from contracts.roster_check import calendar_complaints, is_zone, leave_complaints, shift_complaints
from contracts.rosters import Leave as LeaveWritten
from contracts.rosters import Shift as ShiftWritten
from contracts.rosters import minute_of
from contracts.vocabulary import Refusal, RefusalCode

SHIFTS_COUNT_MAX = 50
LEAVE_COUNT_MAX = 200
_STEP = re.compile(r"[^.\[\]]+")


class RosterWish(msgspec.Struct, frozen=True):
    """When somebody is to work, as the configuration file would say it."""

    shifts: tuple[ShiftWritten, ...]
    leave: tuple[LeaveWritten, ...]
    zone: str
    holidays: str | None = None


def checked_roster(wish: RosterWish) -> Roster | None:
    """The roster; None where there are no shifts: then presence alone tells. Shifts that overlap count once.

    Raises:
        Refusal: INVALID_INPUT naming the field.
    """
    for key, complaint in _complaints(wish):
        raise Refusal(RefusalCode.INVALID_INPUT, complaint, *_STEP.findall(key))
    if not wish.shifts:
        return None
    return Roster(
        zone=wish.zone,
        shifts=tuple(
            Shift(
                shift.weekdays,
                minute_of(shift.start),
                minute_of(shift.until),
                tuple(Break(minute_of(pause.start), minute_of(pause.until)) for pause in shift.breaks),
            )
            for shift in wish.shifts
        ),
        leave=tuple(Leave(leave.first, leave.last) for leave in wish.leave),
        holidays=wish.holidays,
    )


def _complaints(wish: RosterWish) -> Iterator[tuple[str, str]]:
    if len(wish.shifts) > SHIFTS_COUNT_MAX:
        yield "shifts", f"at most {SHIFTS_COUNT_MAX}"
    if len(wish.leave) > LEAVE_COUNT_MAX:
        yield "leave", f"at most {LEAVE_COUNT_MAX}"
    if not is_zone(wish.zone):
        yield "timeZone", "expected a time zone such as Europe/Amsterdam"
    yield from calendar_complaints("holidays", wish.holidays)
    for place, shift in enumerate(wish.shifts):
        yield from shift_complaints(f"shifts[{place}]", shift)
    yield from leave_complaints("leave", wish.leave, wish.shifts)
