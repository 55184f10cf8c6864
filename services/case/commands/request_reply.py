"""An agent answers the customer, by a channel the customer came in on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import ActorKind, Channel, Refusal, RefusalCode, Visibility, id_of
from services.case.commands.consenting import check_wanted
from services.case.commands.finding import check_usable, find_active_agent, find_case, known_handles
from services.case.commands.guarding import Passed, Wish, guarded
from services.case.commands.leaving import let_leave
from services.case.commands.recording_refusals import on_record
from services.case.commands.sending_along import (
    TakenFiles,
    check_attire,
    check_caption,
    names_of,
    take_along,
)
from services.case.commands.versions import check_version
from services.case.domain import commitments
from services.case.domain.case import Case
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyRoute, ReplyWish, check_length, choose_route
from services.case.domain.templates import TemplateWish, Words, words_of
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text, excerpt


class RequestReply(msgspec.Struct, frozen=True):
    """The reply `contact_id`. What is None is chosen: the route of the customer's latest contact that can be answered.

    Either `text` or `template`. `account_id`: of the channel account, `id_of("account", channel, account)`.
    `html`: what `text` says, sanitised. `in_reply_to`: a contact of this case. `answer_by`: the reply only says that we
    heard, and promises the answer by then. `confirm_token`: of the warnings its author saw. `writing`: how many
    colleagues write an answer there now.
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
    confirm_token: str | None = None
    writing: int = 0
    html: str | None = None
    attachment_ids: tuple[UUID, ...] = ()


async def request_reply(
    command: RequestReply, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Record the reply and ask channels to send it; the case then waits for the customer, unless it promises more.

    What a guard rail wants another person to read is held for them, and the case waits for that.

    Outcome: `case_id`, `contact_id`, `second_person`: the findings because of which it is held.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, CASE_RESOLVED,
            INVALID_INPUT (text empty, inReplyTo not of this case, answerBy not ahead), CHANNEL_CANNOT_REPLY,
            NO_HANDLE_FOR_CHANNEL, RECIPIENT_UNCONFIRMED, TEXT_TOO_LONG, CHANNEL_WINDOW_CLOSED, VISIBILITY_REQUIRED,
            RECIPIENT_OPTED_OUT, and what `take_along` refuses.
        GuardRefusal: PUBLIC_PERSONAL_DATA, GUARD_BLOCKED, GUARD_WARNING; put on record.
    """
    require(context.actor, Permission.REPLY)
    if command.template is None:
        checked_text(command.text or "", "text")

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        await check_usable(record, case, at=context.at)
        if case.is_resolved:
            # Said before anything about ways and windows: that is what the agent can do something about.
            raise Refusal(RefusalCode.CASE_RESOLVED, "the case is resolved", "caseId")
        known = await known_handles(record, case)
        route, words = _decided(case, command, policy, context, known=known)
        passed = await _passed(case, command, (route, words), context, record=record, policy=policy)
        files = await _along(case, command, (route, passed), context, record)
        let_leave(
            case,
            words,
            passed,
            context,
            contact_id=command.contact_id,
            route=route,
            policy=policy,
            acknowledges=command.answer_by is not None,
            html=command.html,
            files=files,
        )
        if command.answer_by is not None:
            await _promise(command.answer_by, case, command, context, record, said=words.text)
        return Work(streams=(case, *files.uploads), outcome=_outcome(case, command, passed))

    work = record.transact(context, decide, serialise_on=(command.case_id,))
    return await on_record(work, command.case_id, context, record)


def _wish(command: RequestReply, file_names: tuple[str, ...]) -> Wish:
    return Wish(
        matter=str(command.case_id),
        path=("text" if command.template is None else "template",),
        confirm_token=command.confirm_token,
        writing=command.writing,
        named=command.in_reply_to is not None,
        html=command.html,
        file_names=file_names,
    )


def _outcome(case: Case, command: RequestReply, passed: Passed) -> dict[str, Any]:
    held = msgspec.to_builtins(passed.second_person)
    return {"case_id": str(case.id), "contact_id": str(command.contact_id), "second_person": held}


async def _passed(
    case: Case,
    command: RequestReply,
    decided: tuple[ReplyRoute, Words],
    context: CommandContext,
    *,
    record: Record,
    policy: CasePolicy,
) -> Passed:
    """Where it is wanted, and the guard rails let it pass."""
    route, words = decided
    await check_wanted(record, case, route.handle_id, "handleId")
    names = await names_of(record, route, command.attachment_ids)
    passed = await guarded(
        case,
        route,
        words.text,
        _wish(command, names),
        context,
        record=record,
        policy=policy.guards,
        sign=words.template is None,
    )
    check_length(route, passed.text, "text")
    return passed


async def _along(
    case: Case, command: RequestReply, decided: tuple[ReplyRoute, Passed], context: CommandContext, record: Record
) -> TakenFiles:
    """What goes along, where it is wanted and the way carries it."""
    route, passed = decided
    check_attire(route, command.html, command.template)
    check_caption(route, passed.text, command.attachment_ids)
    return await take_along(record, case, route, command.attachment_ids, contact_id=command.contact_id, at=context.at)


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
    case: Case, command: RequestReply, policy: CasePolicy, context: CommandContext, *, known: frozenset[UUID]
) -> tuple[ReplyRoute, Words]:
    """By which way, and what: a template is one of the account by which it leaves."""
    wish = ReplyWish(
        channel=command.channel,
        account_id=command.account_id,
        handle_id=command.handle_id,
        in_reply_to=command.in_reply_to,
        visibility=command.visibility,
    )
    asked: dict[str, Any] = {"wish": wish, "at": context.at, "muted": policy.muted, "known": known}
    contacts, templated = tuple(case.contacts.values()), command.template is not None
    route = choose_route(contacts, text=command.text or "", templated=templated, **asked)
    name = (route.channel, route.account)
    words = words_of(command.text, command.template, policy.templates, brand=case.brand, account=name)
    check_length(route, words.text, "template" if templated else "text")
    return route, words
