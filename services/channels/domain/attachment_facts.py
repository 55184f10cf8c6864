"""What can be recorded of a file that came along. Name and bytes are sealed elsewhere: nothing here is personal.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from services.channels.domain.attachment import Attachment


class Stored(FirstFact):
    """Its bytes lie in the object store, sealed. `media_type`: by its content. `quarantined`: until it was scanned."""

    TOPIC = "channels.attachment.stored.v1"
    contact_id: UUID
    number: int
    object_id: UUID
    media_type: str
    size_bytes: int
    quarantined: bool


class Refused(FirstFact):
    """It is not kept. `reason`: a code. `media_type`, `size_bytes`: as far as they were seen."""

    TOPIC = "channels.attachment.refused.v1"
    contact_id: UUID
    number: int
    reason: str
    media_type: str | None
    size_bytes: int | None


class Scanned(Fact):
    """The scanner looked into it: it is handed out from here on, or never."""

    TOPIC = "channels.attachment.scanned.v1"
    contact_id: UUID
    number: int
    clean: bool

    def apply(self, aggregate: Attachment) -> None:
        """It waits no longer."""
        aggregate.passed(clean=self.clean)
