"""An agent begins a matter with a customer: the case, its first contact and the way out of it, at one stroke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import (
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    Visibility,
)
from services.case.commands.beginning import Named, find_recipient, keep_case
from services.case.commands.finding import find_shown_as_one
from services.case.commands.guarding import Passed, Wish, guarded
from services.case.commands.leaving import let_leave
from services.case.commands.recording_refusals import on_record_of_customer
from services.case.domain.case import Case
from services.case.domain.case_contact import ContactToAttach
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.customer import Customer
from services.case.domain.first_message import WITHIN, FirstWords, KnownAccount, first_route
from services.case.domain.known_handle import KnownHandle
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyRoute, check_length
from services.case.domain.templates import TemplateWish, Words, words_of
from services.case.domain.texts import PREVIEW_LENGTH_MAX, SUBJECT_LENGTH_MAX, checked_text, excerpt
from services.case.ports import Directory


class BeginCase(msgspec.Struct, frozen=True, kw_only=True):
    """The case `case_id` with the first contact `contact_id`, for a customer named by id or by handle.

    Either `text` or `template`. `transfer_id`: of the wish that the agent who begins it has it.
    """

    case_id: UUID
    contact_id: UUID
    transfer_id: UUID
    customer_id: UUID | None = None
    handle: tuple[HandleKind, str] | None = None
    account_id: UUID
    handle_id: UUID
    text: str | None
    visibility: Visibility
    basis: ContactBasis
    template: TemplateWish | None = None
    subject: str | None = None
    brand: str | None = None
    confirm_token: str | None = None


async def begin_case(
    command: BeginCase, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Open the case, ask channels to send its first contact, and ask routing that whoever began it has it.

    The case then waits for the customer, or for another person. Outcome: `case_id`, `contact_id`, `second_person`.

    Raises:
        GuardRefusal: as of a reply; put on the customer's record, as no case begins.
        Refusal: FORBIDDEN, NOT_FOUND (customer, account), INVALID_INPUT, CUSTOMER_ERASED, CUSTOMER_RESTRICTED (also at
            basis: the customer objected), NO_HANDLE_FOR_CHANNEL (not an address of this customer), and what
            `first_route` refuses.
    """
    require(context.actor, Permission.OPEN_CASE)
    subject = checked_text(command.subject, "subject", length_max=PREVIEW_LENGTH_MAX) if command.subject else None

    async def decide() -> Work:
        customer, handle = await _recipient(command, context, record, directory, policy)
        account = await directory.find_account(command.account_id)
        if account is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such account", WITHIN, "accountId")
        name, brand = (account.channel, account.account), command.brand or account.brand
        words = words_of(command.text, command.template, policy.templates, brand=brand, account=name, within=(WITHIN,))
        route = first_route(
            account,
            handle,
            FirstWords(words.text, command.visibility, is_template=words.template is not None),
            basis=command.basis,
            last_wrote_at=await directory.last_wrote_at(account, command.handle_id),
            policy=policy,
            at=context.at,
        )
        case = await _opened(command, customer, account, context, directory)
        passed = await _passed(case, command, route, words, context, record=record, policy=policy)
        let_leave(
            case,
            words,
            passed,
            context,
            contact_id=command.contact_id,
            route=route,
            policy=policy,
            subject=subject or excerpt(words.text, SUBJECT_LENGTH_MAX),
        )
        await keep_case(case, command.transfer_id, context, record)
        customer.begin_case(case_id=case.id, at=context.at)
        return Work(streams=(customer, case), outcome=_outcome(command, passed))

    work = record.transact(context, decide, serialise_on=(command.handle_id,))
    return await on_record_of_customer(work, context, record)


async def _passed(
    case: Case,
    command: BeginCase,
    route: ReplyRoute,
    words: Words,
    context: CommandContext,
    *,
    record: Record,
    policy: CasePolicy,
) -> Passed:
    """What the guard rails let pass. Who confirms a warning means this account and address: there was no case yet."""
    wish = Wish(
        matter=f"{command.account_id} {command.handle_id}",
        path=(WITHIN, "text" if words.template is None else "template"),
        confirm_token=command.confirm_token,
    )
    sign = words.template is None
    passed = await guarded(case, route, words.text, wish, context, record=record, policy=policy.guards, sign=sign)
    check_length(route, passed.text, WITHIN, "text")
    return passed


def _outcome(command: BeginCase, passed: Passed) -> dict[str, Any]:
    held = msgspec.to_builtins(passed.second_person)
    return {"case_id": str(command.case_id), "contact_id": str(command.contact_id), "second_person": held}


async def _opened(
    command: BeginCase, customer: Customer, account: KnownAccount, context: CommandContext, directory: Directory
) -> Case:
    """The case, in which nothing was said yet: no clock runs."""
    number = await directory.next_case_number()
    contact = _contact(command, customer.id, account, context)
    return Case.open(
        case_id=command.case_id, number=number, contact=contact, due_at=None, at=context.at, basis=command.basis
    )


async def _recipient(
    command: BeginCase, context: CommandContext, record: Record, directory: Directory, policy: CasePolicy
) -> tuple[Customer, KnownHandle]:
    """The customer whose address it is, among those who are one with the named one, and the address."""
    named = Named(command.customer_id, command.handle)
    whole = await find_recipient(named, command.basis, context, record=record, directory=directory, policy=policy)
    for customer in await find_shown_as_one(record, whole):
        handle = customer.handles.get(command.handle_id)
        if handle is not None:
            return customer, handle
    raise Refusal(RefusalCode.NO_HANDLE_FOR_CHANNEL, "no address of this customer", WITHIN, "handleId")


def _contact(command: BeginCase, customer_id: UUID, account: KnownAccount, context: CommandContext) -> ContactToAttach:
    """What the case begins with, as a case is opened by."""
    return ContactToAttach(
        contact_id=command.contact_id,
        customer_id=customer_id,
        channel=account.channel,
        kind=ContactKind.MESSAGE,
        direction=Direction.OUTBOUND,
        visibility=command.visibility,
        assurance=HandleAssurance.AGENT_RECORDED,
        occurred_at=context.at,
        account=account.account,
        brand=command.brand or account.brand,
    )
