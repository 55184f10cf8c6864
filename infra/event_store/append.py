"""What one command stores, as the arguments of es.append and es.append_each take it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID

    from contracts.stored import CommandContext, Row, Stream, Work
    from infra.event_store.mapper import AnyFact
    from infra.sealing import ContentKey

EMPTY_OUTCOME = b"{}"
in_order = attrgetter("number")


class Item(NamedTuple):
    """A fact as es.item, with its stream where it is the stream's last, and its command where it is the first.

    A command without facts has an item of its own, whose other fields are None. `kind`: None unless the stream is new;
    `expected`: 0 then; `previous`: its hash at the expected version.
    """

    stream_id: Any
    version: Any
    event_id: Any
    topic: Any
    clear: Any
    seals: Any
    sealed: Any
    meta: Any
    recorded_at: Any
    hash: Any
    kind: Any
    expected: Any
    previous: Any
    command_id: Any
    request_digest: Any
    outcome: Any
    versions: Any
    at: Any
    origin: Any
    position: Any


FACT_FIELDS, COMMAND_FIELDS = 10, 7
NO_FACT = (None,) * FACT_FIELDS
NO_STREAM = (None,) * (len(Item._fields) - FACT_FIELDS - COMMAND_FIELDS)
NO_COMMAND = (None,) * COMMAND_FIELDS


class Place(NamedTuple):
    """Where the pending facts of a stream go. `key`: None where none of them holds anything to seal."""

    stream: Stream
    facts: Sequence[AnyFact]
    expected: int
    previous: bytes | None
    key: ContentKey | None


class Prepared:
    """The work of one command and, once that is worked out (`preparing`, `finishing`), all that is stored of it.

    `number`: of the command, which orders a batch. `places`: None until all that the command wants is at hand.
    """

    __slots__ = ("context", "items", "number", "outcome", "places", "rows", "traceparent", "versions", "work")

    def __init__(self, context: CommandContext, work: Work, traceparent: str | None) -> None:
        self.context = context
        self.work = work
        self.traceparent = traceparent
        # Bytes, for the hash and the order of a UUID are computed in Python.
        self.number = context.command_id.bytes
        self.places: Sequence[Place] | None = None
        self.outcome = EMPTY_OUTCOME
        self.versions: dict[UUID, int] = {}
        self.items: list[Item] = []
        self.rows: Sequence[Row] = ()


def claims(prepared: Prepared) -> Sequence[Hashable]:
    """What no other command may have in hand while this one is stored."""
    streams = [stream.id.int for stream in prepared.work.streams if stream.pending_events]
    once = prepared.context.once
    return [prepared.number, *streams] if once is None else [prepared.number, *streams, once.origin]


def arguments(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append` for a batch in the order of command ids."""
    items = list(chain.from_iterable([each.items for each in batch]))
    expected = [place.expected for each in batch for place in each.places or ()]
    begun = expected.count(0)
    return [items, _are_reactions(batch), begun > 0, len(expected) - begun]


def arguments_each(batch: Sequence[Prepared]) -> list[Any]:
    """The arguments of the statement `append_each`; as above."""
    commands: list[tuple[Any, ...]] = []
    streams: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    for place, each in enumerate(batch, start=1):
        commands.append((place, *each.items[0][-COMMAND_FIELDS:]))
        for item in each.items:
            if item.stream_id is not None:
                facts.append((place, *item[:FACT_FIELDS]))
            if item.expected is not None:
                kind, expected, previous = item.kind, item.expected, item.previous
                streams.append((place, item.stream_id, kind, expected, item.version, previous, item.hash))
    return [commands, _are_reactions(batch), sorted(streams, key=_stream_number), facts]


def _are_reactions(batch: Sequence[Prepared]) -> bool:
    return any([each.context.once is not None for each in batch])  # noqa: C419  (a generator would take longer)


def _stream_number(stream: tuple[Any, ...]) -> int:
    number: int = stream[1].int
    return number
