"""What can become of a redaction after the fact of its case that began it.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from services.case.domain.redaction import Redaction


class RedactionBegun(FirstFact):
    """What stood in an entry is withheld here; channels is told to withhold its copies.

    `case_id` None: it is a note about the customer, of which channels never had one.
    """

    TOPIC = "redaction.begun.v1"
    case_id: UUID | None
    customer_id: UUID
    entry_id: UUID


class CopiesWithheld(Fact):
    """Channels has no copy any more. `events`: facts of its own that cannot be read any more."""

    TOPIC = "redaction.copies-withheld.v1"
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]

    def apply(self, aggregate: Redaction) -> None:
        """The rest is ours."""
        aggregate.answer = self


class RedactionCompleted(Fact):
    """No copy is left in any file or transport of ours. `events`: facts whose content nobody can read any more."""

    TOPIC = "redaction.completed.v1"
    case_id: UUID | None
    events: int
    stores_purged: tuple[str, ...]

    def apply(self, aggregate: Redaction) -> None:
        """Nothing is left to do."""
        aggregate.completed = True
