"""Files that agents bring, in the table attachments: with no contact until an answer takes them along."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.attachments import UNKNOWN_MEDIA_TYPE
from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import upload_facts as facts


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about such a file; with its answer they end as all files of contacts do."""
    stream_id = meta.stream_id
    match fact:
        case facts.UploadRequested():
            content = fact.content
            named = (
                (None, UNKNOWN_MEDIA_TYPE, 0)
                if content is None
                else (content.name, content.media_type, content.size_bytes)
            )
            yield Row("insert_upload", (stream_id, fact.case_id, *named, fact.expires_at))
        case facts.UploadChanged():
            known = (fact.state, fact.media_type, fact.size_bytes, fact.reason, UNKNOWN_MEDIA_TYPE)
            yield Row("change_upload", (stream_id, *known))
        case facts.UploadTaken():
            yield Row("take_upload", (stream_id, fact.contact_id, fact.number))
        case facts.UploadReleased():
            yield Row("release_upload", (stream_id,))
        case facts.UploadExpired():
            yield Row("end_upload", (stream_id, UNKNOWN_MEDIA_TYPE))
        case _:
            return
