"""The table `threads`: which contact named a message first as one before it."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.channels.domain.contact_facts import Received, Redacted
from services.channels.domain.raw import contact_id_of


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per message that a contact names; none once the contact is erased."""
    if not isinstance(fact, Received | Redacted):
        return
    content = fact.content if isinstance(fact, Received) else fact.kept
    for named in () if content is None else content.references:
        yield Row("put_thread", (contact_id_of(fact.channel, fact.account, named), meta.stream_id))
