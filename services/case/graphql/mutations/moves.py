"""Putting a contact into the case it belongs to."""

from __future__ import annotations

from uuid import UUID

from services.case.commands.move_contact import MoveContact, move_contact
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, named_or_none, position_of
from services.case.graphql.types.describing import ContactMoveInput, ContactMovePayload


async def move(context: RequestContext, asked: ContactMoveInput) -> ContactMovePayload:
    """Move a contact to another case of its customer, or to a new one."""
    require(context.principal.actor, Permission.RECORD_CONTACT)
    deps = context.deps
    command = MoveContact(
        contact_id=named(IdType.CONTACT, asked.contact_id, "contactId"),
        new_case_id=deps.ids.new(),
        to_case_id=named_or_none(IdType.CASE, asked.to_case_id, "toCaseId"),
        to_new_case=bool(asked.to_new_case),
        reason=asked.reason,
    )
    done = await carry_out(
        context,
        "contactMove",
        asked,
        lambda how: move_contact(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    to_case_id = UUID(done.outcome["to_case_id"])
    version = done.versions.get(to_case_id)
    return ContactMovePayload(
        from_case=await context.shown.case_by_id(UUID(done.outcome["from_case_id"])),
        to_case=await context.shown.case_by_id(to_case_id),
        contact=await context.shown.contact_by_id(UUID(done.outcome["contact_id"])),
        version=version,
        position=await position_of(context, to_case_id, version),
    )
