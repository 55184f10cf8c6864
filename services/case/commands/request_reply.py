"""An agent answers the customer, by a channel the customer came in on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import ActorKind, Channel, Refusal, RefusalCode, Visibility, id_of
from services.case.commands.finding import check_usable, find_active_agent, find_case, known_handles
from services.case.commands.publishing import check_publishable
from services.case.commands.versions import check_version
from services.case.domain import commitments, replies
from services.case.domain.case import Case
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyRoute, ReplyWish, check_length, choose_route
from services.case.domain.templates import TemplateWish, Words, words_of
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text, excerpt


class RequestReply(msgspec.Struct, frozen=True):
    """The reply `contact_id`. What is None is chosen: the route of the customer's latest contact that can be answered.

    Either `text` or `template`. `account_id`: of the channel account, `id_of("account", channel, account)`.
    `in_reply_to`: a contact of this case. `answer_by`: the reply only says that we heard, and promises the answer by
    then.
    """

    case_id: UUID
    contact_id: UUID
    text: str | None
    channel: Channel | None = None
    account_id: UUID | None = None
    handle_id: UUID | None = None
    in_reply_to: UUID | None = None
    visibility: Visibility | None = None
    answer_by: datetime | None = None
    template: TemplateWish | None = None


async def request_reply(
    command: RequestReply, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Record the reply and ask channels to send it; the case then waits for the customer, unless it promises more.

    Outcome: `case_id`, `contact_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, CASE_RESOLVED,
            INVALID_INPUT (text empty, inReplyTo not of this case, answerBy not ahead), CHANNEL_CANNOT_REPLY,
            NO_HANDLE_FOR_CHANNEL, RECIPIENT_UNCONFIRMED, TEXT_TOO_LONG, CHANNEL_WINDOW_CLOSED, VISIBILITY_REQUIRED,
            PUBLIC_PERSONAL_DATA.
    """
    require(context.actor, Permission.REPLY)
    if command.template is None:
        checked_text(command.text or "", "text")
    wish = ReplyWish(
        channel=command.channel,
        account_id=command.account_id,
        handle_id=command.handle_id,
        in_reply_to=command.in_reply_to,
        visibility=command.visibility,
    )

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        await check_usable(record, case, at=context.at)
        if case.is_resolved:
            # Said before anything about ways and windows: that is what the agent can do something about.
            raise Refusal(RefusalCode.CASE_RESOLVED, "the case is resolved", "caseId")
        known = await known_handles(record, case)
        route, words = _decided(case, command, wish, policy, context, known=known)
        await check_publishable(record, case, route, words.text, "text" if words.template is None else "template")
        replies.request(
            case,
            contact_id=command.contact_id,
            route=route,
            text=words.text,
            agent_ref=context.actor.ref,
            at=context.at,
            template=words.template,
            acknowledges=command.answer_by is not None,
        )
        if command.answer_by is not None:
            await _promise(command.answer_by, case, command, context, record, said=words.text)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "contact_id": str(command.contact_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))


async def _promise(
    answer_by: datetime, case: Case, command: RequestReply, context: CommandContext, record: Record, *, said: str
) -> None:
    """Who says so keeps it; a lead says so for whoever has the case. The words are those the customer gets."""
    own = id_of("agent", context.actor.ref) if context.actor.kind is ActorKind.AGENT else case.assignee_id
    if own is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "nobody has the case who could keep it", "answerBy")
    owner = await find_active_agent(record, own, "answerBy")
    commitments.make(
        case,
        commitment_id=id_of("promised-answer", str(command.contact_id)),
        owner_id=owner.id,
        text=excerpt(said, NOTE_LENGTH_MAX) or "",
        due_at=answer_by,
        at=context.at,
        due_path="answerBy",
    )


def _decided(
    case: Case,
    command: RequestReply,
    wish: ReplyWish,
    policy: CasePolicy,
    context: CommandContext,
    *,
    known: frozenset[UUID],
) -> tuple[ReplyRoute, Words]:
    """By which way, and what: a template is one of the account by which it leaves."""
    asked: dict[str, Any] = {"wish": wish, "at": context.at, "muted": policy.muted, "known": known}
    contacts, templated = tuple(case.contacts.values()), command.template is not None
    route = choose_route(contacts, text=command.text or "", templated=templated, **asked)
    name = (route.channel, route.account)
    words = words_of(command.text, command.template, policy.templates, brand=case.brand, account=name)
    check_length(route, words.text, "template" if templated else "text")
    return route, words
