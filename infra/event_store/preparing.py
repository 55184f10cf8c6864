"""From the work of one command to what is stored of it: sealed, hashed, with the rows its projections write.

It is done for a whole batch in one go (`finishing`), but for those of its commands that want a head or a key which is
not at hand: they fetch it on their own account and come again, so that nobody else waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from infra.event_store.append import Place, Prepared
from infra.event_store.concern import Concern
from infra.event_store.finishing import Projection, finish
from infra.event_store.mapper import AnyFact, form_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from contracts.stored import SealingScope, Stream, Work
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
        self._concern = Concern(projections)

    def prepare(self, batch: Sequence[Prepared]) -> list[Prepared]:
        """Those of the batch that can be stored now, finished; for the others something is to be looked up.

        Raises:
            FactUnreadable: a fact's field has not the type its class says; of whichever command that is.
            ValueError: a stream stands in a work twice, or there are more than FACTS_MAX facts; as above.
        """
        ready = [each for each in batch if each.places is not None or self._is_at_hand(each)]
        finish(ready, self._concern)
        return ready

    async def look_up(self, prepared: Prepared) -> None:
        """Fetch the heads and keys that the command wants.

        Raises:
            NotSealable: there is personal data and no key for it.
        """
        wanted = [
            (stream, facts, expected, await self._heads.at(stream.id, expected), self._scope_of(stream, facts))
            for stream, facts, expected in _places(prepared.work)
        ]
        new = {stream.id for stream, _, expected, *_ in wanted if expected == 0}
        keys = await self._keys_of([scope for *_, scope in wanted if scope is not None], new)
        prepared.places = [
            Place(stream, facts, expected, previous, None if scope is None else keys[scope])
            for stream, facts, expected, previous, scope in wanted
        ]

    def _is_at_hand(self, prepared: Prepared) -> bool:
        """Whether the heads and keys that the command wants need not be fetched."""
        places = []
        for stream, facts, expected in _places(prepared.work):
            previous = self._heads.known(stream.id, expected)
            key = None
            if _hold_sealed(facts):
                key = self._key_at_hand(stream)
                if key is None:
                    return False
            if expected and previous is None:
                return False
            places.append(Place(stream, facts, expected, previous, key))
        prepared.places = places
        return True

    def _key_at_hand(self, stream: Stream) -> ContentKey | None:
        scope = stream.sealing()
        return None if scope is None or self._keys is None else self._keys.at_hand(scope)

    def _scope_of(self, stream: Stream, facts: Sequence[AnyFact]) -> SealingScope | None:
        """Under whose key they go; None where none of them holds anything to seal."""
        if not _hold_sealed(facts):
            return None
        scope = stream.sealing()
        if scope is None or self._keys is None:
            missing = "stream names no subject" if scope is None else "service has no keys"
            raise NotSealable(f"{type(stream).__qualname__} {stream.id}: personal data, but the {missing}")
        return scope

    async def _keys_of(self, scopes: Sequence[SealingScope], new: AbstractSet[UUID]) -> dict[SealingScope, ContentKey]:
        """The keys of all of them: what has to be made is made at once, a customer's and its case's, say.

        `new`: the streams that begin. Who is a subject and begins now has no key that could be looked for.
        """
        if self._keys is None or not scopes:
            return {}
        at_hand = {scope: self._keys.at_hand(scope) for scope in scopes}
        keys = {scope: key for scope, key in at_hand.items() if key is not None}
        missing = [scope for scope, key in at_hand.items() if key is None]
        if missing:
            appear = all(scope.subject_id in new for scope in missing)
            keys |= zip(missing, await self._keys.content_keys(missing, appear=appear), strict=True)
        return keys


def _places(work: Work) -> list[tuple[Stream, list[AnyFact], int]]:
    """The streams with something to store, that, and at which version they are."""
    places: list[tuple[Stream, list[AnyFact], int]] = []
    count, streams = 0, work.streams
    if len(streams) > 1 and len({stream.id for stream in streams}) < len(streams):
        raise ValueError("a stream stands twice in one work")
    for stream in streams:
        facts = cast("list[AnyFact]", stream.pending_events)
        if facts:
            count += len(facts)
            places.append((stream, facts, stream.version - len(facts)))
    if count > FACTS_MAX:
        raise ValueError(f"{count} facts in one work, more than {FACTS_MAX}")
    return places


def _hold_sealed(facts: Sequence[AnyFact]) -> bool:
    for fact in facts:  # noqa: SIM110  (a generator would take longer than most commands' one fact)
        if form_of(type(fact)).holds_sealed(fact):
            return True
    return False
