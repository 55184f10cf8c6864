"""Who the customers are and by which handles: tables customers, handles and customer_exclusions."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import customer_facts as facts
from services.case.domain.customer import pseudonym
from services.case.domain.handles import mask


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a customer's fact."""
    customer_id = meta.stream_id
    match fact:
        case facts.Appeared():
            yield Row(
                "insert_customer",
                (customer_id, meta.version, fact.name, pseudonym(customer_id), fact.kind, fact.timestamp),
                expect_rows=1,
            )
        case facts.Named() if fact.name is not None:
            yield Row("name_customer", (customer_id, meta.version, fact.name), expect_rows=1)
        case facts.HandleAdded() if fact.value is not None:
            masked = mask(fact.kind, fact.value)
            yield Row(
                "insert_handle",
                (
                    fact.handle_id,
                    customer_id,
                    fact.kind,
                    fact.value,
                    fact.written or fact.value,
                    masked,
                    fact.assurance,
                    fact.timestamp,
                ),
                expect_rows=1,
            )
            yield Row("know_customer_by", (customer_id, meta.version, masked, pseudonym(customer_id)), expect_rows=1)
        case facts.HandleRaised():
            yield Row("raise_handle", (fact.handle_id, fact.assurance), expect_rows=1)
            yield Row("set_customer_version", (customer_id, meta.version), expect_rows=1)
        case facts.AgentExcluded() | facts.AgentReadmitted() | facts.HandleConsentChanged():
            yield _wish(fact, customer_id)
            yield Row("set_customer_version", (customer_id, meta.version), expect_rows=1)
        case facts.CaseBegun() | facts.Named() | facts.HandleAdded():
            yield Row("set_customer_version", (customer_id, meta.version), expect_rows=1)
        case _:
            return


def _wish(fact: facts.AgentExcluded | facts.AgentReadmitted | facts.HandleConsentChanged, customer_id: UUID) -> Row:
    if isinstance(fact, facts.HandleConsentChanged):
        return Row("handle_consent", (fact.handle_id, fact.opted_out))
    if isinstance(fact, facts.AgentExcluded):
        return Row("exclude_agent", (customer_id, fact.agent_id, fact.reason), expect_rows=1)
    return Row("readmit_agent", (customer_id, fact.agent_id), expect_rows=1)
