"""What can be recorded of withholding a redacted entry.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from services.channels.domain.withholding import Withholding


class WithholdingBegun(FirstFact):
    """The case service redacted entries, or kept them long enough (`expired`): what is here of them is to go.

    The keys of what has expired are destroyed by the case service, those of contacts that came in here.
    """

    TOPIC = "channels.withholding.begun.v1"
    redaction_id: UUID
    entry_ids: tuple[UUID, ...]
    expired: bool


class ContentWithheld(Fact):
    """Keys or envelopes are gone, tables rewritten. `events`: facts whose content nobody can read any more."""

    TOPIC = "channels.content.withheld.v1"
    redaction_id: UUID
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]

    def apply(self, aggregate: Withholding) -> None:
        """Nothing is left to do."""
        aggregate.done = True
