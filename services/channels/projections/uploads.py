"""The table `uploads`: files that were brought to go along with replies, and how far each is."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import AttachmentState
from services.channels.domain import delivery_facts
from services.channels.domain import upload_facts as facts


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The row of a file, as its facts and those of its reply have it."""
    stream_id = meta.stream_id
    match fact:
        case facts.Announced():
            yield Row("put_upload", (stream_id, fact.customer_id, fact.timestamp, fact.expires_at))
        case facts.Kept():
            state = AttachmentState.QUARANTINED if fact.quarantined else AttachmentState.READY
            yield Row("upload_kept", (stream_id, state.value, fact.object_id))
        case facts.Refused():
            yield Row("upload_settled", (stream_id, AttachmentState.REFUSED.value))
        case facts.Scanned():
            state = AttachmentState.READY if fact.clean else AttachmentState.REFUSED
            yield Row("upload_settled", (stream_id, state.value))
        case facts.Claimed():
            yield Row("upload_claimed", (stream_id, fact.contact_id))
        case facts.Expired():
            yield Row("upload_settled", (stream_id, AttachmentState.REMOVED.value))
        case delivery_facts.Redacted() | delivery_facts.Forgotten():
            yield Row("uploads_removed", (stream_id,))
