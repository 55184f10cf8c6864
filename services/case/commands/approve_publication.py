"""Another person agrees with what we are to say to everybody."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import GuardVerdict, Refusal, RefusalCode
from services.case.commands.deciding import check_decides
from services.case.commands.draft_publication import check_stage, draft_of_post
from services.case.commands.finding import find_publication
from services.case.commands.looking_again import author_again
from services.case.commands.versions import check_version
from services.case.domain.first_message import KnownAccount
from services.case.domain.guards.looking import of_verdict
from services.case.domain.guards.publishing import look_at_publication
from services.case.domain.guards.refusal import GuardRefusal
from services.case.domain.policy import CasePolicy
from services.case.domain.publication import PATH, Publication


class ApprovePublication(msgspec.Struct, frozen=True):
    """That one."""

    publication_id: UUID


async def approve_publication(
    command: ApprovePublication, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Let it leave as it stands, now or at its time, after one more look. Outcome: `publication_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (or its words are gone), NOT_AWAITING_APPROVAL, SELF_APPROVAL,
            CHANNEL_CANNOT_REPLY, VERSION_CONFLICT.
        GuardRefusal: what the configuration says by now stops it.
    """
    await check_decides(record, context.actor, policy.guards)

    async def decide() -> Work:
        publication = await find_publication(record, command.publication_id)
        check_version(publication, context)
        publication.check_awaits()
        await _look_again(publication, context, record, policy)
        publication.approve(approver_ref=context.actor.ref, at=context.at)
        return Work(streams=(publication,), outcome={"publication_id": str(publication.id)})

    return await record.transact(context, decide, serialise_on=(command.publication_id,))


async def _look_again(publication: Publication, context: CommandContext, record: Record, policy: CasePolicy) -> None:
    if publication.content is None:
        raise Refusal(RefusalCode.NOT_FOUND, "its words are gone", PATH)
    account = KnownAccount(publication.channel, publication.account, publication.brand)
    check_stage(account, policy, PATH)
    author, _ = await author_again(record, publication.author_ref)
    draft = draft_of_post(publication.content.text, account, author)
    findings = look_at_publication(draft, policy.guards, brand=publication.brand, at=context.at)
    if blocked := of_verdict(findings, GuardVerdict.BLOCK):
        raise GuardRefusal(blocked, PATH)
