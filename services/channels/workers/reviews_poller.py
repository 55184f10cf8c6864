"""Looks at a location's reviews: from the latest changed back to where it had come, and once a day at all of them.

A review that was deleted is told of nowhere. So whoever is on record but not among all that are listed is asked for by
name, and is taken back only when it is really gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from contracts.stored import Record
from contracts.vocabulary import Direction
from infra.sql import statements
from services.channels.domain.contact import Contact
from services.channels.domain.raw import RawInbound, contact_id_of
from services.channels.ports import TokenAway, TokenSource
from services.channels.providers.google_reviews import REPLY_SUFFIX, address_of, address_of_review, gone, page_of
from services.channels.workers.poller import Poller
from services.channels.workers.safe_fetcher import Fetched, FetchFailed, Letter

ALL_EVERY = timedelta(hours=24)
PAGES_MAX = 40
KNOWN_MAX = 2000
ASKED_FOR_MAX = 100
"""How many are asked for by name in one look; the others wait for the next."""

_OK, _UNAUTHENTICATED, _NOT_FOUND = 200, 401, 404
_SQL = statements("services.channels.workers")


class ReviewsPoller(Poller):
    """The loop for one location."""

    def __init__(self, *, record: Record, tokens: TokenSource, **poller: Any) -> None:
        super().__init__(**poller)
        self._record = record
        self._tokens = tokens

    async def _look(self) -> None:
        row = await self._pool.fetchrow(_SQL["reviews_place"], self._account_id)
        now = self._clock.now()
        since, all_at = (row["cursor_at"], row["all_at"]) if row is not None else (None, None)
        looks_at_all = all_at is None or now - all_at >= ALL_EVERY
        listed, latest, is_whole = await self._pages(None if looks_at_all else since)
        if looks_at_all and is_whole:
            await self._take_back(listed)
            all_at = now
        latest_at = max(filter(None, (since, latest)), default=None)
        await self._pool.execute(_SQL["reviews_read"], self._account_id, latest_at, all_at, now)

    async def _pages(self, since: datetime | None) -> tuple[set[str], datetime | None, bool]:
        """Keep page after page back to `since`; gives who was listed, the latest change, and whether that is all."""
        listed: set[str] = set()
        latest: datetime | None = None
        token: str | None = None
        for _ in range(PAGES_MAX):
            fetched = await self._fetched(address_of(self._api_base, token))
            if fetched.status != _OK:
                raise FetchFailed(f"http-{fetched.status}", wait_s=fetched.retry_after_s or 0.0)
            await self._keep(fetched)
            page = page_of(fetched.body, self._clock.now())
            listed.update(page.review_ids)
            latest = max((*page.changed_at, *([latest] if latest else [])), default=None)
            token = page.next_token
            if token is None or (since is not None and page.changed_at and min(page.changed_at) < since):
                return listed, latest, token is None
        return listed, latest, False

    async def _take_back(self, listed: set[str]) -> None:
        """Take back who is on record and gone."""
        lost = [review_id for review_id in await self._missing(listed) if await self._is_gone(review_id)]
        if lost:
            body = gone(tuple(lost))
            raw = RawInbound(
                raw_id=self._ids.new(),
                channel=self._account.channel,
                account=self._account.account,
                body=body,
                received_at=self._clock.now(),
                dedupe_key="gone:" + sha256(body).hexdigest(),
            )
            await self._store.keep(raw)

    async def _missing(self, listed: set[str]) -> Sequence[str]:
        channel, account = self._account.channel, self._account.account
        names = [name for review_id in listed for name in (review_id, review_id + REPLY_SUFFIX)]
        here = [contact_id_of(channel, account, name) for name in names]
        rows = await self._pool.fetch(_SQL["contacts_not_listed"], self._account_id, here, KNOWN_MAX)
        known = [await self._record.load(Contact, row["contact_id"]) for row in rows]
        missing = [
            contact.external_id
            for contact in known
            if contact is not None
            and contact.external_id is not None
            and contact.direction is Direction.INBOUND
            and not (contact.removed or contact.forgotten)
        ]
        return missing[:ASKED_FOR_MAX]

    async def _is_gone(self, review_id: str) -> bool:
        return (await self._fetched(address_of_review(self._api_base, review_id))).status == _NOT_FOUND

    async def _fetched(self, url: str) -> Fetched:
        """With a token that is good; where it is not believed, once more with a new one."""
        fetched = await self._asked(url)
        if fetched.status == _UNAUTHENTICATED and self._account.secret("refresh_token") is not None:
            self._tokens.forget(self._account)
            fetched = await self._asked(url)
        return fetched

    async def _asked(self, url: str) -> Fetched:
        try:
            token = await self._tokens.of(self._account)
        except TokenAway:
            raise FetchFailed("no-token") from None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._fetcher.fetch(url, may_be_local=self._source.may_be_local, letter=Letter(headers=headers))

    @property
    def _api_base(self) -> str:
        return self._account.api_base or ""
