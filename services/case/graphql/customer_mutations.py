"""What can be done about customers: who they are, by what they are known, with whom they are one."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.graphql.context import Info
from services.case.graphql.inputs import CustomerHandleAddInput
from services.case.graphql.mutations import cases, customers, merges, moves
from services.case.graphql.mutations.running import answering
from services.case.graphql.types.describing import (
    ContactMoveInput,
    ContactMovePayload,
    CustomerHandleRemoveInput,
    CustomerHandleRemovePayload,
    CustomerNoteAddInput,
    CustomerNoteAddPayload,
    CustomerUpdateInput,
    CustomerUpdatePayload,
)
from services.case.graphql.types.merges import (
    CustomerMergeInput,
    CustomerMergePayload,
    CustomerUnmergeInput,
    CustomerUnmergePayload,
)
from services.case.graphql.types.payloads import CustomerHandleAddPayload

_INPUT = strawberry.argument(name="input", description="What is asked.")


@strawberry.type
class CustomerMutations:
    """The part of `Mutation` about customers."""

    @strawberry.mutation
    async def customer_update(self, info: Info, asked: Annotated[CustomerUpdateInput, _INPUT]) -> CustomerUpdatePayload:
        """Write down who a customer is. What is left out stays as it is; what is null is known no more."""
        return await answering(CustomerUpdatePayload, customers.update(info.context, asked))

    @strawberry.mutation
    async def customer_note_add(
        self, info: Info, asked: Annotated[CustomerNoteAddInput, _INPUT]
    ) -> CustomerNoteAddPayload:
        """Write down what colleagues need to know of a customer, whatever the matter."""
        return await answering(CustomerNoteAddPayload, customers.note(info.context, asked))

    @strawberry.mutation
    async def customer_handle_add(
        self, info: Info, asked: Annotated[CustomerHandleAddInput, _INPUT]
    ) -> CustomerHandleAddPayload:
        """Add an address by which a customer is known."""
        return await answering(CustomerHandleAddPayload, cases.add_customer_handle(info.context, asked))

    @strawberry.mutation
    async def customer_handle_remove(
        self, info: Info, asked: Annotated[CustomerHandleRemoveInput, _INPUT]
    ) -> CustomerHandleRemovePayload:
        """Know a customer by an address no more. It is free then: who writes from there is somebody new."""
        return await answering(CustomerHandleRemovePayload, customers.take_handle_off(info.context, asked))

    @strawberry.mutation
    async def customer_merge(self, info: Info, asked: Annotated[CustomerMergeInput, _INPUT]) -> CustomerMergePayload:
        """Show a customer as another one who turned out to be the same. Nothing is lost, and it can be undone."""
        return await answering(CustomerMergePayload, merges.merge(info.context, asked))

    @strawberry.mutation
    async def customer_unmerge(
        self, info: Info, asked: Annotated[CustomerUnmergeInput, _INPUT]
    ) -> CustomerUnmergePayload:
        """Show each alone again, with what came in for it meanwhile."""
        return await answering(CustomerUnmergePayload, merges.unmerge(info.context, asked))

    @strawberry.mutation
    async def contact_move(self, info: Info, asked: Annotated[ContactMoveInput, _INPUT]) -> ContactMovePayload:
        """Put a contact into another case of its customer, or into a new one. Nothing is lost by it."""
        return await answering(ContactMovePayload, moves.move(info.context, asked))
