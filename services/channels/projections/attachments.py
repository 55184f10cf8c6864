"""The table `attachments`: which files came along, and how far each is. None of a contact that is erased."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.attachments import attachment_id_of
from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import AttachmentState
from services.channels.domain.attachment_facts import Refused, Scanned, Stored
from services.channels.domain.contact_facts import Forgotten, Received, Redacted, Removed


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per file that a contact brings."""
    stream_id = meta.stream_id
    match fact:
        case Received():
            for number, _ in enumerate(fact.content.attachments if fact.content else ()):
                yield Row("put_attachment", (attachment_id_of(stream_id, number), stream_id, number, fact.timestamp))
        case Stored():
            state = AttachmentState.QUARANTINED if fact.quarantined else AttachmentState.READY
            yield Row("attachment_stored", (stream_id, state.value, fact.object_id))
        case Refused():
            yield Row("attachment_settled", (stream_id, AttachmentState.REFUSED.value))
        case Scanned():
            state = AttachmentState.READY if fact.clean else AttachmentState.REFUSED
            yield Row("attachment_settled", (stream_id, state.value))
        case Redacted() | Forgotten() | Removed():
            yield Row("attachments_removed", (stream_id,))
