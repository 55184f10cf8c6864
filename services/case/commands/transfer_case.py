"""A person says who is to have a case: a colleague, a team, or whomever routing finds."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.case.commands.finding import find_active_agent, find_case, find_handler
from services.case.commands.versions import check_version
from services.case.domain import assignments
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class TransferCase(msgspec.Struct, frozen=True):
    """The transfer `transfer_id`: to exactly one of an agent, a team, or back to routing (`reroute`)."""

    case_id: UUID
    transfer_id: UUID
    reason: str
    agent_id: UUID | None = None
    team_id: UUID | None = None
    reroute: bool = False


async def transfer_case(
    command: TransferCase, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Put it on record and ask routing, which answers with a decision of that id. Outcome: `case_id`, `transfer_id`.

    Raises:
        Refusal: FORBIDDEN (also to oneself, who is not to handle the customer), NOT_FOUND (case, agent, team),
            VERSION_CONFLICT, CUSTOMER_ERASED, CASE_RESOLVED, ALREADY_ASSIGNED, INVALID_INPUT (not exactly one target,
            reason empty), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.TRANSFER_CASE)
    if (command.agent_id is not None) + (command.team_id is not None) + command.reroute != 1:
        raise Refusal(RefusalCode.INVALID_INPUT, "to one of an agent, a team and routing", "agentId")
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        if command.agent_id == id_of("agent", context.actor.ref):
            await find_handler(record, directory, case, command.agent_id)
        elif command.agent_id is not None:
            await find_active_agent(record, command.agent_id, "agentId")
        assignments.transfer(
            case,
            transfer_id=command.transfer_id,
            agent_id=command.agent_id,
            team_ref=await _team_ref(command, directory),
            reason=reason,
            at=context.at,
        )
        return Work(streams=(case,), outcome={"case_id": str(case.id), "transfer_id": str(command.transfer_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))


async def _team_ref(command: TransferCase, directory: Directory) -> str | None:
    if command.team_id is None:
        return None
    ref = await directory.team_ref(command.team_id)
    if ref is None:
        raise Refusal(RefusalCode.NOT_FOUND, "there is no such team, or nobody is in it", "teamId")
    return ref
