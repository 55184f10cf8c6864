"""What time alone brings about: presences end, duties begin and end, holds expire, periods of budgets end and begin."""

from __future__ import annotations

from datetime import datetime

from services.routing.commands.close_account import CloseAccount, close_account
from services.routing.commands.end_presence import EndPresence, end_presence
from services.routing.commands.expire_hold import ExpireHold, expire_hold
from services.routing.commands.open_account import OpenAccount, open_account
from services.routing.commands.own_initiative import own_context
from services.routing.commands.turn_duty import TurnDuty, turn_duty
from services.routing.domain.calendar import Calendar
from services.routing.domain.grant import account_id
from services.routing.ports import Attendance, Clock, Ids, Purse, Record

PAGE_COUNT_MAX = 200


async def keep_hours(
    *, record: Record, attendance: Attendance, purse: Purse, clock: Clock, ids: Ids, calendar: Calendar
) -> datetime | None:
    """Do what is due by now; the next time when something will be, or None where nothing is foreseen.

    It needs no memory: what a crash left undone is due still. Each step is a command that checks again.
    """
    now = clock.now()
    for ref in await attendance.overdue_presences(now, PAGE_COUNT_MAX):
        await end_presence(EndPresence(ref), own_context(clock, ids), record=record)
    for ref in await attendance.overdue_duties(now, PAGE_COUNT_MAX):
        await turn_duty(TurnDuty(ref), own_context(clock, ids), record=record)
    for gesture_id in await purse.overdue_holds(now, PAGE_COUNT_MAX):
        await expire_hold(ExpireHold(gesture_id), own_context(clock, ids), record=record)
    # First what follows: at no moment is an owner of a grant without an account.
    ends = await _open_accounts(now, record, purse, (clock, ids), calendar)
    for overdue in await purse.overdue_accounts(now, PAGE_COUNT_MAX):
        await close_account(CloseAccount(overdue), own_context(clock, ids), record=record, calendar=calendar)
    next_end, next_turn = await attendance.next_end(), await attendance.next_turn(now)
    return min((moment for moment in (ends, next_end, next_turn) if moment is not None), default=None)


async def _open_accounts(
    now: datetime, record: Record, purse: Purse, edge: tuple[Clock, Ids], calendar: Calendar
) -> datetime | None:
    """Open the accounts of the running periods that are missing; the next end of a period."""
    clock, ids = edge
    after, ends = None, None
    while page := await purse.granted(after, PAGE_COUNT_MAX):
        periods = [calendar.period(grant.period, now) for _, grant in page]
        wanted = [account_id(owner, grant, period) for (owner, grant), period in zip(page, periods, strict=True)]
        known = await purse.known_accounts(wanted)
        for (owner, grant), account in zip(page, wanted, strict=True):
            if account not in known:
                command = OpenAccount(owner, grant.currency)
                await open_account(command, own_context(clock, ids), record=record, calendar=calendar)
        ends = min([*(period.end for period in periods), *((ends,) if ends is not None else ())])
        last_owner, last_grant = page[-1]
        after = (str(last_owner.kind), last_owner.ref, last_grant.currency)
    return ends
