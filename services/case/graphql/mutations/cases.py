"""Replies, notes, resolutions and contacts written down by hand."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import strawberry

from contracts.stored import Committed
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.record_contact import HandleGiven, RecordContact, record_contact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.permissions import Permission, require
from services.case.domain.templates import TemplateWish
from services.case.graphql import ids
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.inputs import (
    CaseNoteAddInput,
    CaseReplyInput,
    CaseResolveInput,
    ContactRecordInput,
    CustomerHandleAddInput,
    TemplateInput,
)
from services.case.graphql.mutations.guards import held_because, writers_besides
from services.case.graphql.mutations.running import carry_out, named, named_or_none, position_of
from services.case.graphql.types.payloads import (
    CaseNoteAddPayload,
    CaseReplyPayload,
    CaseResolvePayload,
    ContactRecordPayload,
    CustomerHandleAddPayload,
)
from services.case.providers.outgoing_html import outgoing_html


async def reply(context: RequestContext, asked: CaseReplyInput) -> CaseReplyPayload:
    """Ask channels to send the answer; the payload shows it as REQUESTED or further."""
    require(context.principal.actor, Permission.REPLY)
    deps = context.deps
    html, text = (None, asked.text) if asked.html is None else outgoing_html(asked.html)
    command = RequestReply(
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        contact_id=deps.ids.new(),
        text=text,
        html=html,
        attachment_ids=_attachments(asked.attachment_ids),
        template=wish_of(asked.template),
        channel=asked.channel,
        account_id=named_or_none(IdType.ACCOUNT, asked.account_id, "accountId"),
        handle_id=named_or_none(IdType.HANDLE, asked.handle_id, "handleId"),
        in_reply_to=named_or_none(IdType.CONTACT, asked.in_reply_to, "inReplyTo"),
        visibility=asked.visibility,
        answer_by=asked.answer_by,
        confirm_token=asked.confirm_token,
        writing=await writers_besides(context, asked.case_id),
    )
    policy = await context.policy()
    done = await carry_out(
        context,
        "caseReply",
        asked,
        lambda how: request_reply(command, how, record=deps.record, policy=policy),
    )
    case_id, version = of_case(done)
    return CaseReplyPayload(
        case=await context.shown.case_by_id(case_id),
        contact=await context.shown.contact_by_id(UUID(done.outcome["contact_id"])),
        version=version,
        position=await position_of(context, case_id, version),
        errors=held_because(done, "text"),
    )


async def note(context: RequestContext, asked: CaseNoteAddInput) -> CaseNoteAddPayload:
    """Put a note on the case."""
    require(context.principal.actor, Permission.ADD_NOTE)
    deps = context.deps
    command = AddNote(case_id=named(IdType.CASE, asked.case_id, "caseId"), note_id=deps.ids.new(), text=asked.text)
    done = await carry_out(context, "caseNoteAdd", asked, lambda how: add_note(command, how, record=deps.record))
    case_id, version = of_case(done)
    return CaseNoteAddPayload(
        case=await context.shown.case_by_id(case_id),
        note=await context.shown.note_by_id(UUID(done.outcome["note_id"])),
        version=version,
        position=await position_of(context, case_id, version),
    )


async def resolve(context: RequestContext, asked: CaseResolveInput) -> CaseResolvePayload:
    """Say that the matter is settled."""
    require(context.principal.actor, Permission.RESOLVE_CASE)
    deps = context.deps
    command = ResolveCase(case_id=named(IdType.CASE, asked.case_id, "caseId"), outcome=asked.outcome, cause=asked.cause)
    done = await carry_out(
        context,
        "caseResolve",
        asked,
        lambda how: resolve_case(command, how, record=deps.record, policy=deps.policy),
    )
    case_id, version = of_case(done)
    return CaseResolvePayload(
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
    )


async def write_down(context: RequestContext, asked: ContactRecordInput) -> ContactRecordPayload:
    """Put a contact on record that no channel brought in."""
    require(context.principal.actor, Permission.RECORD_CONTACT)
    deps, customer = context.deps, asked.customer
    handle = customer.handle or None
    command = RecordContact(
        contact_id=deps.ids.new(),
        channel=asked.channel,
        direction=asked.direction,
        text=asked.text,
        new_case_id=deps.ids.new(),
        new_customer_id=deps.ids.new(),
        customer_id=named_or_none(IdType.CUSTOMER, customer.id or None, "customer", "id"),
        handle=None if handle is None else HandleGiven(kind=handle.kind, value=handle.value),
        occurred_at=asked.occurred_at,
        case_id=named_or_none(IdType.CASE, asked.case_id, "caseId"),
        new_case=bool(asked.new_case),
    )
    done = await carry_out(
        context,
        "contactRecord",
        asked,
        lambda how: record_contact(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    case_id, version = of_case(done)
    return ContactRecordPayload(
        case=await context.shown.case_by_id(case_id),
        contact=await context.shown.contact_by_id(UUID(done.outcome["contact_id"])),
        version=version,
        position=await position_of(context, case_id, version),
    )


async def add_customer_handle(context: RequestContext, asked: CustomerHandleAddInput) -> CustomerHandleAddPayload:
    """Learn by what other address a customer is known."""
    require(context.principal.actor, Permission.ADD_HANDLE)
    deps = context.deps
    command = AddHandle(
        customer_id=named(IdType.CUSTOMER, asked.customer_id, "customerId"), kind=asked.kind, value=asked.value
    )
    done = await carry_out(
        context,
        "customerHandleAdd",
        asked,
        lambda how: add_handle(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    customer_id = UUID(done.outcome["customer_id"])
    version = done.versions.get(customer_id)
    return CustomerHandleAddPayload(
        customer=await context.shown.customer_by_id(customer_id),
        version=version,
        position=await position_of(context, customer_id, version),
    )


def of_case(done: Committed) -> tuple[UUID, int | None]:
    """The case that a command wrote to, and its version after that."""
    case_id = UUID(done.outcome["case_id"])
    return case_id, done.versions.get(case_id)


def wish_of(asked: TemplateInput | None) -> TemplateWish | None:
    """Which template, if one is asked for."""
    return None if asked is None else TemplateWish(asked.name, asked.language, tuple(asked.parameters))


def _attachments(asked: Sequence[strawberry.ID] | None) -> tuple[UUID, ...]:
    """Which files; an id of something else is that of none that is ready."""
    found = []
    for number, each in enumerate(asked or ()):
        try:
            found.append(ids.uuid_of(IdType.ATTACHMENT, each))
        except ids.WrongIdError:
            message = "no such file"
            raise Refusal(RefusalCode.ATTACHMENT_NOT_READY, message, "attachmentIds", str(number)) from None
    return tuple(found)
