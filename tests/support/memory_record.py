"""A record in memory with the same promises as the one on Postgres: versions, command ids, once. For unit tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from contracts.stored import (
    AlreadyDone,
    CommandContext,
    Committed,
    IdempotencyMismatch,
    Row,
    Stream,
    VersionConflict,
    Work,
)
from infra.event_store.mapper import form_of

A = TypeVar("A", bound=Stream)


class MemoryRecord:
    """Keeps facts per stream; `rows` holds what commands wrote beside their facts. `lose_races(n)` plants a rival."""

    def __init__(self) -> None:
        self.facts: dict[UUID, list[Any]] = {}
        self.rows: list[Row] = []
        self._commands: dict[UUID, tuple[bytes | None, Committed]] = {}
        self._once: dict[str, int] = {}
        self._races_to_lose = 0
        self.attempts_max = 10

    def lose_races(self, count: int) -> None:
        self._races_to_lose = count

    def all_facts(self) -> list[Any]:
        return [fact for stream in self.facts.values() for fact in stream]

    async def load(self, kind: type[A], stream_id: UUID) -> A | None:
        aggregate: Any = None
        for fact in self.facts.get(stream_id, ()):
            aggregate = fact.mutate(aggregate)
        if aggregate is not None and not isinstance(aggregate, kind):
            raise TypeError(f"{stream_id} is a {type(aggregate).__name__}, not a {kind.__name__}")
        return aggregate

    async def transact(
        self,
        context: CommandContext,
        decide: Callable[[], Awaitable[Work]],
        *,
        serialise_on: Sequence[UUID] = (),
        beside_others_on: Sequence[UUID] = (),
    ) -> Committed:
        del serialise_on, beside_others_on
        if context.once and self._once.get(context.once.origin, 0) >= context.once.position:
            raise AlreadyDone
        if context.command_id in self._commands:
            digest, committed = self._commands[context.command_id]
            if context.request_digest is not None and digest is not None and digest != context.request_digest:
                raise IdempotencyMismatch
            if context.once:
                self._once[context.once.origin] = context.once.position
            return Committed(versions=committed.versions, outcome=committed.outcome, repeated=True)
        for _ in range(self.attempts_max):
            work = await decide()
            try:
                committed = self._store(work)
            except VersionConflict as conflict:
                lost = conflict
                continue
            if context.once:
                self._once[context.once.origin] = context.once.position
            self._commands[context.command_id] = (context.request_digest, committed)
            return committed
        raise lost

    def _store(self, work: Work) -> Committed:
        versions = {}
        pending = [(aggregate, list(aggregate.pending_events)) for aggregate in work.streams]
        for aggregate, facts in pending:
            expected = aggregate.version - len(facts)
            current = len(self.facts.get(aggregate.id, ()))
            if self._races_to_lose and facts:
                self._races_to_lose -= 1
                raise VersionConflict(aggregate.id, expected, current + 1)
            if facts and expected != current:
                raise VersionConflict(aggregate.id, expected, current)
        for aggregate, facts in pending:
            stored = self.facts.setdefault(aggregate.id, [])
            stored.extend(facts)
            for version in (each for fact in facts for each in getattr(fact, "withheld", ())):
                _withhold(stored[version - 1])
            aggregate.collect_events()
            versions[aggregate.id] = aggregate.version
        self.rows.extend(work.rows)
        return Committed(versions=versions, outcome=work.outcome)


def _withhold(fact: Any) -> None:
    """As it reads once its envelope is gone."""
    kind: Any = type(fact)
    for name in form_of(kind).sealed_names:
        fact.__dict__[name] = None
