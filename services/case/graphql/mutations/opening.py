"""Beginning a matter with a customer."""

from __future__ import annotations

from uuid import UUID

from services.case.commands.begin_case import BeginCase, begin_case
from services.case.commands.open_case import OpenCase
from services.case.commands.open_case import open_case as begun
from services.case.domain.first_message import WITHIN
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.cases import of_case, wish_of
from services.case.graphql.mutations.guards import held_because
from services.case.graphql.mutations.running import carry_out, named, named_brand, named_or_none, position_of
from services.case.graphql.types.opening import CaseOpenInput, CaseOpenPayload


async def open_case(context: RequestContext, asked: CaseOpenInput) -> CaseOpenPayload:
    """Open the case and ask channels to send its first message."""
    require(context.principal.actor, Permission.OPEN_CASE)
    deps, customer, first = context.deps, asked.customer, asked.first_message
    if first is None:
        return await _without_words(context, asked)
    handle, policy = customer.handle or None, await context.policy()
    command = BeginCase(
        case_id=deps.ids.new(),
        contact_id=deps.ids.new(),
        transfer_id=deps.ids.new(),
        customer_id=named_or_none(IdType.CUSTOMER, customer.id or None, "customer", "id"),
        handle=None if handle is None else (handle.kind, handle.value),
        account_id=named(IdType.ACCOUNT, first.account_id, WITHIN, "accountId"),
        handle_id=named(IdType.HANDLE, first.handle_id, WITHIN, "handleId"),
        text=first.text,
        template=wish_of(first.template),
        visibility=first.visibility,
        basis=asked.basis,
        subject=asked.subject,
        brand=await named_brand(context, asked.brand_id),
        confirm_token=asked.confirm_token,
    )
    done = await carry_out(
        context,
        "caseOpen",
        asked,
        lambda how: begin_case(command, how, record=deps.record, directory=deps.directory, policy=policy),
    )
    case_id, version = of_case(done)
    return CaseOpenPayload(
        case=await context.shown.case_by_id(case_id),
        contact=await context.shown.contact_by_id(UUID(done.outcome["contact_id"])),
        version=version,
        position=await position_of(context, case_id, version),
        errors=held_because(done, WITHIN, "text"),
    )


async def _without_words(context: RequestContext, asked: CaseOpenInput) -> CaseOpenPayload:
    """Open the case; what is to be done in it comes later."""
    deps, handle = context.deps, asked.customer.handle or None
    command = OpenCase(
        case_id=deps.ids.new(),
        transfer_id=deps.ids.new(),
        customer_id=named_or_none(IdType.CUSTOMER, asked.customer.id or None, "customer", "id"),
        handle=None if handle is None else (handle.kind, handle.value),
        basis=asked.basis,
        subject=asked.subject,
        brand=await named_brand(context, asked.brand_id),
    )
    done = await carry_out(
        context,
        "caseOpen",
        asked,
        lambda how: begun(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    case_id, version = of_case(done)
    return CaseOpenPayload(
        case=await context.shown.case_by_id(case_id),
        version=version,
        position=await position_of(context, case_id, version),
    )
