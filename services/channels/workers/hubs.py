"""Asks WebSub hubs to push the feeds that name one, and again before their leases end. Polling goes on regardless."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sql import statements
from services.channels.domain.hub_lease import LEASE_SECONDS, Announced, HubWord, Subscription, is_due
from services.channels.ports import Clock, StoreUnavailable
from services.channels.providers.feed_hub import announced
from services.channels.settings import AccountSettings
from services.channels.workers.poller import Poller
from services.channels.workers.safe_fetcher import Fetched, FetchFailed, FetchRefused, Letter

_ACCEPTED = range(200, 300)
_SQL = statements("services.channels.workers")
logger = log("hubs")


class PostgresHubs:
    """What was asked of hubs, and what they said (see ports.HubLeases)."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def heard(self, account_id: UUID, word: HubWord) -> bool:
        """Note what the hub of an account says. False: nobody asked for this topic.

        Raises:
            StoreUnavailable: the database is away.
        """
        try:
            if word.lease_s is None:
                return await self._pool.fetchval(_SQL["hub_denied"], account_id, word.topic) is not None
            until = self._clock.now() + timedelta(seconds=word.lease_s)
            granted = await self._pool.fetchval(_SQL["hub_granted"], account_id, word.topic, until, word.lease_s)
        except Exception as error:
            if is_transient(error):
                raise StoreUnavailable from None
            raise
        return granted is not None

    async def subscription(self, account_id: UUID) -> Subscription | None:
        """What was asked last; None: nothing yet."""
        row = await self._pool.fetchrow(_SQL["hub_subscription"], account_id)
        return None if row is None else msgspec.convert(dict(row), Subscription)

    async def asked(self, account_id: UUID, whom: Announced) -> None:
        """Note that we ask now: before the hub is told, which may answer at once."""
        await self._pool.execute(_SQL["hub_asked"], account_id, whom.hub, whom.topic, self._clock.now())

    async def trouble(self, account_id: UUID, reason: str) -> None:
        """How an operator sees why nothing is pushed."""
        await self._pool.execute(_SQL["hub_trouble"], account_id, reason[:64])


def pushed_to(account: AccountSettings) -> str | None:
    """Where a hub pushes this account's feed to; None: it was not said where we can be reached, or how to sign."""
    base, token = account.secret("public_url"), account.secret("verify_token")
    if base is None or token is None or account.secret("hub_secret") is None:
        return None
    path = f"/channels/{account.channel.path}/{quote(account.account, safe='')}"
    return f"{base.rstrip('/')}{path}?{urlencode({'hub.verify_token': token})}"


class FeedPoller(Poller):
    """The loop for one feed that a hub may push as well."""

    def __init__(self, *, hubs: PostgresHubs, **poller: Any) -> None:
        super().__init__(**poller)
        self._hubs = hubs

    async def _looked(self, fetched: Fetched) -> None:
        """Ask the hub it names, where that is due; a feed that has not changed names the one it did."""
        known = await self._hubs.subscription(self._account_id)
        whom = announced(fetched.body, fetched.link, url=self._source.url) if fetched.body else _as_before(known)
        if whom is None or not is_due(known, whom, self._clock.now()):
            return
        await self._hubs.asked(self._account_id, whom)
        try:
            answer = await self._fetcher.fetch(
                whom.hub, may_be_local=self._source.may_be_local, letter=self._letter(whom)
            )
            trouble = None if answer.status in _ACCEPTED else f"http-{answer.status}"
        except (FetchRefused, FetchFailed) as problem:
            trouble = problem.reason
        if trouble is not None:
            logger.warning("the hub did not take it", reason=trouble)
            await self._hubs.trouble(self._account_id, trouble)

    def _letter(self, whom: Announced) -> Letter:
        wanted = {
            "hub.callback": pushed_to(self._account) or "",
            "hub.mode": "subscribe",
            "hub.topic": whom.topic,
            "hub.lease_seconds": str(LEASE_SECONDS),
            "hub.secret": self._account.secret("hub_secret") or "",
        }
        return Letter(form=wanted)


def _as_before(known: Subscription | None) -> Announced | None:
    return None if known is None else Announced(known.hub, known.topic)
