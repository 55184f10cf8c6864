"""Turns the work of one command into what is stored: sealed, hashed, with the rows its projections write."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from typing import TYPE_CHECKING, Any, NamedTuple, cast
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


_VERSION_5 = 0x5 << 76 | 0x2 << 62
_FREE = ~(0xF << 76 | 0x3 << 62)
_FACT_COLUMNS = len(Columns._fields)


def _event_id(command_id: UUID, place: int) -> UUID:
    """UUID 5 of the place in the command: the same command gives the same ids, however often it is decided."""
    name = sha1(b"%b%d" % (command_id.bytes, place), usedforsecurity=False).digest()
    return PgUUID((int.from_bytes(name[:16], "big") & _FREE | _VERSION_5).to_bytes(16, "big"))


class NotSealable(Exception):  # noqa: N818
    """A fact holds personal data, but its stream names nobody under whose key it goes, or there are no keys here."""


@dataclass(slots=True, eq=False)
class Prepared:
    """All that one command stores, ready for a call of es.append and its rows."""

    context: CommandContext
    outcome: bytes
    versions: dict[UUID, int] = field(default_factory=dict)
    streams: list[StreamColumns] = field(default_factory=list)
    """id, kind ("" unless it is new), expected version, new version, hash at the expected version, new hash."""
    facts: list[Columns] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def claims(self) -> tuple[Hashable, ...]:
        """What no other command may have in hand while this one is stored."""
        once = self.context.once
        # Numbers, for the hash and the order of a UUID are computed in Python.
        mine: tuple[Hashable, ...] = (self.context.command_id.int, *[stream[0].int for stream in self.streams])
        return mine if once is None else (*mine, once.origin)


def arguments(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append` for a batch in the order of command ids. None: no array at all."""
    streams = sorted((stream for each in batch for stream in each.streams), key=_stream_number)
    new = [stream for stream in streams if not stream[2]]
    going_on = [stream for stream in streams if stream[2]] if new else streams
    _, kinds, _, _, _, _ = columns_of_new = _transposed(new, 6)
    ids, _, expected, versions, previous, heads = _transposed(going_on, 6)
    return [
        *_command_arguments(batch),
        columns_of_new[0],
        kinds,
        columns_of_new[3],
        columns_of_new[5],
        ids,
        expected,
        versions,
        previous,
        heads,
        *_transposed([fact for each in batch for fact in each.facts], _FACT_COLUMNS, empty=[]),
    ]


def arguments_each(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append_each`; as above."""
    streams = [(item, stream) for item, each in enumerate(batch, start=1) for stream in each.streams]
    streams.sort(key=lambda placed: _stream_number(placed[1]))
    return [
        *_command_arguments(batch),
        [item for item, _ in streams],
        *_transposed([stream for _, stream in streams], 6, empty=[]),
        [item for item, each in enumerate(batch, start=1) for _ in each.facts],
        *_transposed([fact for each in batch for fact in each.facts], _FACT_COLUMNS, empty=[]),
    ]


def _command_arguments(batch: Sequence[Prepared]) -> list[Any]:
    contexts = [each.context for each in batch]
    onces = [context.once for context in contexts]
    return [
        [context.command_id for context in contexts],
        _unless_empty([context.request_digest for context in contexts]),
        [each.outcome for each in batch],
        [msgspec.json.encode(each.versions) for each in batch],
        [context.at for context in contexts],
        _unless_empty([once.origin if once else None for once in onces]),
        _unless_empty([once.position if once else None for once in onces]),
    ]


def _transposed(rows: Sequence[tuple[Any, ...]], width: int, *, empty: list[Any] | None = None) -> Sequence[Any]:
    return list(zip(*rows, strict=True)) if rows else [empty] * width


def _stream_number(stream: StreamColumns) -> int:
    # A number, for the order of a UUID is computed in Python.
    return stream[0].int


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

    async def _prepare_stream(self, prepared: Prepared, aggregate: Stream, meta: bytes) -> None:
        pending = aggregate.pending_events
        if not pending:
            return
        expected = aggregate.version - len(pending)
        before = previous = await self._heads.at(aggregate.id, expected)
        key: ContentKey | None = None
        for fact in cast("list[AnyFact]", pending):
            form = form_of(type(fact))
            plaintext = form.sealed_json(fact)
            if plaintext is not None and key is None:
                key = await self._key(aggregate)
            envelope = None
            if plaintext is not None and key is not None:
                place = fact.originator_id, fact.originator_version
                envelope = SealedPart(key.key_id, seal(key, plaintext, stream_id=place[0], version=place[1]))
            stored = _stored(prepared, fact, form.clear_json(fact), envelope, meta, previous)
            previous = stored.hash
            prepared.facts.append(stored)
            if self._projections:
                known = _meta_of(stored, prepared.context)
                for projection in self._projections:
                    prepared.rows.extend(projection(fact, known))
        assert previous is not None  # noqa: S101  (there was at least one fact)
        kind = "" if expected else get_topic(type(aggregate))
        prepared.streams.append((aggregate.id, kind, expected, aggregate.version, before, previous))

    async def _key(self, aggregate: Stream) -> ContentKey:
        scope = aggregate.sealing()
        if scope is None or self._keys is None:
            missing = "stream names no subject" if scope is None else "service has no keys"
            raise NotSealable(f"{type(aggregate).__qualname__} {aggregate.id}: personal data, but the {missing}")
        return await self._keys.content_key(scope)


def _stored(  # noqa: PLR0917  (the columns' sources)
    prepared: Prepared,
    fact: AnyFact,
    clear: bytes,
    envelope: SealedPart | None,
    meta: bytes,
    previous: bytes | None,
) -> Columns:
    stream_id, version, topic, at = fact.originator_id, fact.originator_version, fact.TOPIC, fact.timestamp
    parts = () if envelope is None else (envelope,)
    seals = seals_json(parts) if parts else NO_SEALS
    event_id = _event_id(prepared.context.command_id, len(prepared.facts))
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
    return Columns(stream_id, version, event_id, topic, clear, seals, framed(parts), meta, at, hashed)


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
