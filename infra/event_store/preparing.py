"""From the work of one command to what is stored of it: sealed, hashed, with the rows its projections write.

In two steps. The first one is the caller's own and looks up what the second needs: the streams' heads and keys. The
second takes no time but the processor's, and is taken for a whole batch (`finishing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from infra.event_store.append import Place, Prepared
from infra.event_store.finishing import Projection, finish
from infra.event_store.mapper import AnyFact, form_of
from infra.telemetry import current_traceparent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from contracts.stored import CommandContext, Stream, Work
    from infra.event_store.heads import Heads
    from infra.sealing import ContentKey, KeyRing

FACTS_MAX = 1_000


class NotSealable(Exception):  # noqa: N818
    """A fact holds personal data, but its stream names nobody under whose key it goes, or there are no keys here."""


class Preparation:
    """Prepares commands. Keys and heads are looked up here, before the transaction, so that it stays short."""

    def __init__(self, keys: KeyRing | None, heads: Heads, projections: Sequence[Projection]) -> None:
        self._keys = keys
        self._heads = heads
        self._projections = tuple(projections)

    async def ready(self, context: CommandContext, work: Work) -> Prepared:
        """The first step.

        Raises:
            NotSealable: there is personal data and no key for it.
            ValueError: a stream stands in the work twice, or there are more than FACTS_MAX facts.
        """
        versions: dict[UUID, int] = {}
        places, count = [], 0
        for stream in work.streams:
            stream_id, version = stream.id, stream.version
            if stream_id in versions:
                raise ValueError(f"stream {stream_id} stands twice in one work")
            versions[stream_id] = version
            facts = cast("list[AnyFact]", stream.pending_events)
            if not facts:
                continue
            count += len(facts)
            expected = version - len(facts)
            previous = self._heads.known(stream_id, expected) or await self._heads.at(stream_id, expected)
            key = None
            for fact in facts:
                if form_of(type(fact)).holds_sealed(fact):
                    key = self._key_at_hand(stream) or await self._key(stream)
                    break
            places.append(Place(stream, facts, expected, previous, key))
        if count > FACTS_MAX:
            raise ValueError(f"{count} facts in one work, more than {FACTS_MAX}")
        return Prepared(context, work, versions, places, current_traceparent())

    def finish(self, batch: Sequence[Prepared]) -> None:
        """The second step.

        Raises:
            FactUnreadable: a fact's field has not the type its class says; of whichever command that is.
        """
        finish(batch, self._projections)

    def _key_at_hand(self, stream: Stream) -> ContentKey | None:
        scope = stream.sealing()
        return None if scope is None or self._keys is None else self._keys.at_hand(scope)

    async def _key(self, stream: Stream) -> ContentKey:
        scope = stream.sealing()
        if scope is None or self._keys is None:
            missing = "stream names no subject" if scope is None else "service has no keys"
            raise NotSealable(f"{type(stream).__qualname__} {stream.id}: personal data, but the {missing}")
        return await self._keys.content_key(scope)
