"""The tables `deliveries` and `external_ids`: what is to be sent, and by which id platforms speak of it."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import DeliveryStatus
from services.channels.domain.delivery_facts import (
    Accepted,
    Attempted,
    Failed,
    OutcomeUnknown,
    PartTaken,
    Postponed,
    PublicationRequested,
    Published,
    Reported,
    Requested,
)
from services.channels.domain.raw import account_id_of


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per reply or post, and one per id its platform gave it."""
    contact_id = meta.stream_id
    match fact:
        case Requested() | PublicationRequested():
            # A post of ours is a matter of its own: it waits for nothing else.
            matter = contact_id if isinstance(fact, PublicationRequested) else fact.case_id
            account_id = account_id_of(fact.channel, fact.account)
            yield Row("put_delivery", (contact_id, account_id, matter, fact.requested_at))
        case Attempted():
            yield Row("delivery_in_flight", (contact_id, fact.timestamp, fact.number), expect_rows=1)
        case Postponed():
            yield Row("delivery_postponed", (contact_id, fact.due_at), expect_rows=1)
        case Accepted() | Published() | Reported():
            status = fact.status if isinstance(fact, Reported) else DeliveryStatus.ACCEPTED
            yield Row("delivery_settled", (contact_id, status.value), expect_rows=1)
            if fact.external_id is not None:
                account_id = account_id_of(fact.channel, fact.account)
                yield Row("put_external_id", (account_id, fact.external_id, contact_id))
        case PartTaken() if fact.external_id is not None:
            account_id = account_id_of(fact.channel, fact.account)
            yield Row("put_external_id", (account_id, fact.external_id, contact_id))
        case Failed():
            yield Row("delivery_settled", (contact_id, DeliveryStatus.FAILED.value), expect_rows=1)
        case OutcomeUnknown():
            yield Row("delivery_settled", (contact_id, DeliveryStatus.UNKNOWN.value), expect_rows=1)
