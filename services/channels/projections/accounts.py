"""The table `accounts`: which channel accounts are in force, and what may leave by them."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.channels.domain.account_facts import Changed, Closed, Opened, SendingSet


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per account."""
    if isinstance(fact, Opened | Changed | Closed | SendingSet):
        entry = fact.entry
        active = fact.active if isinstance(fact, SendingSet) else not isinstance(fact, Closed)
        named = (entry.channel.value, entry.account, entry.name, entry.brand)
        yield Row("put_account", (meta.stream_id, *named, active, entry.mode, entry.paused))
