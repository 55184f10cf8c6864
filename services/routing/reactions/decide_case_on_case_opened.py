"""A case was opened: somebody has to take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from contracts.case import CaseOpened
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Channel
from services.routing.commands.see_case import SeeCase, see_case
from services.routing.ports import Floor, Record

UNITS_UNSAID = 1
"""What a case weighs in which nothing was said yet."""


async def decide_case_on_case_opened(
    message: Message,
    context: CommandContext,
    *,
    record: Record,
    floor: Floor,
    units_of: Callable[[Channel], int],
    teams: Mapping[str, str],
) -> None:
    """Note the case with what it weighs on its channel, and decide it. `teams`: whose cases they are, by brand."""
    told = msgspec.json.decode(message.data, type=CaseOpened)
    command = SeeCase(
        case_id=told.case_id,
        customer_id=told.customer_id,
        channel=told.channel,
        units=UNITS_UNSAID if told.channel is None else units_of(told.channel),
        opened_at=told.opened_at,
        due_at=told.due_at,
        language=told.language,
        skills=told.skills,
        team_ref=None if told.brand is None else teams.get(told.brand),
    )
    await see_case(command, context, record=record, floor=floor)
