"""Stored rows to facts: with their sealed fields where the keys still exist, or left sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from infra.event_store.mapper import AnyFact, form_of_topic
from infra.event_store.stored_form import lone_envelope, sealed_part
from infra.sealing import open_sealed, opener

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import asyncpg

    from infra.event_store.log import Logged
    from infra.sealing import ContentKey, KeyRing

Envelope = tuple[bytes, bytes] | None
"""Key id, as text, and sealed bytes; None: there is none, or it is withheld."""


async def opened_facts(logged: Sequence[Logged], keys: KeyRing | None) -> list[AnyFact]:
    """The facts at some positions. A sealed field whose key is destroyed, or withheld, is None.

    Raises:
        UnknownTopic: no class here has a fact's topic.
        SealBroken: an envelope is damaged or lies with the wrong fact.
    """
    envelopes = [_envelope(each.block.seals[each.at], each.block.sealed[each.at]) for each in logged]
    found = await _keys_of(envelopes, keys)
    facts = []
    for each, envelope in zip(logged, envelopes, strict=True):
        block, at = each.block, each.at
        stream_id, version = block.streams[at], block.versions[at]
        opened = _opened(envelope, found, stream_id, version)
        form = form_of_topic(block.topics[at], stream_id=stream_id, version=version)
        facts.append(
            form.fact(stream_id=stream_id, version=version, at=block.times[at], clear=block.clear[at], sealed=opened)
        )
    return facts


async def opened_stream(stream_id: UUID, page: asyncpg.Record, keys: KeyRing | None) -> list[AnyFact]:
    """The facts of a page of one stream, whose columns are arrays; else like `opened_facts`.

    Raises:
        UnknownTopic, SealBroken: see `opened_facts`.
    """
    envelopes = [_envelope(seals, sealed) for seals, sealed in zip(page["seals"], page["sealed"], strict=True)]
    found = await _keys_of(envelopes, keys)
    openers = {key_id: opener(key, stream_id) for key_id, key in found.items()}
    columns = zip(page["versions"], page["topics"], page["clear"], page["recorded_at"], envelopes, strict=True)
    return [
        form_of_topic(topic, stream_id=stream_id, version=version).fact(
            stream_id=stream_id,
            version=version,
            at=at,
            clear=clear,
            sealed=openers[envelope[0]](envelope[1], version) if envelope and envelope[0] in openers else None,
        )
        for version, topic, clear, at, envelope in columns
    ]


def fact_of(row: asyncpg.Record, opened: bytes | None = None) -> AnyFact:
    """One row's fact. `opened`: what lay in its envelope; None leaves every sealed field None.

    Raises:
        UnknownTopic: no class here has the row's topic.
    """
    form = form_of_topic(row["topic"], stream_id=row["stream_id"], version=row["version"])
    return form.fact(
        stream_id=row["stream_id"],
        version=row["version"],
        at=row["recorded_at"],
        clear=row["clear"],
        sealed=opened,
    )


def folded(aggregate: Any, facts: Iterable[AnyFact]) -> Any:
    """The aggregate after some more facts; None before the first.

    Raises:
        eventsourcing.domain.OriginatorVersionError: a fact is missing.
    """
    version = 0 if aggregate is None else aggregate.version
    for fact in facts:
        version += 1
        if version == 1 or fact.originator_version != version:
            # The library's own way: it makes the object, or says what is wrong.
            aggregate = fact.mutate(aggregate)
            continue
        # The same as its `mutate`, less the look at the stream's id, by which the facts were chosen.
        fact.apply(aggregate)
        aggregate.version = version
        aggregate.modified_on = fact.timestamp
    return aggregate


def _envelope(seals: bytes, sealed: bytes | None) -> Envelope:
    if sealed is None:
        return None
    lone = lone_envelope(seals, sealed)
    if lone is None and (part := sealed_part(seals, sealed)) is not None:
        return str(part.key_id).encode(), part.sealed
    return lone


async def _keys_of(envelopes: Sequence[Envelope], keys: KeyRing | None) -> dict[bytes, ContentKey]:
    wanted = {envelope[0] for envelope in envelopes if envelope}
    if keys is None or not wanted:
        return {}
    found = await keys.keys_by_id([UUID(key_id.decode()) for key_id in wanted])
    return {str(key_id).encode(): key for key_id, key in found.items()}


def _opened(envelope: Envelope, found: dict[bytes, ContentKey], stream_id: UUID, version: int) -> bytes | None:
    if envelope is None:
        return None
    key = found.get(envelope[0])
    return None if key is None else open_sealed(key, envelope[1], stream_id=stream_id, version=version)
