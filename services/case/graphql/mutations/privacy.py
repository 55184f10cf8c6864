"""Erasing customers and keeping their data from being used: asked by one privacy officer, approved by another."""

from __future__ import annotations

from uuid import UUID

from contracts.stored import Committed
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.approve_erasure import ApproveErasure, approve_erasure
from services.case.commands.lift_restriction import LiftRestriction, lift_restriction
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.redact_entry import RedactEntry, redact_entry
from services.case.commands.request_erasure import RequestErasure, request_erasure
from services.case.domain.erasure_words import ErasureStatus
from services.case.domain.permissions import Permission, require
from services.case.graphql import ids
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.erasure import (
    CustomerErasureApproveInput,
    CustomerErasureApprovePayload,
    CustomerErasureRequestInput,
    CustomerErasureRequestPayload,
    RestrictionLiftInput,
    RestrictionLiftPayload,
    RestrictionPlaceInput,
    RestrictionPlacePayload,
)
from services.case.graphql.types.redaction import TimelineEntryRedactInput, TimelineEntryRedactPayload
from services.case.queries.erasures import erasures_by_id
from services.case.queries.redactions import redactions_by_id

WITH_WORDS = frozenset({IdType.CONTACT, IdType.NOTE, IdType.GESTURE, IdType.COMMITMENT, IdType.ASSIGNMENT})
"""Of the entries of a timeline, those in which somebody says something."""


async def request(context: RequestContext, asked: CustomerErasureRequestInput) -> CustomerErasureRequestPayload:
    """Ask to erase a customer."""
    require(context.principal.actor, Permission.ERASE_CUSTOMER)
    deps = context.deps
    command = RequestErasure(
        request_id=deps.ids.new(),
        customer_id=named(IdType.CUSTOMER, asked.customer_id, "customerId"),
        ground=asked.ground,
        note=asked.note,
    )
    done = await carry_out(
        context, "customerErasureRequest", asked, lambda how: request_erasure(command, how, record=deps.record)
    )
    request_id = UUID(done.outcome["request_id"])
    return CustomerErasureRequestPayload(
        request=await context.make.erasure_by_id(request_id), position=await _position(context, done, request_id)
    )


async def approve(context: RequestContext, asked: CustomerErasureApproveInput) -> CustomerErasureApprovePayload:
    """Say yes to somebody else's request; answers when the erasure is complete, or when the wait is over."""
    require(context.principal.actor, Permission.ERASE_CUSTOMER)
    deps = context.deps
    command = ApproveErasure(named(IdType.ERASURE, asked.request_id, "requestId"))
    done = await carry_out(
        context, "customerErasureApprove", asked, lambda how: approve_erasure(command, how, record=deps.record)
    )
    request_id = UUID(done.outcome["request_id"])

    async def look() -> bool | None:
        row = (await erasures_by_id(context.database, [request_id])).get(request_id)
        complete = row is not None and row.status is ErasureStatus.EXECUTED and row.receipt_position is not None
        return complete or None

    await deps.hub.until(look, timeout_ms=deps.mutation_wait_ms_max)
    context.renew()
    return CustomerErasureApprovePayload(
        request=await context.make.erasure_by_id(request_id), position=await _position(context, done, request_id)
    )


async def redact(context: RequestContext, asked: TimelineEntryRedactInput) -> TimelineEntryRedactPayload:
    """Withhold what stands in an entry; answers when no copy is left, or when the wait is over."""
    require(context.principal.actor, Permission.REDACT_ENTRY)
    deps = context.deps
    command = RedactEntry(redaction_id=deps.ids.new(), entry_id=_entry(asked.entry_id), reason=asked.reason)
    done = await carry_out(
        context,
        "timelineEntryRedact",
        asked,
        lambda how: redact_entry(command, how, record=deps.record, directory=deps.directory),
    )
    redaction_id = UUID(done.outcome["redaction_id"])

    async def look() -> bool | None:
        row = (await redactions_by_id(context.database, [redaction_id])).get(redaction_id)
        return True if row is not None and row.completed_at is not None else None

    await deps.hub.until(look, timeout_ms=deps.mutation_wait_ms_max)
    context.renew()
    return TimelineEntryRedactPayload(
        redaction=await context.make.redaction_by_id(redaction_id),
        position=await _position(context, done, redaction_id),
    )


async def place(context: RequestContext, asked: RestrictionPlaceInput) -> RestrictionPlacePayload:
    """Keep a customer's data from being used, or from being erased."""
    require(context.principal.actor, Permission.RESTRICT_CUSTOMER)
    deps = context.deps
    command = PlaceRestriction(
        restriction_id=deps.ids.new(),
        customer_id=named(IdType.CUSTOMER, asked.customer_id, "customerId"),
        kind=asked.kind,
        reason=asked.reason,
        until=asked.until,
    )
    done = await carry_out(
        context, "restrictionPlace", asked, lambda how: place_restriction(command, how, record=deps.record)
    )
    return RestrictionPlacePayload(
        restriction=await context.make.restriction_by_id(UUID(done.outcome["restriction_id"])),
        position=await _position(context, done, UUID(done.outcome["customer_id"])),
    )


async def lift(context: RequestContext, asked: RestrictionLiftInput) -> RestrictionLiftPayload:
    """End a restriction."""
    require(context.principal.actor, Permission.RESTRICT_CUSTOMER)
    deps = context.deps
    command = LiftRestriction(
        restriction_id=named(IdType.RESTRICTION, asked.restriction_id, "restrictionId"), reason=asked.reason
    )
    done = await carry_out(
        context,
        "restrictionLift",
        asked,
        lambda how: lift_restriction(command, how, record=deps.record, directory=deps.directory),
    )
    return RestrictionLiftPayload(
        restriction=await context.make.restriction_by_id(UUID(done.outcome["restriction_id"])),
        position=await _position(context, done, UUID(done.outcome["customer_id"])),
    )


def _entry(value: str) -> UUID:
    """The uuid in the id of an entry in which something can be said.

    Raises:
        Refusal: NOT_FOUND.
    """
    try:
        kind, name = ids.decode(value)
        if kind in WITH_WORDS:
            return UUID(name)
    except (WrongIdError, ValueError):
        pass
    raise Refusal(RefusalCode.NOT_FOUND, "no such entry", "entryId")


async def _position(context: RequestContext, done: Committed, stream_id: UUID) -> str | None:
    return await position_of(context, stream_id, done.versions.get(stream_id))
