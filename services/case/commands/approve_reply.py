"""Another person agrees with an answer that was held for them: it leaves."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.consenting import check_wanted
from services.case.commands.deciding import check_decides
from services.case.commands.finding import check_usable, find_case_of_reply
from services.case.commands.guarding import as_signed, draft_of
from services.case.commands.looking_again import author_again, blocked_now
from services.case.domain import held_replies
from services.case.domain.case import Case
from services.case.domain.guards.refusal import GuardRefusal
from services.case.domain.held_reply import HeldReply
from services.case.domain.policy import CasePolicy
from services.case.ports import Directory


class ApproveReply(msgspec.Struct, frozen=True):
    """The answer by its contact."""

    contact_id: UUID


async def approve_reply(
    command: ApproveReply, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Let it leave as it stands, in its author's name, after one more look at what must never leave.

    Outcome: `case_id`, `contact_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (no such contact, its words are gone), NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED,
            SELF_APPROVAL, CASE_RESOLVED, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, CHANNEL_CANNOT_REPLY,
            CHANNEL_WINDOW_CLOSED, TEXT_TOO_LONG, RECIPIENT_OPTED_OUT.
        GuardRefusal: what has come to be known meanwhile stops it.
    """
    await check_decides(record, context.actor, policy.guards)

    async def decide() -> Work:
        case = await find_case_of_reply(record, directory, command.contact_id)
        held = held_replies.find(case, command.contact_id, context.at)
        await check_usable(record, case, at=context.at)
        await check_wanted(record, case, held.handle_id, "contactId")
        as_read = await _looked_at(case, held, context, record, policy)
        approver, muted = context.actor, policy.muted
        held_replies.approve(case, held, approver=approver, as_read=as_read, muted=muted, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "contact_id": str(command.contact_id)})

    return await record.transact(context, decide, serialise_on=(command.contact_id,))


async def _looked_at(case: Case, held: HeldReply, context: CommandContext, record: Record, policy: CasePolicy) -> str:
    """Its text with what stands below it, once no rail stops it for good."""
    if held.text is None:
        raise Refusal(RefusalCode.NOT_FOUND, "its words are gone", "contactId")
    route = held_replies.route_of(case, held)
    author, name = await author_again(record, held.agent_ref)
    names = [each.name for each in held.files]
    draft = draft_of(route, held.text, author, named=True, html=held.html, file_names=names)
    if blocked := await blocked_now(case, route, draft, context, record=record, policy=policy.guards):
        raise GuardRefusal(blocked, "contactId")
    return held.text if held.template else as_signed(policy.guards, case, route, held.text, name)
