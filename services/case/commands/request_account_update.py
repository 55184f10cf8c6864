"""An administrator says what may leave by a channel account."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import AccountMode, Refusal, RefusalCode
from services.case.domain.desk_request import DeskRequest
from services.case.domain.permissions import Permission, require
from services.case.ports import Directory


class RequestAccountUpdate(msgspec.Struct, frozen=True):
    """The request `request_id`. What is None stays as it is."""

    request_id: UUID
    account_id: UUID
    mode: AccountMode | None = None
    paused: bool | None = None


async def request_account_update(
    command: RequestAccountUpdate, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Ask channels. Its answer arrives as the row `request_id` of desk_requests. Outcome: `request_id`.

    Raises:
        Refusal: FORBIDDEN, INVALID_INPUT (nothing is to change), NOT_FOUND (no such account is in the configuration).
    """
    require(context.actor, Permission.UPDATE_ACCOUNT)
    if command.mode is None and command.paused is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "expected whether it pauses, or what may leave by it", "paused")

    async def decide() -> Work:
        if await directory.find_account(command.account_id) is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such account", "accountId")
        request = DeskRequest.for_account(
            request_id=command.request_id,
            account_id=command.account_id,
            mode=command.mode,
            paused=command.paused,
            requested_by=context.actor.ref,
            at=context.at,
        )
        return Work(streams=(request,), outcome={"request_id": str(command.request_id)})

    return await record.transact(context, decide)
