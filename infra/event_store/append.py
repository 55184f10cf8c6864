"""Turns the work of one command into what is stored: sealed, hashed, with the rows its projections write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import msgspec
from eventsourcing.utils import get_topic

from contracts.envelope import SealedPart
from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Row, Stream, Work
from infra.event_store.mapper import AnyFact, form_of
from infra.event_store.stored_form import StoredFact, framed, meta_json, seals_json
from infra.sealing import seal
from infra.telemetry import current_traceparent

if TYPE_CHECKING:
    from eventsourcing.domain import Aggregate

    from infra.event_store.heads import Heads
    from infra.sealing import ContentKey, KeyRing

FACTS_MAX = 1_000

Projection = Callable[[Fact | FirstFact, FactMeta], Iterator[Row]]


class NotSealable(Exception):  # noqa: N818
    """A fact holds personal data, but its stream names nobody under whose key it goes, or there are no keys here."""


@dataclass(slots=True)
class Prepared:
    """All that one command stores, ready for a single call of es.append and its rows."""

    context: CommandContext
    outcome: bytes
    versions: dict[UUID, int] = field(default_factory=dict)
    streams: list[tuple[UUID, str, int, int, bytes | None, bytes]] = field(default_factory=list)
    """id, kind, expected version, new version, hash at the expected version, new hash."""
    facts: list[StoredFact] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def arguments(self) -> tuple[Any, ...]:
        """The arguments of the statement `append`."""
        context, once, facts = self.context, self.context.once, self.facts
        return (
            context.command_id,
            context.request_digest,
            self.outcome,
            msgspec.json.encode(self.versions),
            context.at,
            once.origin if once else None,
            once.position if once else None,
            *([stream[column] for stream in self.streams] for column in range(6)),
            [fact.stream_id for fact in facts],
            [fact.version for fact in facts],
            [fact.event_id for fact in facts],
            [fact.topic for fact in facts],
            [fact.clear for fact in facts],
            [fact.seals for fact in facts],
            [fact.sealed for fact in facts],
            [fact.meta for fact in facts],
            [fact.recorded_at for fact in facts],
            [fact.hash for fact in facts],
        )


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
            stored = _stored(prepared, fact, _sealed_parts(key, fact, plaintext), meta, previous)
            previous = stored.hash
            prepared.facts.append(stored)
            for projection in self._projections:
                prepared.rows.extend(projection(fact, _meta_of(stored, prepared.context)))
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


def _sealed_parts(key: ContentKey | None, fact: AnyFact, plaintext: bytes | None) -> tuple[SealedPart, ...]:
    if key is None or plaintext is None:
        return ()
    sealed = seal(key, plaintext, stream_id=fact.originator_id, version=fact.originator_version)
    return (SealedPart(key_id=key.key_id, sealed=sealed),)


def _stored(
    prepared: Prepared, fact: AnyFact, parts: tuple[SealedPart, ...], meta: bytes, previous: bytes | None
) -> StoredFact:
    unhashed = StoredFact(
        stream_id=fact.originator_id,
        version=fact.originator_version,
        # The same command gives the same ids, however often it is decided.
        event_id=uuid5(prepared.context.command_id, str(len(prepared.facts))),
        topic=fact.TOPIC,
        recorded_at=fact.timestamp,
        clear=form_of(type(fact)).clear_json(fact),
        seals=seals_json(parts),
        sealed=framed(parts),
        meta=meta,
        hash=b"",
        previous_hash=previous,
    )
    return unhashed.with_hash()


def _meta_of(stored: StoredFact, context: CommandContext) -> FactMeta:
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
