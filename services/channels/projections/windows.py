"""The table `windows`: when the owner of a handle last wrote, where a channel lets us answer only for a while."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import REPLY_CAPABILITIES, Direction
from services.channels.domain.contact_facts import Received
from services.channels.domain.raw import account_id_of


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per handle that wrote; none once the contact's text is erased."""
    del meta
    if not isinstance(fact, Received) or fact.direction is not Direction.INBOUND or fact.content is None:
        return
    if fact.channel not in REPLY_CAPABILITIES:
        return
    account_id = account_id_of(fact.channel, fact.account)
    for handle in fact.content.handles:
        yield Row("open_window", (account_id, handle.kind.value, handle.value, fact.occurred_at))
