"""Gathers what goes into a bundle: a case's facts as stored, their places in the log, and the checkpoint over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from infra.bundle import Body, BundledCase, OpenedText, Readable, bundled
from infra.checkpointer import Checkpointer, SignedCheckpoint, SigningKeyUnreadable
from infra.event_store.history import LIMIT_MAX, stream_history
from infra.event_store.stored_form import StoredFact, sealed_part
from infra.event_store.verification import ChainBroken, verify_stream
from infra.log_tree import LogTree, TreeIncomplete
from infra.sealing import KeyMissing, KeyRing, SealBroken
from infra.sql import statements
from infra.transparency import microseconds
from services.console.failure import CommandFailed

if TYPE_CHECKING:
    from infra.postgres import Pool

FACTS_MAX = 20_000
POSITION_WAIT_S_MAX = 10.0
_SQL = statements("services.console")


@dataclass(frozen=True, slots=True)
class Source:
    """The case service's database, what signs its log, and, where texts are to be opened, its keys."""

    pool: Pool
    checkpointer: Checkpointer
    keys: KeyRing | None = None


async def find_case(pool: Pool, *, number: str | None, case_id: UUID | None) -> BundledCase:
    """The case of that number or id.

    Raises:
        CommandFailed: there is none.
    """
    row = await pool.fetchrow(_SQL["case_to_export"], number, case_id)
    if row is None:
        raise CommandFailed(f"there is no case {number or case_id}")
    return BundledCase(row["case_id"], row["number"])


async def gather(source: Source, case: BundledCase, *, purpose: str | None, at: datetime) -> Body:
    """The body of a case's bundle as it is now. `purpose`: what its texts are opened for; None: they stay sealed.

    Raises:
        CommandFailed: the log does not come as far as the case, or is not whole, or there are too many facts.
    """
    facts = await _facts(source.pool, case)
    positions = await _positions(source.pool, case, facts)
    try:
        signed = await source.checkpointer.covering(max(positions))
        if signed is None:
            raise CommandFailed(f"case {case.number}: no checkpoint covers it")
        paths = await _paths(source.pool, positions, signed)
        key = await source.checkpointer.key()
    except (TreeIncomplete, SigningKeyUnreadable) as error:
        raise CommandFailed(f"case {case.number}: {error}") from error
    readable = None
    if purpose is not None and source.keys is not None:
        readable = Readable(purpose, tuple([text async for text in _opened(source.keys, facts)]))
    return Body(
        case=case,
        facts=tuple(bundled(*each) for each in zip(facts, positions, paths, strict=True)),
        agents=await _agents(source.pool, facts),
        checkpoint=signed.note,
        vkey=key.text(),
        exported_at=microseconds(at),
        readable=readable,
    )


async def _facts(pool: Pool, case: BundledCase) -> list[StoredFact]:
    """The case's facts, all of them, found to be what was written.

    Raises:
        CommandFailed: they are not, or there are too many.
    """
    facts: list[StoredFact] = []
    while page := await stream_history(pool, case.id, len(facts), LIMIT_MAX):
        facts += page
        if len(facts) > FACTS_MAX:
            raise CommandFailed(f"case {case.number}: more than {FACTS_MAX} facts")
        if len(page) < LIMIT_MAX:
            break
    if not facts:
        raise CommandFailed(f"case {case.number}: its facts are not there")
    try:
        verify_stream(facts)
    except ChainBroken as error:
        raise CommandFailed(f"case {case.number} is not as it was recorded, nothing is exported: {error}") from error
    return facts


async def _positions(pool: Pool, case: BundledCase, facts: Sequence[StoredFact]) -> list[int]:
    """The facts' positions; those just recorded get one within moments while the service runs."""
    found = {fact.version: fact.position for fact in facts}
    deadline = asyncio.get_running_loop().time() + POSITION_WAIT_S_MAX
    while missing := [version for version, position in found.items() if position is None]:
        if asyncio.get_running_loop().time() > deadline:
            raise CommandFailed(f"case {case.number}: fact {missing[0]} has no position; does the case service run?")
        await asyncio.sleep(0.1)
        again = await stream_history(pool, case.id, missing[0] - 1, LIMIT_MAX)
        found |= {fact.version: fact.position for fact in again if fact.version in found}
    return [position for position in found.values() if position is not None]


async def _paths(pool: Pool, positions: Sequence[int], signed: SignedCheckpoint) -> list[list[bytes]]:
    tree = LogTree(pool)
    return [await tree.inclusion_path(position - 1, signed.size) for position in positions]


async def _opened(keys: KeyRing, facts: Sequence[StoredFact]) -> AsyncIterator[OpenedText]:
    """The texts that can still be opened.

    Raises:
        CommandFailed: an envelope is damaged, or its key is not there though nobody destroyed it.
    """
    for fact in facts:
        part = sealed_part(fact.seals, fact.sealed)
        try:
            plain = None if part is None else await keys.open_fact(part, fact.stream_id, fact.version, fact.topic)
        except (SealBroken, KeyMissing) as error:
            raise CommandFailed(str(error)) from error
        if plain is not None:
            yield OpenedText(fact.version, plain.decode())


async def _agents(pool: Pool, facts: Sequence[StoredFact]) -> dict[UUID, str]:
    ids = {UUID(each) for fact in facts for each in _agent_ids(msgspec.json.decode(fact.clear))}
    rows = await pool.fetch(_SQL["refs_of_agents"], sorted(ids))
    return {row["agent_id"]: row["ref"] for row in rows}


def _agent_ids(value: Any) -> Iterator[str]:
    """Whatever stands under `agent_id` somewhere in a fact."""
    match value:
        case dict():
            for name, each in value.items():
                if name == "agent_id" and each is not None:
                    yield each
                else:
                    yield from _agent_ids(each)
        case list():
            for each in value:
                yield from _agent_ids(each)
