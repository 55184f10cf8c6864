"""Turns the work of one command into what is stored: sealed, hashed, with the rows its projections write."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec
from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)
from eventsourcing.utils import get_topic

from contracts.envelope import SealedPart
from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Row, Stream, Work
from infra.event_store.mapper import AnyFact, form_of
from infra.event_store.stored_form import NO_SEALS, framed, meta_json, seals_json
from infra.sealing import seal
from infra.telemetry import current_traceparent
from infra.transparency import fact_hash

if TYPE_CHECKING:
    from eventsourcing.domain import Aggregate

    from infra.event_store.heads import Heads
    from infra.sealing import ContentKey, KeyRing

FACTS_MAX = 1_000

Projection = Callable[[Fact | FirstFact, FactMeta], Iterator[Row]]


StreamColumns = tuple[UUID, str, int, int, bytes | None, bytes]


class Columns(NamedTuple):
    """A fact as the arrays e_… of es.append take it, in their order."""

    stream_id: UUID
    version: int
    event_id: UUID
    topic: str
    clear: bytes
    seals: bytes
    sealed: bytes | None
    meta: bytes
    recorded_at: datetime
    hash: bytes


def _event_id(command_id: UUID, place: int) -> UUID:
    """UUID 5 of the place in the command: the same command gives the same ids, however often it is decided."""
    name = bytearray(sha1(command_id.bytes + b"%d" % place, usedforsecurity=False).digest()[:16])
    name[6] = name[6] & 0x0F | 0x50
    name[8] = name[8] & 0x3F | 0x80
    return PgUUID(bytes(name))


class NotSealable(Exception):  # noqa: N818
    """A fact holds personal data, but its stream names nobody under whose key it goes, or there are no keys here."""


@dataclass(slots=True, eq=False)
class Prepared:
    """All that one command stores, ready for a call of es.append and its rows."""

    context: CommandContext
    outcome: bytes
    versions: dict[UUID, int] = field(default_factory=dict)
    streams: list[StreamColumns] = field(default_factory=list)
    """id, kind, expected version, new version, hash at the expected version, new hash."""
    facts: list[Columns] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def claims(self) -> tuple[Hashable, ...]:
        """What no other command may have in hand while this one is stored."""
        once = self.context.once
        # Numbers, for the hash and the order of a UUID are computed in Python.
        mine: tuple[Hashable, ...] = (self.context.command_id.int, *[stream[0].int for stream in self.streams])
        return mine if once is None else (*mine, once.origin)


def arguments(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append` for a batch in the order of command ids. All None: no array at all."""
    onces = [each.context.once for each in batch]
    streams = [(item, stream) for item, each in enumerate(batch, start=1) for stream in each.streams]
    streams.sort(key=_stream_number)
    facts = [fact for each in batch for fact in each.facts]
    return [
        [each.context.command_id for each in batch],
        _unless_empty([each.context.request_digest for each in batch]),
        [each.outcome for each in batch],
        [msgspec.json.encode(each.versions) for each in batch],
        [each.context.at for each in batch],
        _unless_empty([once.origin if once else None for once in onces]),
        _unless_empty([once.position if once else None for once in onces]),
        [item for item, _ in streams],
        *([stream[column] for _, stream in streams] for column in range(6)),
        [item for item, each in enumerate(batch, start=1) for _ in each.facts],
        *([fact[column] for fact in facts] for column in range(len(Columns._fields))),
    ]


def _stream_number(placed: tuple[int, StreamColumns]) -> int:
    return placed[1][0].int


def _unless_empty(values: list[Any]) -> list[Any] | None:
    return values if any(value is not None for value in values) else None


class Preparation:
    """Prepares commands. Keys and heads are looked up here, before the transaction, so that it stays short."""

    def __init__(self, keys: KeyRing | None, heads: Heads, projections: Sequence[Projection]) -> None:
        self._keys = keys
        self._heads = heads
        self._projections = tuple(projections)

    async def prepare(self, context: CommandContext, work: Work) -> Prepared:
        """What `work` stores.

        Raises:
            NotSealable: there is personal data and no key for it.
            FactUnreadable: a fact's field has not the type its class says.
            ValueError: a stream stands in the work twice, or there are more than FACTS_MAX facts.
        """
        prepared = Prepared(context, msgspec.json.encode(work.outcome))
        meta = meta_json(context, current_traceparent())
        for aggregate in work.streams:
            if aggregate.id in prepared.versions:
                raise ValueError(f"stream {aggregate.id} stands twice in one work")
            prepared.versions[aggregate.id] = aggregate.version
            await self._prepare_stream(prepared, aggregate, meta)
        if len(prepared.facts) > FACTS_MAX:
            raise ValueError(f"{len(prepared.facts)} facts in one work, more than {FACTS_MAX}")
        prepared.rows.extend(work.rows)
        return prepared

    async def _prepare_stream(self, prepared: Prepared, aggregate: Aggregate, meta: bytes) -> None:
        pending = list(aggregate.pending_events)
        if not pending:
            return
        expected = aggregate.version - len(pending)
        before = previous = await self._heads.at(aggregate.id, expected)
        key: ContentKey | None = None
        for fact in pending:
            assert isinstance(fact, Fact | FirstFact), f"{type(fact).__qualname__} is no fact"  # noqa: S101  (narrows)
            plaintext = form_of(type(fact)).sealed_json(fact)
            if plaintext is not None and key is None:
                key = await self._key(aggregate)
            stored = _stored(prepared, fact, None if plaintext is None else key, plaintext, meta, previous)
            previous = stored.hash
            prepared.facts.append(stored)
            if self._projections:
                known = _meta_of(stored, prepared.context)
                for projection in self._projections:
                    prepared.rows.extend(projection(fact, known))
        assert previous is not None  # noqa: S101  (there was at least one fact)
        prepared.streams.append(
            (aggregate.id, get_topic(type(aggregate)), expected, aggregate.version, before, previous)
        )

    async def _key(self, aggregate: Aggregate) -> ContentKey:
        scope = aggregate.sealing() if isinstance(aggregate, Stream) else None
        if scope is None or self._keys is None:
            missing = "stream names no subject" if scope is None else "service has no keys"
            raise NotSealable(f"{type(aggregate).__qualname__} {aggregate.id}: personal data, but the {missing}")
        return await self._keys.content_key(scope)


def _stored(  # noqa: PLR0917  (the columns' sources)
    prepared: Prepared,
    fact: AnyFact,
    key: ContentKey | None,
    plaintext: bytes | None,
    meta: bytes,
    previous: bytes | None,
) -> Columns:
    stream_id, version, at = fact.originator_id, fact.originator_version, fact.timestamp
    parts: tuple[SealedPart, ...] = ()
    if key is not None and plaintext is not None:
        parts = (SealedPart(key.key_id, seal(key, plaintext, stream_id=stream_id, version=version)),)
    seals = seals_json(parts) if parts else NO_SEALS
    event_id = _event_id(prepared.context.command_id, len(prepared.facts))
    clear = form_of(type(fact)).clear_json(fact)
    hashed = fact_hash(
        previous,
        stream_id=stream_id,
        version=version,
        event_id=event_id,
        topic=fact.TOPIC,
        recorded_at=at,
        clear=clear,
        meta=meta,
        seals=seals,
    )
    return Columns(stream_id, version, event_id, fact.TOPIC, clear, seals, framed(parts), meta, at, hashed)


def _meta_of(stored: Columns, context: CommandContext) -> FactMeta:
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
