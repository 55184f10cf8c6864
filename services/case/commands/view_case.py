"""An agent says to be looking at a case, so that no two write the same answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Record
from contracts.vocabulary import CaseStatus, Refusal, RefusalCode, id_of
from services.case.commands.finding import find_active_agent
from services.case.domain.permissions import Permission, require
from services.case.ports import Viewings

VIEWING_LASTS = timedelta(seconds=60)
"""Unless it is said again: a screen that was closed says nothing."""


class ViewCase(msgspec.Struct, frozen=True):
    """`typing`: an answer is being written."""

    case_id: UUID
    typing: bool


async def view_case(command: ViewCase, context: CommandContext, *, record: Record, viewings: Viewings) -> None:
    """Say so for a minute. No fact: nobody will ask who looked at what for how long.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (the case; an agent of that reference), CASE_RESOLVED.
    """
    require(context.actor, Permission.HANDLE_CASE)
    agent = await find_active_agent(record, id_of("agent", context.actor.ref))
    until = context.at + VIEWING_LASTS
    status = await viewings.look(command.case_id, agent.id, typing=command.typing, until=until)
    if status is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such case", "caseId")
    if status is CaseStatus.RESOLVED:
        raise Refusal(RefusalCode.CASE_RESOLVED, "the case is resolved", "caseId")
