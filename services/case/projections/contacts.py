"""The contacts on the timeline, and how far each reply is."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import Actor, ActorKind, ContactKind, ContentState, DeliveryStatus, Direction
from services.case.domain import contact_facts, settlement_facts
from services.case.domain.case_contact import first_delivery_status, text_state
from services.case.projections.entry import entry


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a contact."""
    match fact:
        case contact_facts.ContactAttached():
            yield _contact(fact, meta)
        case contact_facts.ReplyRequested():
            yield _reply(fact, meta)
        case settlement_facts.SettlementBegun():
            yield _held(fact, meta)
        case settlement_facts.SettlementLeft():
            # What leaves is put down anew, as of the moment when it does.
            yield Row("delete_entry", (fact.contact_id,), expect_rows=1)
        case settlement_facts.SettlementDropped():
            yield Row("cancel_held_entry", (fact.contact_id, DeliveryStatus.CANCELLED, fact.code), expect_rows=1)
        case contact_facts.ContactDetached():
            yield Row("delete_entry", (fact.contact_id,), expect_rows=1)
        case contact_facts.ContactEdited():
            text = fact.content.text if fact.content else None
            edited = (fact.contact_id, text, text_state(fact.content, text), fact.edited_at)
            yield Row("edit_contact_entry", edited, expect_rows=1)
        case contact_facts.ContactRemoved():
            yield Row("remove_contact_entry", (fact.contact_id, ContentState.REMOVED_BY_SENDER), expect_rows=1)
        case contact_facts.DeliveryUpdated():
            yield _delivery(fact)
        case _:
            return


def _contact(fact: contact_facts.ContactAttached, meta: FactMeta) -> Row:
    actor = meta.actor
    if fact.direction is Direction.INBOUND:
        # Who writes to us is the customer, whoever wrote it down.
        actor = Actor(kind=ActorKind.CUSTOMER, ref=str(fact.customer_id))
    elif fact.moved_from is not None and fact.agent_ref is not None:
        # Who moved it did not say it.
        actor = Actor(kind=ActorKind.AGENT, ref=fact.agent_ref)
    text = fact.content.text if fact.content else None
    return Row(
        "insert_contact_entry",
        (
            *entry(fact.contact_id, fact.customer_id, fact, meta, actor),
            fact.occurred_at,
            text,
            text_state(fact.content, text),
            fact.direction,
            fact.channel,
            fact.kind,
            fact.account,
            fact.visibility,
            fact.handle_id,
            fact.assurance,
            fact.content.subject if fact.content else None,
            fact.language or (fact.triage.language if fact.triage else None),
            fact.in_reply_to,
            first_delivery_status(fact.direction),
            fact.triage.class_ if fact.triage else None,
        ),
        expect_rows=1,
    )


def _reply(fact: contact_facts.ReplyRequested, meta: FactMeta) -> Row:
    text = fact.content.text if fact.content else None
    return Row(
        "put_reply_entry",
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
            DeliveryStatus.REQUESTED,
        ),
        expect_rows=1,
    )


def _held(fact: settlement_facts.SettlementBegun, meta: FactMeta) -> Row:
    return Row(
        "insert_contact_entry",
        (
            *entry(fact.contact_id, fact.customer_id, fact, meta, meta.actor),
            fact.timestamp,
            fact.text,
            text_state(fact.text, fact.text),
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


def _delivery(fact: contact_facts.DeliveryUpdated) -> Row:
    return Row(
        "update_delivery_entry",
        (
            fact.contact_id,
            fact.status,
            fact.code,
            fact.reason,
            fact.retryable,
            fact.status_at,
        ),
        expect_rows=1,
    )
