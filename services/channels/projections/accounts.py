"""The table `accounts`: which channel accounts are in force."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.channels.domain.account_facts import Changed, Closed, Opened


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per account."""
    if isinstance(fact, Opened | Changed | Closed):
        entry = fact.entry
        active = not isinstance(fact, Closed)
        yield Row("put_account", (meta.stream_id, entry.channel.value, entry.account, entry.name, entry.brand, active))
