"""What can be recorded of forgetting contacts.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from services.channels.domain.forgetting import Forgetting


class ForgettingBegun(FirstFact):
    """The case service erased a customer and named contacts: whatever of them is here is to go."""

    TOPIC = "channels.forgetting.begun.v1"
    request_id: UUID
    part: int
    contact_ids: tuple[UUID, ...]


class SubjectForgotten(Fact):
    """Rows are gone, keys destroyed, tables rewritten. `events`: facts whose content nobody can read any more."""

    TOPIC = "channels.subject.forgotten.v1"
    request_id: UUID
    part: int
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]

    def apply(self, aggregate: Forgetting) -> None:
        """Nothing is left to do."""
        aggregate.done = True
