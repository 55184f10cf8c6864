"""Looks where nobody pushes: again and again, asking only for what is new, ever more seldom while there is trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from contracts.hosts import LOOPBACK_HOSTS
from contracts.vocabulary import Channel
from infra import metrics
from infra.clock import jittered_delay_ms
from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sql import statements
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound, account_id_of, key_of_refused
from services.channels.ports import Clock, Ids, RawStore, StoreUnavailable
from services.channels.providers import feed, google_reviews, youtube
from services.channels.settings import AccountSettings
from services.channels.workers.safe_fetcher import Fetched, FetchFailed, FetchRefused, Remembered, SafeFetcher

LOOK_EVERY_SECONDS = 300.0
SPREAD_MS = 60_000
"""So that not all feeds are fetched at the same moment for ever."""

PAUSE_MS_BASE = 600_000
PAUSE_MS_MAX = 6 * 3600 * 1000
_NOT_MODIFIED, _OK = 304, 200

_SQL = statements("services.channels.workers")
logger = log("poller")


class Source(msgspec.Struct, frozen=True):
    """Where to look. `key_of`: the same for two answers that say the same; raises NotUnderstood."""

    url: str
    key_of: Callable[[bytes], str]
    may_be_local: bool = False


def source_of(account: AccountSettings) -> Source | None:
    """Where an account's contacts are to be fetched; None: they come by themselves."""
    if account.feed_url is not None:
        return Source(account.feed_url, feed.key_of_entries, may_be_local=account.feed_may_be_local)
    if account.api_base is None:
        return None
    is_local = urlsplit(account.api_base).hostname in LOOPBACK_HOSTS
    if account.channel is Channel.GOOGLE_REVIEWS:
        url = google_reviews.address_of(account.api_base)
        return Source(url, google_reviews.key_of_reviews, may_be_local=is_local)
    api_key = account.secret("api_key")
    if account.channel is not Channel.YOUTUBE or api_key is None:
        return None
    url = youtube.address_of(account.api_base, account.account, api_key)
    return Source(url, youtube.key_of_comments, may_be_local=is_local)


class Poller:
    """The loop for one account."""

    def __init__(
        self,
        *,
        account: AccountSettings,
        source: Source,
        pool: Pool,
        fetcher: SafeFetcher,
        store: RawStore,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._account = account
        self._source = source
        self._account_id = account_id_of(account.channel, account.account)
        self._pool = pool
        self._fetcher = fetcher
        self._store = store
        self._clock = clock
        self._ids = ids
        self._failures = 0

    async def run(self) -> None:
        """Look for ever."""
        while True:
            wait_s = await self.look()
            await asyncio.sleep(wait_s)

    async def look(self) -> float:
        """Look once; gives for how many seconds not to look again."""
        try:
            await self._look()
        except Exception as error:
            if not isinstance(error, FetchRefused | FetchFailed | StoreUnavailable) and not is_transient(error):
                raise
            self._failures += 1
            reason = getattr(error, "reason", type(error).__name__)
            logger.warning("nothing can be fetched now", reason=reason, attempt=self._failures)
            await self._note_trouble(reason)
            own = jittered_delay_ms(self._failures, delay_ms_base=PAUSE_MS_BASE, delay_ms_max=PAUSE_MS_MAX) / 1000
            return max(own, min(getattr(error, "wait_s", 0.0), PAUSE_MS_MAX / 1000))
        self._failures = 0
        return LOOK_EVERY_SECONDS + jittered_delay_ms(1, delay_ms_base=SPREAD_MS, delay_ms_max=SPREAD_MS) / 1000

    async def _look(self) -> None:
        row = await self._pool.fetchrow(_SQL["poll_place"], self._account_id)
        known = Remembered(row["etag"], row["last_modified"]) if row is not None else Remembered()
        source = self._source
        fetched = await self._fetcher.fetch(source.url, known, may_be_local=source.may_be_local)
        if fetched.status == _OK:
            await self._keep(fetched)
            known = Remembered(fetched.etag, fetched.last_modified)
        elif fetched.status != _NOT_MODIFIED:
            raise FetchFailed(f"http-{fetched.status}", wait_s=fetched.retry_after_s or 0.0)
        await self._pool.execute(
            _SQL["poll_read"], self._account_id, known.etag, known.last_modified, self._clock.now()
        )
        await self._looked(fetched)

    async def _looked(self, fetched: Fetched) -> None:
        """What else there is to do after an answer; nothing here."""

    async def _keep(self, fetched: Fetched) -> None:
        """On disk before its server is told that we have it."""
        raw = RawInbound(
            raw_id=self._ids.new(),
            channel=self._account.channel,
            account=self._account.account,
            body=fetched.body,
            received_at=self._clock.now(),
            dedupe_key=key_of_refused(fetched.body),
        )
        refused = None
        try:
            raw = msgspec.structs.replace(raw, dedupe_key=self._source.key_of(fetched.body))
        except NotUnderstood as problem:
            refused = problem.code
        before = await self._store.keep(raw, refused=refused)
        result = refused or ("accepted" if before.new else "repeated")
        metrics.webhooks.labels(self._account.channel.path, result).inc()
        if refused is not None:
            raise FetchFailed(refused)

    async def _note_trouble(self, reason: str) -> None:
        """How an operator sees which account is silent, and why."""
        try:
            await self._pool.execute(_SQL["poll_trouble"], self._account_id, reason[:64])
        except Exception as again:
            if not is_transient(again):
                raise
