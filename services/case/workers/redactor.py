"""Carries redactions to their end: no copy of the withheld words in the transport, and none in any file of a table.

The words themselves went with the fact that redacted them. Whatever ends this in between, the next round goes on from
what is on record: messages are deleted again, tables are written anew again, the last fact is recorded once.
"""

from __future__ import annotations

import asyncpg

from contracts.stored import CommandContext, Record, SealingScope
from contracts.vocabulary import system_actor
from infra.bus import TRANSPORT_ERRORS
from infra.logs import log
from infra.postgres import Pool
from infra.rewriting import TableBusy, rewrite_tables
from infra.rounds import go_round
from infra.sealing import KeyRing
from infra.sql import statements
from infra.stream import NotPublished, OriginStream
from services.case.commands.complete_redaction import CompleteRedaction, complete_redaction
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 0.5
REDACTIONS_OF_ROUND_MAX = 200
READ_TABLES = ("timeline", "contact_contents", "survey_answers", "cases", "redactions", "attachments")
SEALED = ("es.events", "es.dead_letters")
"""What held the words, and their envelopes: those of an expired case need no rewriting, for their key is destroyed."""
STORES = ("case.events", "case.dead_letters", "case.messages", *(f"case.{table}" for table in READ_TABLES))

_SQL = statements("services.case.workers")
logger = log("redactor")


class Redactor:
    """The loop. `stream`: the service's own messages."""

    def __init__(
        self, *, pool: Pool, keys: KeyRing, stream: OriginStream, record: Record, clock: Clock, ids: Ids
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._stream = stream
        self._record = record
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Go round for ever. While the database or the transport is away, or a table in use, it comes again."""
        await go_round(
            self.round,
            every_seconds=ROUND_EVERY_SECONDS,
            logger=logger,
            passes=(TableBusy, *TRANSPORT_ERRORS),
        )

    async def round(self) -> None:
        """Do what can be done now."""
        answered = await self._pool.fetch(_SQL["redactions_to_do"], REDACTIONS_OF_ROUND_MAX)
        ready = [row for row in answered if await self._withdrawn(row)]
        if not ready:
            return
        for row in ready:
            if row["expiry"]:
                await self._keys.destroy_scope(SealingScope(row["customer_id"], row["case_id"]), self._clock.now())
        await rewrite_tables(self._pool, READ_TABLES)
        if not all(row["expiry"] for row in ready):
            await rewrite_tables(self._pool, SEALED)
        for row in ready:
            await self._sign_off(row)

    async def _withdrawn(self, row: asyncpg.Record) -> bool:
        """Delete the messages that carry the words; False: some are still to be published, so they come again later."""
        try:
            await self._stream.withdraw_all(row["positions"] or ())
        except NotPublished:
            return False
        await self._pool.execute(_SQL["strip_dead_letters"], str(row["entry_id"]))
        return True

    async def _sign_off(self, row: asyncpg.Record) -> None:
        command_id = self._ids.new()
        context = CommandContext(
            command_id=command_id, actor=system_actor("case"), at=self._clock.now(), correlation_id=command_id
        )
        command = CompleteRedaction(row["redaction_id"], events=len(row["positions"] or ()), stores=STORES)
        await complete_redaction(command, context, record=self._record)
