"""Files of a case's contacts, as far as decisions need to know."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.vocabulary import ContentState
from services.case.domain.attachment_facts import AttachmentChanged
from services.case.domain.case import Case
from services.case.domain.case_contact import AttachmentNews


def note_attachment(case: Case, news: AttachmentNews, *, at: datetime) -> None:
    """Take note of it; of a contact that is gone, redacted or taken back nothing is noted any more."""
    contact = case.contacts.get(news.contact_id)
    closed = {ContentState.REMOVED_BY_SENDER, ContentState.REDACTED, ContentState.EXPIRED, ContentState.ERASED}
    if contact is None or case.erased or contact.text_state in closed:
        return
    known = contact.attachments.get(news.attachment_id)
    if known is None or known.state is not news.state:
        case.trigger_event(AttachmentChanged, timestamp=at, **msgspec.structs.asdict(news))
