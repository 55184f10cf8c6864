"""What can be done. A refusal is data in `errors`; a top-level error means that nothing is known of the outcome."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.graphql.context import Info
from services.case.graphql.inputs import (
    AgentPresenceSetInput,
    AgentUpsertInput,
    CaseNoteAddInput,
    CaseReplyInput,
    CaseResolveInput,
    ContactRecordInput,
    CustomerHandleAddInput,
    GestureApproveInput,
    GestureDeclineInput,
    GestureGiveInput,
)
from services.case.graphql.mutations import cases, desk, gestures, privacy
from services.case.graphql.mutations.running import answering
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
from services.case.graphql.types.payloads import (
    AgentPresenceSetPayload,
    AgentUpsertPayload,
    CaseNoteAddPayload,
    CaseReplyPayload,
    CaseResolvePayload,
    ContactRecordPayload,
    CustomerHandleAddPayload,
    GestureApprovePayload,
    GestureDeclinePayload,
    GestureGivePayload,
)

_INPUT = strawberry.argument(name="input", description="What is asked.")


@strawberry.type
class Mutation:
    """What can be done."""

    @strawberry.mutation
    async def case_reply(self, info: Info, asked: Annotated[CaseReplyInput, _INPUT]) -> CaseReplyPayload:
        """Answer the customer. The case then waits for them."""
        return await answering(CaseReplyPayload, cases.reply(info.context, asked))

    @strawberry.mutation
    async def case_note_add(self, info: Info, asked: Annotated[CaseNoteAddInput, _INPUT]) -> CaseNoteAddPayload:
        """Write down what colleagues need to know."""
        return await answering(CaseNoteAddPayload, cases.note(info.context, asked))

    @strawberry.mutation
    async def case_resolve(self, info: Info, asked: Annotated[CaseResolveInput, _INPUT]) -> CaseResolvePayload:
        """Say that the matter is settled. A later contact may open it again."""
        return await answering(CaseResolvePayload, cases.resolve(info.context, asked))

    @strawberry.mutation
    async def contact_record(self, info: Info, asked: Annotated[ContactRecordInput, _INPUT]) -> ContactRecordPayload:
        """Put a call, a visit or a letter on record."""
        return await answering(ContactRecordPayload, cases.write_down(info.context, asked))

    @strawberry.mutation
    async def customer_handle_add(
        self, info: Info, asked: Annotated[CustomerHandleAddInput, _INPUT]
    ) -> CustomerHandleAddPayload:
        """Add an address by which a customer is known."""
        return await answering(CustomerHandleAddPayload, cases.add_customer_handle(info.context, asked))

    @strawberry.mutation
    async def gesture_give(self, info: Info, asked: Annotated[GestureGiveInput, _INPUT]) -> GestureGivePayload:
        """Give the customer something out of the resolution budget; above its limits it awaits an approval."""
        return await answering(GestureGivePayload, gestures.give(info.context, asked))

    @strawberry.mutation
    async def gesture_approve(self, info: Info, asked: Annotated[GestureApproveInput, _INPUT]) -> GestureApprovePayload:
        """Say yes to somebody else's gesture: the money comes from the asking agent's team."""
        return await answering(GestureApprovePayload, gestures.approve(info.context, asked))

    @strawberry.mutation
    async def gesture_decline(self, info: Info, asked: Annotated[GestureDeclineInput, _INPUT]) -> GestureDeclinePayload:
        """Say no to somebody else's gesture."""
        return await answering(GestureDeclinePayload, gestures.decline(info.context, asked))

    @strawberry.mutation
    async def agent_presence_set(
        self, info: Info, asked: Annotated[AgentPresenceSetInput, _INPUT]
    ) -> AgentPresenceSetPayload:
        """Say to be here, away or gone."""
        return await answering(AgentPresenceSetPayload, desk.set_presence(info.context, asked))

    @strawberry.mutation
    async def agent_upsert(self, info: Info, asked: Annotated[AgentUpsertInput, _INPUT]) -> AgentUpsertPayload:
        """Set up or change an agent. Nobody changes an own budget."""
        return await answering(AgentUpsertPayload, desk.upsert_agent(info.context, asked))

    @strawberry.mutation
    async def customer_erasure_request(
        self, info: Info, asked: Annotated[CustomerErasureRequestInput, _INPUT]
    ) -> CustomerErasureRequestPayload:
        """Ask to erase a customer's personal data; another person is to approve."""
        return await answering(CustomerErasureRequestPayload, privacy.request(info.context, asked))

    @strawberry.mutation
    async def customer_erasure_approve(
        self, info: Info, asked: Annotated[CustomerErasureApproveInput, _INPUT]
    ) -> CustomerErasureApprovePayload:
        """Say yes to somebody else's request: the customer is erased from then on."""
        return await answering(CustomerErasureApprovePayload, privacy.approve(info.context, asked))

    @strawberry.mutation
    async def restriction_place(
        self, info: Info, asked: Annotated[RestrictionPlaceInput, _INPUT]
    ) -> RestrictionPlacePayload:
        """Keep a customer's data from being used, or from being erased."""
        return await answering(RestrictionPlacePayload, privacy.place(info.context, asked))

    @strawberry.mutation
    async def restriction_lift(
        self, info: Info, asked: Annotated[RestrictionLiftInput, _INPUT]
    ) -> RestrictionLiftPayload:
        """End a restriction."""
        return await answering(RestrictionLiftPayload, privacy.lift(info.context, asked))
