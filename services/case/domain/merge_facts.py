"""Two records turned out to be of one person, or not after all.

Nothing moves: each customer keeps its handles, its cases and its keys, and what comes in later by one's handle is that
one's. A merge says whose screen shows them; undoing it leaves both as they would be without it.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from contracts.stored import Fact, Sealed

if TYPE_CHECKING:
    from services.case.domain.customer import Customer


class MergedInto(msgspec.Struct, frozen=True):
    """Whom a customer turned out to be, and by which merge."""

    merge_id: UUID
    target_id: UUID


class CustomerMerged(Fact):
    """A person said that this customer is another one, for a reason in words."""

    TOPIC = "customer.merged.v1"
    merge_id: UUID
    target_id: UUID
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Be shown with the other one."""
        aggregate.merged = MergedInto(self.merge_id, self.target_id)


class MergeReceived(Fact):
    """Another customer turned out to be this one. It makes merges that would make a circle collide here."""

    TOPIC = "customer.merge-received.v1"
    merge_id: UUID
    source_id: UUID

    def apply(self, aggregate: Customer) -> None:
        """Show it along."""
        aggregate.received[self.merge_id] = self.source_id


class MergeUndone(Fact):
    """A person said that this customer is nobody else after all, for a reason in words."""

    TOPIC = "customer.merge-undone.v1"
    merge_id: UUID
    target_id: UUID
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Stand alone."""
        aggregate.merged = None


class MergeGivenBack(Fact):
    """Another customer is not this one after all."""

    TOPIC = "customer.merge-given-back.v1"
    merge_id: UUID
    source_id: UUID

    def apply(self, aggregate: Customer) -> None:
        """Show it along no more."""
        aggregate.received.pop(self.merge_id, None)
