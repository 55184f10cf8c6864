"""Files of a case's contacts, as far as decisions need to know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import AttachmentState, ContentState
from services.case.domain.attachment_facts import AttachmentChanged
from services.case.domain.case import Case


class AttachmentNews(msgspec.Struct, frozen=True):
    """How far a file is, as the front door says."""

    attachment_id: UUID
    contact_id: UUID
    number: int
    state: AttachmentState
    media_type: str | None = None
    size_bytes: int | None = None
    reason: str | None = None


def note_attachment(case: Case, news: AttachmentNews, *, at: datetime) -> None:
    """Take note of it; of a contact that is gone, redacted or taken back nothing is noted any more."""
    contact = case.contacts.get(news.contact_id)
    closed = {ContentState.REMOVED_BY_SENDER, ContentState.REDACTED, ContentState.EXPIRED, ContentState.ERASED}
    if contact is None or case.erased or contact.text_state in closed:
        return
    if contact.attachments.get(news.attachment_id) is not news.state:
        case.trigger_event(AttachmentChanged, timestamp=at, **msgspec.structs.asdict(news))
