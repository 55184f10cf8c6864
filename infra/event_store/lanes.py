"""Stores batches of prepared commands: all at once where nothing is in the way, else each as far as it can be."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

from contracts.stored import AlreadyDone, CommandContext, Committed, IdempotencyMismatch, VersionConflict
from infra import attributes, metrics
from infra.crashpoint import Place, passing
from infra.event_store.append import EMPTY_OUTCOME, Prepared, arguments, arguments_each, in_order
from infra.event_store.rows import write_rows
from infra.event_store.store_function import StoreFunction
from infra.pinned import Pinned
from infra.postgres import is_connection_loss
from infra.rows_sql import NotWritable
from infra.sql import statements as sql_statements
from infra.telemetry import annotate, is_watched, span

if TYPE_CHECKING:
    from contracts.stored import Row
    from infra.event_store.heads import Heads
    from infra.postgres import Connection, Pool

_SQL = sql_statements("infra.event_store")
_VERSIONS = msgspec.json.Decoder(dict[UUID, int])

Stored = Committed | Exception
Lost = dict[Prepared, "asyncpg.Record"]


class HeadBroken(Exception):  # noqa: N818
    """The stream's head is not the hash of its last fact: somebody wrote past the record. Nothing was stored."""


class Lanes:
    """`statements`: those that rows name. `on_commit` is called after each commit."""

    def __init__(self, pool: Pool, heads: Heads, statements: Mapping[str, str], on_commit: Callable[[], None]) -> None:
        self._pinned = Pinned(pool)
        self._heads = heads
        self._statements = statements
        self._on_commit = on_commit
        self._row_turn = asyncio.Lock()
        self._making = asyncio.Lock()
        self._made: StoreFunction | None = None

    async def store(self, batch: Sequence[Prepared]) -> list[Stored]:
        """What became of each command, in order. Each is stored whole or not at all, whatever the others do.

        Raises:
            Exception: the connection was lost, or none was to be had: what became of them is unknown.
        """
        if not is_watched():
            return await self._stored(batch)
        facts, rows = sum(len(each.items) for each in batch), sum(len(each.rows) for each in batch)
        with span(attributes.STORE_APPEND, facts=facts, rows=rows):
            stored = await self._stored(batch)
            annotate(repeated=all(isinstance(each, Committed) and each.repeated for each in stored))
        return stored

    async def _stored(self, batch: Sequence[Prepared]) -> list[Stored]:
        async with self._pinned.connection() as connection:
            try:
                return await self._together(connection, batch)
            except Exception as error:
                if is_connection_loss(error):
                    raise
                return [error] if len(batch) == 1 else [await self._alone(connection, each) for each in batch]

    async def _alone(self, connection: Connection, prepared: Prepared) -> Stored:
        """One of a batch that failed for somebody's sake: only who brought the failure fails now."""
        try:
            return (await self._together(connection, (prepared,)))[0]
        except Exception as error:  # noqa: BLE001  (it is this command's answer)
            return error

    async def _together(self, connection: Connection, batch: Sequence[Prepared]) -> list[Stored]:
        ordered = sorted(batch, key=in_order)
        rows = [row for each in ordered for row in each.rows]
        # Two batches would take locks on rows of read tables crosswise sooner or later.
        async with self._row_turn if rows and len(batch) > 1 else nullcontext():
            lost = {} if await self._at_once(connection, ordered, rows) else await self._each(connection, ordered)
        passing(Place.APPEND_STORED)
        self._on_commit()
        topics = Counter([item.topic for each in batch if each not in lost for item in each.items])
        for topic, count in topics.items():
            if topic is not None:
                metrics.facts_appended.labels(topic=topic).inc(count)
        return [self._done(each) if each not in lost else _answer(each, lost[each]) for each in batch]

    async def _at_once(self, connection: Connection, batch: Sequence[Prepared], rows: Sequence[Row]) -> bool:
        """Store all of them in one statement, which is a transaction. False: nothing was stored, something was wrong.

        Raises:
            Exception: the connection was lost.
        """
        try:
            if rows:
                function = await self._function(connection)
                await connection.execute(function.call, *arguments(batch), *function.arguments(rows))
            else:
                await connection.execute(_SQL["append"], *arguments(batch))
        except NotWritable:
            return False
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if is_connection_loss(error):
                raise
            return False
        return True

    async def _each(self, connection: Connection, batch: Sequence[Prepared]) -> Lost:
        """Store those of them that can be, and say why the others cannot.

        Raises:
            RowRefused: a row cannot be written, for whose sake nothing was stored.
        """
        async with connection.transaction():
            found = await connection.fetch(_SQL["append_each"], *arguments_each(batch))
            lost = {batch[row["item"] - 1]: row for row in found}
            await write_rows(
                connection, self._statements, (row for each in batch if each not in lost for row in each.rows)
            )
        return lost

    async def _function(self, connection: Connection) -> StoreFunction:
        async with self._making:
            if self._made is None:
                self._made = await StoreFunction.make(connection, self._statements)
            return self._made

    def _done(self, prepared: Prepared) -> Committed:
        for item in prepared.items:
            if item.expected is not None:
                self._heads.remember(item.stream_id, item.version, item.hash)
        # The outcome as it will be read again.
        outcome = {} if prepared.outcome is EMPTY_OUTCOME else msgspec.json.decode(prepared.outcome)
        return Committed(versions=prepared.versions, outcome=outcome)


def _answer(prepared: Prepared, row: asyncpg.Record) -> Stored:
    context = prepared.context
    match row["result"]:
        case "repeated":
            return mismatch(context, row["known_digest"]) or committed_before(row, repeated=True, prefix="known_")
        case "already_done":
            return AlreadyDone(f"{context.once}")
        case "conflict":
            lost = row["lost_stream"]
            of_it = [item.expected for item in prepared.items if item.stream_id == lost]
            return VersionConflict(lost, of_it[-1], row["lost_version"])
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
