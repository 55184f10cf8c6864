"""Stores batches of prepared commands: one transaction, one append, the rows of those who were not beaten."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts.stored import AlreadyDone, CommandContext, Committed, IdempotencyMismatch, VersionConflict
from infra import attributes, metrics
from infra.crashpoint import Place, passing
from infra.event_store.append import Prepared, arguments
from infra.event_store.rows import write_rows
from infra.postgres import CONNECT_TIMEOUT_S_MAX, is_connection_loss
from infra.sql import statements as sql_statements
from infra.telemetry import annotate, span

if TYPE_CHECKING:
    import asyncpg

    from infra.event_store.heads import Heads
    from infra.postgres import Connection, Pool

_SQL = sql_statements("infra.event_store")
_VERSIONS = msgspec.json.Decoder(dict[UUID, int])
_COMMAND_NUMBER = attrgetter("context.command_id.int")

Stored = Committed | Exception


class HeadBroken(Exception):  # noqa: N818
    """The stream's head is not the hash of its last fact: somebody wrote past the record. Nothing was stored."""


class Lanes:
    """`statements`: those that rows name. `on_commit` is called after each commit."""

    def __init__(self, pool: Pool, heads: Heads, statements: Mapping[str, str], on_commit: Callable[[], None]) -> None:
        self._pool = pool
        self._heads = heads
        self._statements = statements
        self._on_commit = on_commit
        self._row_turn = asyncio.Lock()

    async def store(self, batch: Sequence[Prepared]) -> list[Stored]:
        """What became of each command, in order. Each is stored whole or not at all, whatever the others do.

        Raises:
            Exception: the connection was lost, or none was to be had: what became of them is unknown.
        """
        facts, rows = sum(len(each.facts) for each in batch), sum(len(each.rows) for each in batch)
        with span(attributes.STORE_APPEND, facts=facts, rows=rows):
            async with self._pool.acquire(timeout=CONNECT_TIMEOUT_S_MAX) as connection:
                try:
                    stored = await self._together(connection, batch)
                except Exception as error:
                    if is_connection_loss(error):
                        raise
                    stored = [error] if len(batch) == 1 else [await self._alone(connection, each) for each in batch]
            annotate(repeated=all(isinstance(each, Committed) and each.repeated for each in stored))
        return stored

    async def _alone(self, connection: Connection, prepared: Prepared) -> Stored:
        """One of a batch that failed for somebody's sake: only who brought the failure fails now."""
        try:
            return (await self._together(connection, (prepared,)))[0]
        except Exception as error:  # noqa: BLE001  (it is this command's answer)
            return error

    async def _together(self, connection: Connection, batch: Sequence[Prepared]) -> list[Stored]:
        if not any(each.rows for each in batch):
            # A statement of its own is a transaction: one round trip.
            lost = await _append(connection, batch)
        elif len(batch) == 1:
            lost = await self._with_rows(connection, batch)
        else:
            # Two batches would take locks on rows of read tables crosswise sooner or later.
            async with self._row_turn:
                lost = await self._with_rows(connection, batch)
        passing(Place.APPEND_STORED)
        self._on_commit()
        topics = Counter(fact.topic for each in batch if each not in lost for fact in each.facts)
        for topic, count in topics.items():
            metrics.facts_appended.labels(topic=topic).inc(count)
        return [self._done(each) if each not in lost else _answer(each, lost[each]) for each in batch]

    async def _with_rows(self, connection: Connection, batch: Sequence[Prepared]) -> dict[Prepared, asyncpg.Record]:
        async with connection.transaction():
            lost = await _append(connection, batch)
            await write_rows(
                connection, self._statements, (row for each in batch if each not in lost for row in each.rows)
            )
            passing(Place.APPEND_STORING)
        return lost

    def _done(self, prepared: Prepared) -> Committed:
        for stream_id, _, _, version, _, head in prepared.streams:
            self._heads.remember(stream_id, version, head)
        # The outcome as it will be read again.
        return Committed(versions=prepared.versions, outcome=msgspec.json.decode(prepared.outcome))


async def _append(connection: Connection, batch: Sequence[Prepared]) -> dict[Prepared, asyncpg.Record]:
    """Call es.append; its rows for those that were not stored."""
    ordered = sorted(batch, key=_COMMAND_NUMBER)
    rows = await connection.fetch(_SQL["append"], *arguments(ordered))
    return {ordered[row["item"] - 1]: row for row in rows}


def _answer(prepared: Prepared, row: asyncpg.Record) -> Stored:
    context = prepared.context
    match row["result"]:
        case "repeated":
            return mismatch(context, row["known_digest"]) or committed_before(row, repeated=True, prefix="known_")
        case "already_done":
            return AlreadyDone(f"{context.once}")
        case "conflict":
            lost = row["lost_stream"]
            expected = next(stream[2] for stream in prepared.streams if stream[0] == lost)
            return VersionConflict(lost, expected, row["lost_version"])
        case _:
            return HeadBroken(f"stream {row['lost_stream']} at version {row['lost_version']}")


def committed_before(row: asyncpg.Record, *, repeated: bool, prefix: str = "") -> Committed:
    """The stored answer of a command that was carried out before."""
    versions = _VERSIONS.decode(row[f"{prefix}versions"])
    return Committed(versions=versions, outcome=msgspec.json.decode(row[f"{prefix}outcome"]), repeated=repeated)


def mismatch(context: CommandContext, stored: bytes | None) -> IdempotencyMismatch | None:
    """The error of a command id that was used for another request."""
    if context.request_digest is not None and stored is not None and context.request_digest != stored:
        return IdempotencyMismatch(f"command {context.command_id} was used for another request")
    return None
