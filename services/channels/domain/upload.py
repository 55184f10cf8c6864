"""A file that an agent brings so that it goes along with a reply. One stream each; its bytes end with its reply."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.stored import SealingScope, Stream
from contracts.uploads import UploadTicket
from contracts.vocabulary import AttachmentState, id_of
from services.channels.domain.attachment import KeptFile, RefusedFile
from services.channels.domain.upload_facts import Announced, Claimed, Expired, Kept, Refused, Scanned


class Upload(Stream):
    """The state that decisions need, folded from the facts. Its id is the attachment's."""

    TOPIC = "channels.upload"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.upload.created.never"

    def __init__(self, *, case_id: UUID, customer_id: UUID, **_announced: Any) -> None:
        self.case_id = case_id
        self.customer_id = customer_id
        self.state = AttachmentState.PENDING
        self.object_id: UUID | None = None
        self.media_type = ""
        self.reason: str | None = None
        self.contact_id: UUID | None = None

    def keep_in_mind(self, object_id: UUID, media_type: str, *, quarantined: bool) -> None:
        """Apply where it lies; for facts only."""
        self.object_id, self.media_type = object_id, media_type
        self.state = AttachmentState.QUARANTINED if quarantined else AttachmentState.READY

    @classmethod
    def announce(cls, ticket: UploadTicket, *, expires_at: datetime, at: datetime) -> Upload:
        """Say that its bytes are about to be stored."""
        return cls._create(
            Announced,
            id=ticket.attachment_id,
            timestamp=at,
            case_id=ticket.case_id,
            customer_id=ticket.customer_id,
            expires_at=expires_at,
        )

    def conclude(self, found: KeptFile | RefusedFile, *, quarantined: bool, at: datetime) -> None:
        """Say that it is kept, or is not, once."""
        if self.state is not AttachmentState.PENDING:
            return
        if isinstance(found, RefusedFile):
            seen = {"media_type": found.media_type, "size_bytes": found.size_bytes}
            self.trigger_event(Refused, timestamp=at, case_id=self.case_id, reason=found.reason, **seen)
            return
        self.trigger_event(
            Kept,
            timestamp=at,
            case_id=self.case_id,
            object_id=found.object_id,
            media_type=found.media_type,
            size_bytes=found.size_bytes,
            quarantined=quarantined,
        )

    def scan(self, *, clean: bool, at: datetime) -> None:
        """Take note of what the scanner found, once."""
        if self.state is AttachmentState.QUARANTINED:
            self.trigger_event(Scanned, timestamp=at, case_id=self.case_id, clean=clean)

    def claim(self, contact_id: UUID, number: int, *, case_id: UUID, at: datetime) -> None:
        """Go along with a reply of its case; one that does already, or is not ready, stays as it is."""
        if self.contact_id is None and self.state is AttachmentState.READY and self.case_id == case_id:
            self.trigger_event(Claimed, timestamp=at, contact_id=contact_id, number=number)

    def expire(self, *, at: datetime) -> None:
        """End, unless a reply has it."""
        if self.contact_id is None and self.state is not AttachmentState.REMOVED:
            self.trigger_event(Expired, timestamp=at, case_id=self.case_id)


def upload_scope(customer_id: UUID, attachment_id: UUID) -> SealingScope:
    """Under whose key it is sealed: the customer's of its case, in a matter apart, so that it can also end alone."""
    return SealingScope(customer_id, id_of("upload", str(attachment_id)))
