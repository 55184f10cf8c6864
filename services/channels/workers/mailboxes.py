"""Fetches mail: by IDLE and by looking regardless, by UID, kept before the place in the mailbox moves on.

After an outage exactly what came meanwhile is fetched. When the server counts anew (UIDVALIDITY) everything is looked
at again, and what is known changes nothing: payloads are told apart by their bytes, contacts by their Message-ID.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from contracts.addresses import mail_server
from infra import metrics
from infra.clock import jittered_delay_ms
from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sql import statements
from services.channels.domain.raw import RawInbound, account_id_of, key_of_body
from services.channels.ports import Clock, Ids, RawStore, StoreUnavailable
from services.channels.providers.email import MAIL_BYTES_MAX
from services.channels.providers.mail_reception import Flood, received
from services.channels.settings import AccountSettings
from services.channels.workers.imap_reader import MAILBOX_TROUBLE, Fetched, ImapReader

LOOK_EVERY_SECONDS = 30.0
PAUSE_MS_BASE = 1_000
PAUSE_MS_MAX = 300_000
AUTOMATIC_MAX = 20
AUTOMATIC_WITHIN = timedelta(hours=24)
FLOODED = "automatic-flood"

_SQL = statements("services.channels.workers")
logger = log("mailboxes")


class Mailbox:
    """The loop for one account."""

    def __init__(self, *, account: AccountSettings, pool: Pool, store: RawStore, clock: Clock, ids: Ids) -> None:
        self._account = account
        self._account_id = account_id_of(account.channel, account.account)
        self._pool = pool
        self._store = store
        self._clock = clock
        self._ids = ids
        self._flood = Flood(AUTOMATIC_MAX, AUTOMATIC_WITHIN)

    async def run(self) -> None:
        """Fetch for ever. While the server or the database is away it comes again, ever more slowly."""
        failures = 0
        while True:
            try:
                async for _ in self._session():
                    failures = 0
            except Exception as error:
                if not isinstance(error, (*MAILBOX_TROUBLE, StoreUnavailable)) and not is_transient(error):
                    raise
                failures += 1
                logger.warning("a mailbox cannot be read now", error_class=type(error).__name__, attempt=failures)
                await self._note_trouble(error)
            pause = jittered_delay_ms(max(failures, 1), delay_ms_base=PAUSE_MS_BASE, delay_ms_max=PAUSE_MS_MAX)
            await asyncio.sleep(pause / 1000)

    async def _session(self) -> Any:
        """Log in, then fetch and wait until the connection ends; yields after each look."""
        reader = ImapReader(
            mail_server(self._account.mailbox or ""),
            user=self._account.account,
            password=self._account.secret("password") or "",
            bytes_max=MAIL_BYTES_MAX,
        )
        threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbox")
        in_thread = partial(asyncio.get_running_loop().run_in_executor, threads)
        try:
            uid_validity = await in_thread(reader.open)
            while True:
                # Until a look finds nothing: of what came during a look, IDLE may never tell.
                while await self._fetch_new(reader, in_thread, uid_validity):
                    yield
                await self._pool.execute(_SQL["mailbox_looked_at"], self._account_id, self._clock.now())
                yield
                await in_thread(reader.wait, LOOK_EVERY_SECONDS)
        finally:
            reader.abort()
            threads.shutdown(wait=False, cancel_futures=True)

    async def _fetch_new(self, reader: ImapReader, in_thread: Any, uid_validity: int) -> int:
        """Keep what is new, in batches; gives how many mails there were."""
        last_uid = await self._pool.fetchval(_SQL["mailbox_place"], self._account_id, uid_validity) or 0
        uids = await in_thread(reader.uids_after, last_uid)
        batches = reader.batches(uids)
        while (batch := await in_thread(next, batches, None)) is not None:
            mails = await in_thread(reader.fetch, batch)
            await asyncio.gather(*(self._keep(mail) for mail in mails))
            await self._pool.execute(
                _SQL["mailbox_read"], self._account_id, uid_validity, max(batch), self._clock.now(), bool(mails)
            )
        return len(uids)

    async def _keep(self, mail: Fetched) -> None:
        """On disk, or StoreUnavailable: then the place in the mailbox stays, and it is fetched again."""
        now, account = self._clock.now(), self._account
        known, automatic_sender = received(mail.data, account.account, account.secrets, account.authserv_id)
        reception = msgspec.structs.replace(
            known,
            arrived_at=mail.arrived_at,
            size_bytes=mail.size_bytes if mail.size_bytes > len(mail.data) else None,
        )
        raw = RawInbound(
            raw_id=self._ids.new(),
            channel=account.channel,
            account=account.account,
            body=mail.data,
            received_at=now,
            dedupe_key=key_of_body(mail.data),
            headers=reception.headers(),
        )
        flooded = automatic_sender is not None and self._flood.is_over(automatic_sender, now)
        before = await self._store.keep(raw, refused=FLOODED if flooded else None)
        result = "repeated" if not before.new else FLOODED if flooded else "accepted"
        metrics.webhooks.labels(account.channel.path, result).inc()

    async def _note_trouble(self, error: Exception) -> None:
        """How an operator sees which mailbox is silent, and since when."""
        try:
            await self._pool.execute(_SQL["mailbox_trouble"], self._account_id, type(error).__name__)
        except Exception as again:
            if not is_transient(again):
                raise
