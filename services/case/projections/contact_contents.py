"""What contacts have beside their texts: table contact_contents, a row for those that have any of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.content import RatingContent
from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import Direction
from services.case.domain import case_facts, contact_facts
from services.case.domain.contact_fields import fields_of
from services.case.domain.satisfaction import rating_in
from services.case.domain.visible_text import visible_text


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a contact, or about what was said in a case."""
    match fact:
        case contact_facts.ContactAttached():
            yield from _attached(fact, meta)
        case contact_facts.ReplyRequested() if fact.content is not None and fact.content.html is not None:
            said = (fact.contact_id, meta.stream_id, fact.content.html, None, None, None, None, None)
            yield Row("insert_contact_content", said, expect_rows=1)
        case contact_facts.ContactEdited():
            yield Row("edit_contact_content", (fact.contact_id,))
        case contact_facts.ContactDetached() | contact_facts.ContactRemoved():
            yield Row("delete_contact_content", (fact.contact_id,))
        case case_facts.ContentRedacted():
            yield Row("delete_contact_content", (fact.entry_id,))
        case case_facts.ContentExpired() | case_facts.ContentErased():
            yield Row("delete_contact_contents", (meta.stream_id,))
        case _:
            return


def _attached(fact: contact_facts.ContactAttached, meta: FactMeta) -> Iterator[Row]:
    content = fact.content
    if content is None:
        return
    visible = visible_text(content.text, content.spans) if content.text and content.spans else None
    told = rating_in(content) if fact.direction is Direction.INBOUND else content.rating
    rating, reach, fields = _rating(told), _json(content.reach), _json(fields_of(content) or None)
    beside = (content.html, visible, content.url, rating, reach, fields)
    if any(each is not None for each in beside):
        said = (fact.contact_id, meta.stream_id, *beside)
        yield Row("insert_contact_content", said, expect_rows=1)


def _rating(rating: RatingContent | None) -> str | None:
    """As it reads after it was stored, too: with its fractions."""
    if rating is None:
        return None
    return _json(RatingContent(float(rating.value), float(rating.min), float(rating.max)))


def _json(value: msgspec.Struct | tuple[msgspec.Struct, ...] | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
