"""What every entry of the timeline begins with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact
from contracts.vocabulary import Actor


def entry(entry_id: UUID, customer_id: UUID, fact: Fact | FirstFact, meta: FactMeta, actor: Actor) -> tuple[Any, ...]:
    """Entry, customer, stream (the case), version, time of recording, actor's kind and ref: $1 to $7."""
    return (entry_id, customer_id, meta.stream_id, meta.version, fact.timestamp, actor.kind, actor.ref)
