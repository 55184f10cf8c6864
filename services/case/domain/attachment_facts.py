"""What can become of a file that came with a contact of a case.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact
from contracts.vocabulary import AttachmentState
from services.case.domain.case_contact import AttachmentNews

if TYPE_CHECKING:
    from services.case.domain.case import Case


class AttachmentChanged(Fact):
    """The front door said how far a file is. `number`: its place among its contact's, from 0.

    `media_type`, `size_bytes`: as they were found, once that is known. `reason`: a code, of one that is not handed out.
    """

    TOPIC = "case.attachment-changed.v1"
    attachment_id: UUID
    contact_id: UUID
    number: int
    state: AttachmentState
    media_type: str | None
    size_bytes: int | None
    reason: str | None

    def apply(self, aggregate: Case) -> None:
        """Know how far it is."""
        aggregate.contacts[self.contact_id].attachments[self.attachment_id] = AttachmentNews(
            attachment_id=self.attachment_id,
            contact_id=self.contact_id,
            number=self.number,
            state=self.state,
            media_type=self.media_type,
            size_bytes=self.size_bytes,
            reason=self.reason,
        )
