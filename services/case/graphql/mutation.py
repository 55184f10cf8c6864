"""What can be done. A refusal is data in `errors`; a top-level error means that nothing is known of the outcome."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.graphql.context import Info
from services.case.graphql.customer_mutations import CustomerMutations
from services.case.graphql.guarding_mutations import GuardingMutations
from services.case.graphql.inputs import (
    AgentPresenceSetInput,
    AgentUpsertInput,
    CaseNoteAddInput,
    CaseReplyInput,
    CaseResolveInput,
    ContactRecordInput,
    GestureApproveInput,
    GestureDeclineInput,
    GestureGiveInput,
)
from services.case.graphql.lead_mutation import LeadMutation
from services.case.graphql.mutations import (
    cases,
    commitments,
    desk,
    gestures,
    handling,
    mentions,
    offers,
    opening,
    privacy,
    reviews,
    settling,
)
from services.case.graphql.mutations.running import INPUT, answering
from services.case.graphql.mutations.uploading import FileMutation
from services.case.graphql.publishing_mutations import PublishingMutations
from services.case.graphql.types.commitments import (
    CommitmentKeepInput,
    CommitmentKeepPayload,
    CommitmentMakeInput,
    CommitmentMakePayload,
    CommitmentWithdrawInput,
    CommitmentWithdrawPayload,
)
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
from services.case.graphql.types.handling import (
    CaseClaimInput,
    CaseClaimPayload,
    CasePrioritySetInput,
    CasePrioritySetPayload,
    CaseReopenInput,
    CaseReopenPayload,
    CaseTagsSetInput,
    CaseTagsSetPayload,
    CaseTransferInput,
    CaseTransferPayload,
    CaseViewingSetInput,
    CaseViewingSetPayload,
    CaseWaitInput,
    CaseWaitPayload,
)
from services.case.graphql.types.mentions import MentionPromoteInput, MentionPromotePayload
from services.case.graphql.types.offers import (
    OfferAcceptInput,
    OfferAcceptPayload,
    OfferDeclineInput,
    OfferDeclinePayload,
)
from services.case.graphql.types.opening import CaseOpenInput, CaseOpenPayload
from services.case.graphql.types.payloads import (
    AgentPresenceSetPayload,
    AgentUpsertPayload,
    CaseNoteAddPayload,
    CaseReplyPayload,
    CaseResolvePayload,
    ContactRecordPayload,
    GestureApprovePayload,
    GestureDeclinePayload,
    GestureGivePayload,
)
from services.case.graphql.types.redaction import TimelineEntryRedactInput, TimelineEntryRedactPayload
from services.case.graphql.types.reviews import GestureReviewRecordInput, GestureReviewRecordPayload
from services.case.graphql.types.settling import CaseSettleInput, CaseSettlePayload


@strawberry.type
class Mutation(CustomerMutations, GuardingMutations, FileMutation, LeadMutation, PublishingMutations):
    """What can be done."""

    @strawberry.mutation
    async def case_reply(self, info: Info, asked: Annotated[CaseReplyInput, INPUT]) -> CaseReplyPayload:
        """Answer the customer. The case then waits for them."""
        return await answering(CaseReplyPayload, cases.reply(info.context, asked))

    @strawberry.mutation
    async def case_open(self, info: Info, asked: Annotated[CaseOpenInput, INPUT]) -> CaseOpenPayload:
        """Begin a matter with a customer. The case is the viewer's own and waits for the customer."""
        return await answering(CaseOpenPayload, opening.open_case(info.context, asked))

    @strawberry.mutation
    async def case_note_add(self, info: Info, asked: Annotated[CaseNoteAddInput, INPUT]) -> CaseNoteAddPayload:
        """Write down what colleagues need to know."""
        return await answering(CaseNoteAddPayload, cases.note(info.context, asked))

    @strawberry.mutation
    async def case_resolve(self, info: Info, asked: Annotated[CaseResolveInput, INPUT]) -> CaseResolvePayload:
        """Say that the matter is settled. A later contact may open it again."""
        return await answering(CaseResolvePayload, cases.resolve(info.context, asked))

    @strawberry.mutation
    async def case_transfer(self, info: Info, asked: Annotated[CaseTransferInput, INPUT]) -> CaseTransferPayload:
        """Say who is to have the case: an agent, a team, or whomever routing finds."""
        return await answering(CaseTransferPayload, handling.transfer(info.context, asked))

    @strawberry.mutation
    async def case_claim(self, info: Info, asked: Annotated[CaseClaimInput, INPUT]) -> CaseClaimPayload:
        """Take a case that nobody has."""
        return await answering(CaseClaimPayload, handling.claim(info.context, asked))

    @strawberry.mutation
    async def offer_accept(self, info: Info, asked: Annotated[OfferAcceptInput, INPUT]) -> OfferAcceptPayload:
        """Take the case that was offered. It is the viewer's when routing says so."""
        return await answering(OfferAcceptPayload, offers.accept(info.context, asked))

    @strawberry.mutation
    async def offer_decline(self, info: Info, asked: Annotated[OfferDeclineInput, INPUT]) -> OfferDeclinePayload:
        """Do not take the case that was offered: somebody else is asked, and it keeps its place in the queue."""
        return await answering(OfferDeclinePayload, offers.decline(info.context, asked))

    @strawberry.mutation
    async def case_wait(self, info: Info, asked: Annotated[CaseWaitInput, INPUT]) -> CaseWaitPayload:
        """Let the case wait for somebody else, or for a date."""
        return await answering(CaseWaitPayload, handling.wait(info.context, asked))

    @strawberry.mutation
    async def case_reopen(self, info: Info, asked: Annotated[CaseReopenInput, INPUT]) -> CaseReopenPayload:
        """Go on with a resolved matter."""
        return await answering(CaseReopenPayload, handling.reopen(info.context, asked))

    @strawberry.mutation
    async def case_priority_set(
        self, info: Info, asked: Annotated[CasePrioritySetInput, INPUT]
    ) -> CasePrioritySetPayload:
        """Say how soon the matter is."""
        return await answering(CasePrioritySetPayload, handling.prioritise(info.context, asked))

    @strawberry.mutation
    async def case_tags_set(self, info: Info, asked: Annotated[CaseTagsSetInput, INPUT]) -> CaseTagsSetPayload:
        """File the case under other words."""
        return await answering(CaseTagsSetPayload, handling.tag(info.context, asked))

    @strawberry.mutation
    async def case_viewing_set(self, info: Info, asked: Annotated[CaseViewingSetInput, INPUT]) -> CaseViewingSetPayload:
        """Say to be looking at the case, for a minute."""
        return await answering(CaseViewingSetPayload, handling.view(info.context, asked))

    @strawberry.mutation
    async def case_settle(self, info: Info, asked: Annotated[CaseSettleInput, INPUT]) -> CaseSettlePayload:
        """Answer, give and resolve at one stroke: nothing is sent if the money is refused."""
        return await answering(CaseSettlePayload, settling.settle(info.context, asked))

    @strawberry.mutation
    async def commitment_make(self, info: Info, asked: Annotated[CommitmentMakeInput, INPUT]) -> CommitmentMakePayload:
        """Promise the customer something by a moment."""
        return await answering(CommitmentMakePayload, commitments.make(info.context, asked))

    @strawberry.mutation
    async def commitment_keep(self, info: Info, asked: Annotated[CommitmentKeepInput, INPUT]) -> CommitmentKeepPayload:
        """Say that what was promised is done."""
        return await answering(CommitmentKeepPayload, commitments.keep(info.context, asked))

    @strawberry.mutation
    async def commitment_withdraw(
        self, info: Info, asked: Annotated[CommitmentWithdrawInput, INPUT]
    ) -> CommitmentWithdrawPayload:
        """Take a promise back."""
        return await answering(CommitmentWithdrawPayload, commitments.withdraw(info.context, asked))

    @strawberry.mutation
    async def contact_record(self, info: Info, asked: Annotated[ContactRecordInput, INPUT]) -> ContactRecordPayload:
        """Put a call, a visit or a letter on record."""
        return await answering(ContactRecordPayload, cases.write_down(info.context, asked))

    @strawberry.mutation
    async def mention_promote(self, info: Info, asked: Annotated[MentionPromoteInput, INPUT]) -> MentionPromotePayload:
        """Take up what nobody was to answer: it becomes a contact of a case, said when it was said."""
        return await answering(MentionPromotePayload, mentions.promote(info.context, asked))

    @strawberry.mutation
    async def gesture_give(self, info: Info, asked: Annotated[GestureGiveInput, INPUT]) -> GestureGivePayload:
        """Give the customer something out of the resolution budget; above its limits it awaits an approval."""
        return await answering(GestureGivePayload, gestures.give(info.context, asked))

    @strawberry.mutation
    async def gesture_approve(self, info: Info, asked: Annotated[GestureApproveInput, INPUT]) -> GestureApprovePayload:
        """Say yes to somebody else's gesture: the money comes from the asking agent's team."""
        return await answering(GestureApprovePayload, gestures.approve(info.context, asked))

    @strawberry.mutation
    async def gesture_decline(self, info: Info, asked: Annotated[GestureDeclineInput, INPUT]) -> GestureDeclinePayload:
        """Say no to somebody else's gesture."""
        return await answering(GestureDeclinePayload, gestures.decline(info.context, asked))

    @strawberry.mutation
    async def gesture_review_record(
        self, info: Info, asked: Annotated[GestureReviewRecordInput, INPUT]
    ) -> GestureReviewRecordPayload:
        """Say what a second read of a gesture found. The gesture stays as it is."""
        return await answering(GestureReviewRecordPayload, reviews.record(info.context, asked))

    @strawberry.mutation
    async def agent_presence_set(
        self, info: Info, asked: Annotated[AgentPresenceSetInput, INPUT]
    ) -> AgentPresenceSetPayload:
        """Say to be here, away or gone."""
        return await answering(AgentPresenceSetPayload, desk.set_presence(info.context, asked))

    @strawberry.mutation
    async def agent_upsert(self, info: Info, asked: Annotated[AgentUpsertInput, INPUT]) -> AgentUpsertPayload:
        """Set up or change an agent. Nobody changes an own budget."""
        return await answering(AgentUpsertPayload, desk.upsert_agent(info.context, asked))

    @strawberry.mutation
    async def customer_erasure_request(
        self, info: Info, asked: Annotated[CustomerErasureRequestInput, INPUT]
    ) -> CustomerErasureRequestPayload:
        """Ask to erase a customer's personal data; another person is to approve."""
        return await answering(CustomerErasureRequestPayload, privacy.request(info.context, asked))

    @strawberry.mutation
    async def customer_erasure_approve(
        self, info: Info, asked: Annotated[CustomerErasureApproveInput, INPUT]
    ) -> CustomerErasureApprovePayload:
        """Say yes to somebody else's request: the customer is erased from then on."""
        return await answering(CustomerErasureApprovePayload, privacy.approve(info.context, asked))

    @strawberry.mutation
    async def timeline_entry_redact(
        self, info: Info, asked: Annotated[TimelineEntryRedactInput, INPUT]
    ) -> TimelineEntryRedactPayload:
        """Withhold for good what somebody said in an entry; the entry itself stays."""
        return await answering(TimelineEntryRedactPayload, privacy.redact(info.context, asked))

    @strawberry.mutation
    async def restriction_place(
        self, info: Info, asked: Annotated[RestrictionPlaceInput, INPUT]
    ) -> RestrictionPlacePayload:
        """Keep a customer's data from being used, or from being erased."""
        return await answering(RestrictionPlacePayload, privacy.place(info.context, asked))

    @strawberry.mutation
    async def restriction_lift(
        self, info: Info, asked: Annotated[RestrictionLiftInput, INPUT]
    ) -> RestrictionLiftPayload:
        """End a restriction."""
        return await answering(RestrictionLiftPayload, privacy.lift(info.context, asked))
