"""Answers that wait for another person, on the timeline, and what the house says, as a note there."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import ContactKind, DeliveryStatus, Direction
from services.case.domain import guard_facts as facts
from services.case.domain.case_contact import text_state
from services.case.projections.entry import entry

DECLINED = "APPROVAL_DECLINED"
EXPIRED = "APPROVAL_EXPIRED"


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about guard rails."""
    match fact:
        case facts.ReplyHeld():
            yield _held(fact, meta)
            yield Row("await_reply_approval", (fact.contact_id, fact.expires_at), expect_rows=1)
        case facts.ReplyApproved():
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("approve_reply", (fact.contact_id, *by), expect_rows=1)
        case facts.ReplyDeclined():
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("keep_reply", (fact.contact_id, DECLINED, fact.reason, *by), expect_rows=1)
        case facts.ReplyExpired():
            yield Row("keep_reply", (fact.contact_id, EXPIRED, None, None, None, fact.timestamp), expect_rows=1)
        case facts.LineApproved():
            line = entry(fact.line_id, fact.customer_id, fact, meta, meta.actor)
            yield Row("insert_note_entry", (*line, fact.text, text_state(fact.text, fact.text)), expect_rows=1)
        case _:
            return


def _held(fact: facts.ReplyHeld, meta: FactMeta) -> Row:
    text = fact.content.text if fact.content else None
    return Row(
        "insert_contact_entry",
        (
            *entry(fact.contact_id, fact.customer_id, fact, meta, meta.actor),
            fact.timestamp,
            text,
            text_state(fact.content, text),
            Direction.OUTBOUND,
            fact.channel,
            ContactKind.MESSAGE,
            fact.account,
            fact.visibility,
            fact.handle_id,
            fact.assurance,
            None,
            None,
            fact.in_reply_to,
            DeliveryStatus.HELD,
            None,
        ),
        expect_rows=1,
    )
