"""The part of `Mutation` that is about answers of others and about how the house puts something."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.graphql.context import Info
from services.case.graphql.mutations import guards
from services.case.graphql.mutations.running import answering
from services.case.graphql.types.guards import (
    CaseLineApproveInput,
    CaseLineApprovePayload,
    ContactApproveInput,
    ContactApprovePayload,
    ContactDeclineInput,
    ContactDeclinePayload,
)

_INPUT = strawberry.argument(name="input", description="What is asked.")


@strawberry.type
class GuardingMutations:
    """What can be done about answers that others wrote."""

    @strawberry.mutation
    async def contact_approve(self, info: Info, asked: Annotated[ContactApproveInput, _INPUT]) -> ContactApprovePayload:
        """Say yes to somebody else's answer that is HELD: it leaves."""
        return await answering(ContactApprovePayload, guards.approve(info.context, asked))

    @strawberry.mutation
    async def contact_decline(self, info: Info, asked: Annotated[ContactDeclineInput, _INPUT]) -> ContactDeclinePayload:
        """Say no to an answer that is HELD: it never leaves. Whoever wrote it may take it back so."""
        return await answering(ContactDeclinePayload, guards.decline(info.context, asked))

    @strawberry.mutation
    async def case_line_approve(
        self, info: Info, asked: Annotated[CaseLineApproveInput, _INPUT]
    ) -> CaseLineApprovePayload:
        """Say how the house puts it in a matter: whoever says the same, word for word, needs nobody's yes."""
        return await answering(CaseLineApprovePayload, guards.approve_line_of(info.context, asked))
