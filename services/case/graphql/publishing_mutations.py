"""The part of `Mutation` that is about what we say to everybody."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.graphql.context import Info
from services.case.graphql.mutations import publications
from services.case.graphql.mutations.running import INPUT, answering
from services.case.graphql.types.publishing import (
    PublicationApproveInput,
    PublicationApprovePayload,
    PublicationCancelInput,
    PublicationCancelPayload,
    PublicationDeclineInput,
    PublicationDeclinePayload,
    PublicationDraftInput,
    PublicationDraftPayload,
)


@strawberry.type
class PublishingMutations:
    """What can be done about what we say to everybody."""

    @strawberry.mutation
    async def publication_draft(
        self, info: Info, asked: Annotated[PublicationDraftInput, INPUT]
    ) -> PublicationDraftPayload:
        """Write something for everybody, in answer to nobody. Another person has to agree before it leaves."""
        return await answering(PublicationDraftPayload, publications.draft(info.context, asked))

    @strawberry.mutation
    async def publication_approve(
        self, info: Info, asked: Annotated[PublicationApproveInput, INPUT]
    ) -> PublicationApprovePayload:
        """Say yes to something that somebody else wrote: it leaves, now or at its time."""
        return await answering(PublicationApprovePayload, publications.approve(info.context, asked))

    @strawberry.mutation
    async def publication_decline(
        self, info: Info, asked: Annotated[PublicationDeclineInput, INPUT]
    ) -> PublicationDeclinePayload:
        """Say no to it: it never leaves."""
        return await answering(PublicationDeclinePayload, publications.decline(info.context, asked))

    @strawberry.mutation
    async def publication_cancel(
        self, info: Info, asked: Annotated[PublicationCancelInput, INPUT]
    ) -> PublicationCancelPayload:
        """Take it back before it leaves: whoever wrote it may, and whoever decides about such."""
        return await answering(PublicationCancelPayload, publications.cancel(info.context, asked))
