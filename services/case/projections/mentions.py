"""What was said and asks nothing of us: table mentions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.content import ContactContent
from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import ContentState
from services.case.domain import mention_facts as facts
from services.case.domain.case_contact import text_state
from services.case.domain.handles import mask
from services.case.domain.utterance import Reach, reach_of


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a mention's fact."""
    mention_id = meta.stream_id
    match fact:
        case facts.Noted():
            yield _noted(fact, meta)
        case facts.Edited():
            text = fact.content.text if fact.content else None
            found = fact.triage
            judged = (found.class_, found.outcome, found.reason, found.sentiment)
            yield Row("edit_mention", (mention_id, text, text_state(fact.content, text), *judged), expect_rows=1)
        case facts.Removed():
            yield Row("empty_mention", (mention_id, ContentState.REMOVED_BY_SENDER), expect_rows=1)
        case facts.Promoted():
            yield Row("empty_mention", (mention_id, ContentState.NONE), expect_rows=1)
            yield Row("promote_mention", (mention_id, fact.case_id), expect_rows=1)
        case facts.Expired():
            yield Row("empty_mention", (mention_id, ContentState.EXPIRED), expect_rows=1)
            yield Row("expire_mention", (mention_id,), expect_rows=1)
        case facts.CopiesWithheld():
            yield Row("mention_answered", (mention_id,), expect_rows=1)
        case _:
            return


def _noted(fact: facts.Noted, meta: FactMeta) -> Row:
    content = fact.content or ContactContent()
    reach = reach_of(content)
    return Row(
        "insert_mention",
        (
            meta.stream_id,
            fact.channel,
            fact.account,
            fact.occurred_at,
            fact.timestamp,
            fact.expires_at,
            mask(content.handles[0].kind, content.handles[0].value) if content.handles else None,
            content.text,
            text_state(fact.content, content.text),
            content.url,
            None if reach == Reach() else msgspec.json.encode(reach).decode(),
            fact.triage.class_,
            fact.triage.outcome,
            fact.triage.reason,
            fact.triage.sentiment,
            fact.in_reply_to,
        ),
        expect_rows=1,
    )
