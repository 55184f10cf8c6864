"""Answering offers. A yes is good when routing says so: two who are quick get one case."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.answer_offer import AnswerOffer, answer_offer
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.cases import of_case
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.offers import (
    OfferAcceptInput,
    OfferAcceptPayload,
    OfferDeclineInput,
    OfferDeclinePayload,
)
from services.case.queries.people import desk_request
from services.case.queries.rows import EntryRow
from services.case.queries.timeline import entries_by_id


async def accept(context: RequestContext, asked: OfferAcceptInput) -> OfferAcceptPayload:
    """Take the case; answers when routing has decided, or when the wait is over.

    Raises:
        Refusal: what the command refuses, and routing: CASE_RESOLVED, ALREADY_ASSIGNED, NOT_FOUND (it is over).
    """
    require(context.principal.actor, Permission.HANDLE_CASE)
    deps = context.deps
    command = AnswerOffer(named(IdType.OFFER, asked.offer_id, "offerId"), deps.ids.new())
    done = await carry_out(
        context,
        "offerAccept",
        asked,
        lambda how: answer_offer(command, how, record=deps.record, directory=deps.directory),
    )
    decided = await _until_decided(context, UUID(done.outcome["answer_id"]))
    case_id, _ = of_case(done)
    case = await context.make.case_by_id(case_id)
    return OfferAcceptPayload(
        case=case,
        version=None if case is None else case.version,
        position=None if decided is None else await position_of(context, case_id, decided.version),
    )


async def decline(context: RequestContext, asked: OfferDeclineInput) -> OfferDeclinePayload:
    """Do not take the case; somebody else is asked."""
    require(context.principal.actor, Permission.HANDLE_CASE)
    deps = context.deps
    offer_id = named(IdType.OFFER, asked.offer_id, "offerId")
    command = AnswerOffer(offer_id, deps.ids.new(), asked.reason)
    done = await carry_out(
        context,
        "offerDecline",
        asked,
        lambda how: answer_offer(command, how, record=deps.record, directory=deps.directory),
    )
    case_id, version = of_case(done)
    return OfferDeclinePayload(
        offer=await context.make.offer_by_id(offer_id),
        position=await position_of(context, case_id, version),
    )


async def _until_decided(context: RequestContext, answer_id: UUID) -> EntryRow | None:
    """Routing's decision on a yes; None where it has not come within the wait.

    Raises:
        Refusal: routing says that it came too late.
    """

    async def look() -> EntryRow | Refusal | None:
        row = await desk_request(context.database, answer_id)
        if row is not None and row.code is not None:
            return Refusal(RefusalCode(row.code), row.message or "refused", *(row.path or ()))
        return (await entries_by_id(context.database, [answer_id])).get(answer_id)

    hub, wait_ms = context.deps.hub, context.deps.mutation_wait_ms_max
    found: EntryRow | Refusal | None = await hub.until_answered(answer_id, look, timeout_ms=wait_ms)
    context.renew()
    if isinstance(found, Refusal):
        raise found
    return found
