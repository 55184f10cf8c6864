"""What can be recorded of a file that was brought to go along with a reply. Nothing here is personal.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import AttachmentState

if TYPE_CHECKING:
    from services.channels.domain.upload import Upload


class Announced(FirstFact):
    """Its bytes came and are about to be stored. `expires_at`: when they go, should no reply take them along."""

    TOPIC = "channels.upload.announced.v1"
    case_id: UUID
    customer_id: UUID
    expires_at: datetime


class Kept(Fact):
    """Its bytes lie in the object store, sealed. `media_type`: by its content. `quarantined`: until it was scanned."""

    TOPIC = "channels.upload.kept.v1"
    case_id: UUID
    object_id: UUID
    media_type: str
    size_bytes: int
    quarantined: bool

    def apply(self, aggregate: Upload) -> None:
        """It is here."""
        aggregate.keep_in_mind(self.object_id, self.media_type, quarantined=self.quarantined)


class Refused(Fact):
    """It is not kept. `reason`: a code."""

    TOPIC = "channels.upload.refused.v1"
    case_id: UUID
    reason: str
    media_type: str | None
    size_bytes: int | None

    def apply(self, aggregate: Upload) -> None:
        """Nobody gets it."""
        aggregate.state = AttachmentState.REFUSED
        aggregate.reason = self.reason


class Scanned(Fact):
    """The scanner looked into it: it may go along from here on, or never."""

    TOPIC = "channels.upload.scanned.v1"
    case_id: UUID
    clean: bool

    def apply(self, aggregate: Upload) -> None:
        """It waits no longer."""
        aggregate.state = AttachmentState.READY if self.clean else AttachmentState.REFUSED


class Claimed(Fact):
    """It goes along with a reply, and ends with it. `number`: its place among the reply's files, from 0."""

    TOPIC = "channels.upload.claimed.v1"
    contact_id: UUID
    number: int

    def apply(self, aggregate: Upload) -> None:
        """It is that reply's, and no other's."""
        aggregate.contact_id = self.contact_id


class Expired(Fact):
    """No reply took it along in time, or its customer is forgotten."""

    TOPIC = "channels.upload.expired.v1"
    case_id: UUID

    def apply(self, aggregate: Upload) -> None:
        """It is gone."""
        aggregate.state = AttachmentState.REMOVED
