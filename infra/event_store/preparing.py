"""From the work of one command to what is stored of it: sealed, hashed, with the rows its projections write.

In two steps. The first one is the caller's own and looks up what the second needs: the streams' heads and keys. The
second takes no time but the processor's, and is taken for a whole batch in one go: the same few steps over and over
find their code and data at hand, and take less than when each command goes its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha1, sha256
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

import msgspec
from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)
from eventsourcing.utils import get_topic

from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Row, SealingScope, Stream, Work
from infra.event_store.append import EMPTY_OUTCOME, FactItem, Prepared, StreamItem, claims_of
from infra.event_store.concern import Concern
from infra.event_store.mapper import AnyFact, form_of
from infra.event_store.stored_form import NO_SEALS, meta_json
from infra.sealing import seal
from infra.telemetry import current_traceparent
from infra.transparency import fact_hash

if TYPE_CHECKING:
    from collections.abc import Hashable

    from infra.event_store.heads import Heads
    from infra.sealing import ContentKey, KeyRing

FACTS_MAX = 1_000

Projection = Callable[[Fact | FirstFact, FactMeta], Iterator[Row]]

# In C, where the classes' own constructors are functions in Python.
_fact_item: Callable[[tuple[Any, ...]], FactItem] = partial(tuple.__new__, FactItem)
_stream_item: Callable[[tuple[Any, ...]], StreamItem] = partial(tuple.__new__, StreamItem)


class NotSealable(Exception):  # noqa: N818
    """A fact holds personal data, but its stream names nobody under whose key it goes, or there are no keys here."""


class Place(NamedTuple):
    """Where the pending facts of a stream go. `key`: None where none of them holds anything to seal."""

    stream: Stream
    expected: int
    previous: bytes | None
    key: ContentKey | None


class Ready(NamedTuple):
    """The work of one command, with all that had to be looked up for it."""

    context: CommandContext
    work: Work
    versions: dict[UUID, int]
    places: Sequence[Place]
    traceparent: str | None

    def claims(self) -> tuple[Hashable, ...]:
        """What no other command may have in hand while this one is stored."""
        return claims_of(self.context, [place.stream.id for place in self.places])


class Preparation:
    """Prepares commands. Keys and heads are looked up here, before the transaction, so that it stays short."""

    def __init__(self, keys: KeyRing | None, heads: Heads, projections: Sequence[Projection]) -> None:
        self._keys = keys
        self._heads = heads
        self._concern = Concern(projections)

    async def ready(self, context: CommandContext, work: Work) -> Ready:
        """The first step.

        Raises:
            NotSealable: there is personal data and no key for it.
            ValueError: a stream stands in the work twice, or there are more than FACTS_MAX facts.
        """
        versions: dict[UUID, int] = {}
        places, count = list[tuple[Stream, int, bytes | None, SealingScope | None]](), 0
        for stream in work.streams:
            version = stream.version
            if stream.id in versions:
                raise ValueError(f"stream {stream.id} stands twice in one work")
            versions[stream.id] = version
            pending = cast("list[AnyFact]", stream.pending_events)
            if not pending:
                continue
            count += len(pending)
            expected = version - len(pending)
            previous = self._heads.known(stream.id, expected) or await self._heads.at(stream.id, expected)
            scope = None
            for fact in pending:
                if form_of(type(fact)).holds_sealed(fact):
                    scope = self._scope(stream)
                    break
            places.append((stream, expected, previous, scope))
        if count > FACTS_MAX:
            raise ValueError(f"{count} facts in one work, more than {FACTS_MAX}")
        keys = await self._keys_of([scope for _, _, _, scope in places if scope is not None])
        sealed = [
            Place(stream, expected, previous, None if scope is None else keys[scope])
            for stream, expected, previous, scope in places
        ]
        return Ready(context, work, versions, sealed, current_traceparent())

    async def prepare(self, context: CommandContext, work: Work) -> Prepared:
        """Both steps.

        Raises:
            NotSealable, FactUnreadable, ValueError: see `ready` and `finished`.
        """
        return self.finished(await self.ready(context, work))

    def finished(self, ready: Ready) -> Prepared:
        """The second step.

        Raises:
            FactUnreadable: a fact's field has not the type its class says.
        """
        context, work, versions, places, traceparent = ready
        outcome = msgspec.json.encode(work.outcome) if work.outcome else EMPTY_OUTCOME
        prepared = Prepared(context, outcome, versions)
        if places:
            meta = meta_json(context, traceparent)
            for place in places:
                self._finish_stream(prepared, place, meta)
        prepared.rows.extend(work.rows)
        return prepared

    def _finish_stream(self, prepared: Prepared, place: Place, meta: bytes) -> None:
        stream, expected, previous, key = place
        context, facts = prepared.context, prepared.facts
        head = previous
        for fact in cast("list[AnyFact]", stream.pending_events):
            stored = _stored(fact, key, head, meta, _event_id(context.command_id, len(facts)))
            head = stored[-1]
            facts.append(stored)
            concerned = self._concern.of(type(fact))
            if concerned:
                known = _meta_of(stored, context)
                for projection in concerned:
                    prepared.rows.extend(projection(fact, known))
        kind = "" if expected else get_topic(type(stream))
        prepared.streams.append(_stream_item((0, stream.id, kind, expected, stream.version, previous, head)))

    def _scope(self, stream: Stream) -> SealingScope:
        scope = stream.sealing()
        if scope is None or self._keys is None:
            missing = "stream names no subject" if scope is None else "service has no keys"
            raise NotSealable(f"{type(stream).__qualname__} {stream.id}: personal data, but the {missing}")
        return scope

    async def _keys_of(self, scopes: Sequence[SealingScope]) -> dict[SealingScope, ContentKey]:
        """The keys of all of them: what has to be made is made at once, a customer's and its case's, say."""
        if self._keys is None or not scopes:
            return {}
        at_hand = {scope: self._keys.at_hand(scope) for scope in scopes}
        keys = {scope: key for scope, key in at_hand.items() if key is not None}
        missing = [scope for scope, key in at_hand.items() if key is None]
        return keys | dict(zip(missing, await self._keys.content_keys(missing), strict=True)) if missing else keys


def _stored(fact: AnyFact, key: ContentKey | None, previous: bytes | None, meta: bytes, event_id: UUID) -> FactItem:
    stream_id, version, topic, at = fact.originator_id, fact.originator_version, fact.TOPIC, fact.timestamp
    form = form_of(type(fact))
    clear = form.clear_json(fact)
    seals, framed = NO_SEALS, None
    if key is not None and (plaintext := form.sealed_json(fact)) is not None:
        # As `stored_form` writes one envelope's seal and frame.
        sealed = seal(key, plaintext, stream_id=stream_id, version=version)
        seals = b'%b%b"}]' % (key.seal_began, sha256(sealed).hexdigest().encode())
        framed = len(sealed).to_bytes(4, "big") + sealed
    hashed = fact_hash(
        previous,
        stream_id=stream_id,
        version=version,
        event_id=event_id,
        topic=topic,
        recorded_at=at,
        clear=clear,
        meta=meta,
        seals=seals,
    )
    return _fact_item((0, stream_id, version, event_id, topic, clear, seals, framed, meta, at, hashed))


def _event_id(command_id: UUID, place: int) -> UUID:
    """UUID 5 of the place in the command: the same command gives the same ids, however often it is decided."""
    name = bytearray(sha1(b"%b%d" % (command_id.bytes, place), usedforsecurity=False).digest()[:16])
    name[6] = name[6] & 0x0F | 0x50
    name[8] = name[8] & 0x3F | 0x80
    return PgUUID(bytes(name))


def _meta_of(stored: FactItem, context: CommandContext) -> FactMeta:
    return FactMeta(
        stream_id=stored.stream_id,
        version=stored.version,
        event_id=stored.event_id,
        topic=stored.topic,
        recorded_at=stored.recorded_at,
        actor=context.actor,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        on_behalf_of=context.on_behalf_of,
    )
