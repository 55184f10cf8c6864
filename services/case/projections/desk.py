"""Who holds tokens, and what the desk asked of others: tables staff and desk_requests."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import Role
from services.case.domain.desk_request_facts import (
    AccountUpdateRequested,
    AgentRosterRequested,
    AgentUpsertRequested,
    PresenceRequested,
)
from services.case.domain.issued_token_facts import TokenIssued


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a token or a request. Agents have a table of their own and are no staff here."""
    match fact:
        case PresenceRequested() | AgentUpsertRequested() | AgentRosterRequested() | AccountUpdateRequested():
            yield Row("insert_desk_request", (meta.stream_id,))
        case TokenIssued() if fact.role is not Role.AGENT:
            named = (fact.timestamp, meta.stream_id)
            yield Row("upsert_staff", (fact.subject, fact.name or fact.subject, fact.role, *named))
        case _:
            return
