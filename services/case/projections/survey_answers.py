"""How customers said we did: table survey_answers, a row for each contact and each mention that says so."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import Direction
from services.case.domain import case_facts, contact_facts, mention_facts
from services.case.domain.satisfaction import answer_in


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a contact or a mention, or about what was said in a case."""
    match fact:
        case contact_facts.ContactAttached() if fact.direction is Direction.INBOUND:
            yield from _answered(fact, fact.contact_id, fact.customer_id, meta.stream_id)
        case mention_facts.Noted():
            yield from _answered(fact, meta.stream_id, None, None)
        case contact_facts.ContactDetached() | contact_facts.ContactRemoved():
            yield Row("delete_survey_answer", (fact.contact_id,))
        case mention_facts.Removed() | mention_facts.Expired():
            yield Row("delete_survey_answer", (meta.stream_id,))
        case case_facts.ContentRedacted():
            yield Row("delete_survey_answer", (fact.entry_id,))
        case case_facts.ContentExpired() | case_facts.ContentErased():
            yield Row("delete_survey_answers", (meta.stream_id,))
        case _:
            return


def _answered(
    fact: contact_facts.ContactAttached | mention_facts.Noted,
    entry_id: UUID,
    customer_id: UUID | None,
    case_id: UUID | None,
) -> Iterator[Row]:
    answer = answer_in(fact.content)
    if answer is not None:
        said = (answer.metric, answer.value, answer.worst, answer.best, fact.channel, fact.occurred_at)
        yield Row("put_survey_answer", (entry_id, customer_id, case_id, *said), expect_rows=1)
