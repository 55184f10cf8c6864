"""What one command stores, as the arguments of es.append and es.append_each take it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Row

EMPTY_OUTCOME = b"{}"
_encoded = msgspec.json.encode


class StreamItem(NamedTuple):
    """A stream as es.stream_item. `kind`: "" unless it is new; `previous`: its hash at the expected version."""

    item: int
    stream_id: UUID
    kind: str
    expected: int
    version: int
    previous: bytes | None
    head: bytes


class FactItem(NamedTuple):
    """A fact as es.fact_item."""

    item: int
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


class Prepared:
    """All that one command stores, ready for a call of es.append and its rows."""

    __slots__ = ("context", "facts", "outcome", "rows", "streams", "versions")

    def __init__(self, context: CommandContext, outcome: bytes, versions: dict[UUID, int]) -> None:
        self.context = context
        self.outcome = outcome
        self.versions = versions
        self.streams: list[StreamItem] = []
        self.facts: list[FactItem] = []
        self.rows: list[Row] = []


def claims_of(context: CommandContext, stream_ids: Sequence[UUID]) -> tuple[Hashable, ...]:
    """What no other command may have in hand while this one is stored."""
    # Numbers, for the hash and the order of a UUID are computed in Python.
    mine: tuple[Hashable, ...] = (context.command_id.int, *[stream_id.int for stream_id in stream_ids])
    return mine if context.once is None else (*mine, context.once.origin)


def arguments(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append` for a batch in the order of command ids. None: no array at all."""
    streams = sorted(chain.from_iterable([each.streams for each in batch]), key=_stream_number)
    new = [stream for stream in streams if not stream.expected]
    going_on = [stream for stream in streams if stream.expected] if new else streams
    facts = list(chain.from_iterable([each.facts for each in batch]))
    return [_commands(batch), _are_reactions(batch), new or None, going_on or None, facts]


def arguments_each(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append_each`; as above."""
    places = list(enumerate(batch, start=1))
    streams = [stream._replace(item=item) for item, each in places for stream in each.streams]
    facts = [fact._replace(item=item) for item, each in places for fact in each.facts]
    return [_commands(batch), _are_reactions(batch), sorted(streams, key=_stream_number), facts]


def _commands(batch: Sequence[Prepared]) -> list[tuple[Any, ...]]:
    commands: list[tuple[Any, ...]] = []
    for item, each in enumerate(batch, start=1):
        context = each.context
        once = context.once
        origin, position = (None, None) if once is None else (once.origin, once.position)
        versions = _encoded(each.versions)
        digest = context.request_digest
        commands.append((item, context.command_id, digest, each.outcome, versions, context.at, origin, position))
    return commands


def _are_reactions(batch: Sequence[Prepared]) -> bool:
    return any(each.context.once is not None for each in batch)


def _stream_number(stream: StreamItem) -> int:
    # A number, for the order of a UUID is computed in Python.
    return stream[1].int
