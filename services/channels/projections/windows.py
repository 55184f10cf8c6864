"""The table `windows`: when the owner of a handle last wrote, where a channel lets us answer only for a while."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import Direction, Visibility
from services.channels.domain.contact_facts import Received, Redacted
from services.channels.domain.raw import account_id_of


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per handle that wrote in private; none once the contact is erased."""
    del meta
    if not isinstance(fact, Received | Redacted) or fact.direction is not Direction.INBOUND:
        return
    if fact.channel not in REPLY_CAPABILITIES or fact.visibility is Visibility.PUBLIC:
        return
    account_id = account_id_of(fact.channel, fact.account)
    content = fact.content if isinstance(fact, Received) else fact.kept
    for handle in () if content is None else content.handles:
        yield Row("open_window", (account_id, handle.kind.value, handle.value, fact.occurred_at))
