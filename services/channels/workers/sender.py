"""Sends the replies that are due: one at a time per case, a few at a time per account."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from contracts.stored import CommandContext
from contracts.vocabulary import Channel, system_actor
from infra import attributes
from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sql import statements
from infra.telemetry import span
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.domain.outbound import OutcomeLost, SendOutcome, TryLater
from services.channels.reactions.send_reply_on_delivery_due import SendingParts, send_reply_on_delivery_due

SENDS_MAX = 16
SENDS_PER_ACCOUNT_MAX = 4
POLL_SECONDS = 0.5
PAUSE_AFTER_FAULT_SECONDS = 1.0
STOP_SECONDS_MAX = 2.0
LOST_AFTER = timedelta(seconds=60)
"""A try without an outcome for so long was cut off by a crash: every wait of a call is far shorter."""

_SQL = statements("services.channels.workers")
logger = log("sender")


class Sender:
    """The loop. `wake()` when a reply was requested; without it the next look is POLL_SECONDS away."""

    def __init__(self, pool: Pool, parts: SendingParts) -> None:
        self._pool = pool
        self._parts = parts
        self._due = asyncio.Event()
        self._sending: dict[asyncio.Task[None], tuple[UUID, UUID]] = {}

    def wake(self) -> None:
        """Look now."""
        self._due.set()

    async def run(self) -> None:
        """Send for ever. While the database is away it waits."""
        try:
            while True:
                self._due.clear()
                try:
                    await self.give_up_lost()
                    await self._start_due()
                except Exception as error:
                    if not is_transient(error):
                        raise
                    logger.warning("replies cannot be looked up now", error_class=type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._due.wait()
        finally:
            await self._stop()

    async def give_up_lost(self) -> None:
        """Record of tries that a crash cut off that nobody knows what became of them.

        What is stored here is stored once, however often it is tried: so that is tried again.
        """
        before = self._parts.clock.now() - LOST_AFTER
        for row in await self._pool.fetch(_SQL["deliveries_lost"], before, SENDS_MAX):
            account = self._parts.settings.accounts.get(row["account_id"])
            if account is not None and account.channel is Channel.CHAT:
                outcome: SendOutcome = TryLater(code="cut-off", reason="cut off while storing")
            else:
                outcome = OutcomeLost(reason="cut off while sending")
            await self._record(row["contact_id"], row["account_id"], outcome)

    async def _record(self, contact_id: UUID, account_id: UUID, outcome: SendOutcome) -> None:
        context = CommandContext(
            command_id=self._parts.ids.new(),
            actor=system_actor("channels"),
            at=self._parts.clock.now(),
            correlation_id=contact_id,
        )
        command = RecordOutcome(contact_id, account_id, outcome)
        await record_outcome(command, context, record=self._parts.record, directory=self._parts.directory)

    async def _start_due(self) -> None:
        free = SENDS_MAX - len(self._sending)
        if free <= 0:
            return
        cases = {case_id for case_id, _ in self._sending.values()}
        by_account = Counter(account_id for _, account_id in self._sending.values())
        full = [account_id for account_id, count in by_account.items() if count >= SENDS_PER_ACCOUNT_MAX]
        now = self._parts.clock.now()
        full += self._parts.paces.closed(self._parts.settings.accounts, now)
        known = list(self._parts.settings.accounts)
        for row in await self._pool.fetch(_SQL["deliveries_due"], now, list(cases), full, free, known):
            if row["case_id"] in cases or by_account[row["account_id"]] >= SENDS_PER_ACCOUNT_MAX:
                continue
            if not self._parts.paces.take(row["account_id"], now):
                continue
            cases.add(row["case_id"])
            by_account[row["account_id"]] += 1
            task = asyncio.create_task(self._send(row["contact_id"], row["account_id"]))
            self._sending[task] = (row["case_id"], row["account_id"])
            task.add_done_callback(self._done)

    async def _send(self, contact_id: UUID, account_id: UUID) -> None:
        """Send one. After trouble of the database it stays due; any other fault must not repeat for ever."""
        try:
            with span(attributes.CHANNEL_SEND, stream_id=str(contact_id)):
                await send_reply_on_delivery_due(contact_id, self._parts)
        except Exception as error:
            logger.exception("a reply could not be handled", contact_id=str(contact_id))
            if not is_transient(error):
                await self._record(contact_id, account_id, OutcomeLost(reason="fault while sending"))
            await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        if not task.cancelled() and task.exception() is not None:
            logger.error("a reply could not be given up", error_class=type(task.exception()).__name__)
        self._due.set()

    async def _stop(self) -> None:
        """Let calls that are under way come to their end for a moment: a cut one can never be known."""
        tasks = list(self._sending)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS_MAX)
            for task in late:
                task.cancel()
