"""What we say to everybody: table publications."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import publication_facts as facts
from services.case.domain.publication_facts import PublicationState


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The row of a publication, and what becomes of it."""
    place, by = (meta.stream_id, meta.version), (meta.actor.kind, meta.actor.ref)
    match fact:
        case facts.PublicationDrafted():
            yield _drafted(fact, meta)
        case facts.PublicationApproved():
            yield Row(
                "decide_publication", (*place, PublicationState.SCHEDULED, fact.timestamp, *by, None), expect_rows=1
            )
        case facts.PublicationDeclined():
            declined = (*place, PublicationState.DECLINED, fact.timestamp, *by, fact.reason)
            yield Row("decide_publication", declined, expect_rows=1)
        case facts.PublicationCancelled():
            yield Row(
                "decide_publication", (*place, PublicationState.CANCELLED, fact.timestamp, *by, None), expect_rows=1
            )
        case facts.PublicationRequested():
            yield Row("publication_leaves", place, expect_rows=1)
        case facts.PublicationUpdated(state=PublicationState.PUBLISHED):
            yield Row("publication_stands", (*place, fact.state_at, fact.named_id, fact.url), expect_rows=1)
        case facts.PublicationUpdated():
            failed = (*place, fact.state, fact.state_at, fact.code, fact.reason, fact.retryable)
            yield Row("publication_failed", failed, expect_rows=1)
        case _:
            return


def _drafted(fact: facts.PublicationDrafted, meta: FactMeta) -> Row:
    return Row(
        "insert_publication",
        (
            meta.stream_id,
            meta.version,
            PublicationState.AWAITING_APPROVAL,
            fact.channel,
            fact.account,
            fact.brand,
            None if fact.content is None else fact.content.text,
            fact.asks_community,
            fact.publish_at,
            fact.rules,
            fact.timestamp,
            meta.actor.kind,
            meta.actor.ref,
        ),
        expect_rows=1,
    )
