"""What a batch of commands stores, worked out column by column: the JSON of all facts, then all envelopes, and so on.

One step for all facts before the next takes half of what all steps take for one fact after the other: each is more code
than a processor keeps at hand beside the others'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha1, sha256
from itertools import repeat
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)
from eventsourcing.utils import get_topic

from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Row
from infra.event_store.append import EMPTY_OUTCOME, NO_COMMAND, NO_FACT, NO_STREAM, Item, Place, Prepared
from infra.event_store.mapper import AnyFact, form_of
from infra.event_store.stored_form import NO_SEALS, meta_json
from infra.sealing import seal
from infra.transparency import counted, counted_time, hash_of_parts

if TYPE_CHECKING:
    from infra.event_store.concern import Concern
    from infra.sealing import ContentKey

Projection = Callable[[Fact | FirstFact, FactMeta], Iterator[Row]]

_VERSION_5 = 0x5 << 76 | 0x2 << 62
_FREE = ~(0xF << 76 | 0x3 << 62)
# In C, where the class's own constructor is a function in Python.
_item: Callable[[tuple[Any, ...]], Item] = partial(tuple.__new__, Item)
_encoded = msgspec.json.Encoder().encode


def finish(batch: Sequence[Prepared], concern: Concern) -> None:
    """Give each command of the batch its items and rows. All that it wants is at hand.

    Raises:
        FactUnreadable: a fact's field has not the type its class says; of whichever command that is.
    """
    places = [place for each in batch for place in each.places or ()]
    facts = [fact for place in places for fact in place.facts]
    stored = zip(_stored(batch, places, facts), _of_streams(places), strict=True)
    of_commands = _of_commands(batch)
    for each, of_command in zip(batch, of_commands, strict=True):
        items: list[Item] = []
        for place in each.places or ():
            for _ in place.facts:
                fact, of_stream = next(stored)
                items.append(_item((*fact, *of_stream, *(NO_COMMAND if items else of_command))))
        if not items:
            items.append(_item((*NO_FACT, *NO_STREAM, *of_command)))
        each.items = items
    for each in batch:
        each.rows = [*_rows(each, concern), *each.work.rows]


def _stored(batch: Sequence[Prepared], places: Sequence[Place], facts: Sequence[AnyFact]) -> list[tuple[Any, ...]]:
    """The facts' own columns."""
    forms = [form_of(type(fact)) for fact in facts]
    clear = [form.clear_json(fact) for form, fact in zip(forms, facts, strict=True)]
    counts = [sum([len(place.facts) for place in each.places or ()]) for each in batch]
    envelopes = _envelopes(places, facts)
    seals = [NO_SEALS if each is None else _seal_of(*each) for each in envelopes]
    frames = [None if each is None else _framed(each[1]) for each in envelopes]
    metas = [
        meta
        for each, count in zip(batch, counts, strict=True)
        for meta in repeat(meta_json(each.context, each.traceparent), count)
    ]
    event_ids = [_event_id(each.number, at) for each, count in zip(batch, counts, strict=True) for at in range(count)]
    stream_ids = [fact.originator_id for fact in facts]
    versions = [fact.originator_version for fact in facts]
    times = [fact.timestamp for fact in facts]
    topics = [fact.TOPIC for fact in facts]
    hashes = _chained(
        places,
        zip(
            [str(each) for each in stream_ids],
            versions,
            [str(each) for each in event_ids],
            [form.counted_topic + counted_time(time) for form, time in zip(forms, times, strict=True)],
            clear,
            [counted(meta) for meta in metas],
            seals,
            strict=True,
        ),
    )
    return list(zip(stream_ids, versions, event_ids, topics, clear, seals, frames, metas, times, hashes, strict=True))


def _envelopes(places: Sequence[Place], facts: Sequence[AnyFact]) -> list[tuple[ContentKey, bytes] | None]:
    """Of each fact the envelope and its key; None where nothing is sealed."""
    keys = [place.key for place in places for _ in place.facts]
    texts = [
        None if key is None else form_of(type(fact)).sealed_json(fact) for key, fact in zip(keys, facts, strict=True)
    ]
    return [
        None
        if key is None or text is None
        else (key, seal(key, text, stream_id=fact.originator_id, version=fact.originator_version))
        for key, text, fact in zip(keys, texts, facts, strict=True)
    ]


def _seal_of(key: ContentKey, sealed: bytes) -> bytes:
    """As `stored_form` writes the seal of one envelope."""
    return b'%b%b"}]' % (key.seal_began, sha256(sealed).hexdigest().encode())


def _framed(sealed: bytes) -> bytes:
    """As `stored_form` writes the frame of one envelope."""
    return len(sealed).to_bytes(4, "big") + sealed


def _event_id(command_number: bytes, place: int) -> UUID:
    """UUID 5 of the place in the command: the same command gives the same ids, however often it is decided."""
    digest = sha1(b"%b%d" % (command_number, place), usedforsecurity=False).digest()
    return PgUUID((int.from_bytes(digest[:16], "big") & _FREE | _VERSION_5).to_bytes(16, "big"))


def _chained(places: Sequence[Place], parts: Iterator[tuple[Any, ...]]) -> list[bytes]:
    hashes = []
    for place in places:
        head = place.previous or b""
        for _ in place.facts:
            head = hash_of_parts(head, *next(parts))
            hashes.append(head)
    return hashes


def _of_streams(places: Sequence[Place]) -> list[tuple[Any, ...]]:
    of_streams: list[tuple[Any, ...]] = []
    for stream, facts, expected, previous, _ in places:
        of_streams.extend(repeat(NO_STREAM, len(facts) - 1))
        of_streams.append((None if expected else get_topic(type(stream)), expected, previous))
    return of_streams


def _of_commands(batch: Sequence[Prepared]) -> list[tuple[Any, ...]]:
    of_commands: list[tuple[Any, ...]] = []
    for each in batch:
        work, context, once = each.work, each.context, each.context.once
        each.versions = {stream.id: stream.version for stream in work.streams}
        each.outcome = _encoded(work.outcome) if work.outcome else EMPTY_OUTCOME
        origin, position = (None, None) if once is None else (once.origin, once.position)
        versions, digest = _encoded(each.versions), context.request_digest
        of_commands.append((context.command_id, digest, each.outcome, versions, context.at, origin, position))
    return of_commands


def _rows(each: Prepared, concern: Concern) -> Iterator[Row]:
    facts = [fact for place in each.places or () for fact in place.facts]
    for fact, item in zip(facts, each.items, strict=False):
        concerned = concern.of(type(fact))
        if concerned:
            known = _meta_of(item, each.context)
            for projection in concerned:
                yield from projection(fact, known)


def _meta_of(stored: Item, context: CommandContext) -> FactMeta:
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
