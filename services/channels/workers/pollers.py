"""One loop for each account whose contacts nobody pushes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contracts.stored import Record
from contracts.vocabulary import Channel
from infra.postgres import Pool
from services.channels.ports import Clock, Ids, RawStore, TokenSource
from services.channels.settings import AccountSettings
from services.channels.workers.hubs import FeedPoller, PostgresHubs, pushed_to
from services.channels.workers.poller import Poller, source_of
from services.channels.workers.reviews_poller import ReviewsPoller
from services.channels.workers.safe_fetcher import SafeFetcher


def pollers_of(
    accounts: Iterable[AccountSettings],
    *,
    pool: Pool,
    fetcher: SafeFetcher,
    store: RawStore,
    record: Record,
    clock: Clock,
    ids: Ids,
    tokens: TokenSource,
) -> Iterator[Poller]:
    """One for each account that has somewhere to look."""
    parts: dict[str, Any] = {"pool": pool, "fetcher": fetcher, "store": store, "clock": clock, "ids": ids}
    for account in accounts:
        source = source_of(account)
        if source is None:
            continue
        if account.channel is Channel.GOOGLE_REVIEWS:
            yield ReviewsPoller(record=record, tokens=tokens, account=account, source=source, **parts)
        elif account.channel is Channel.FEED and pushed_to(account) is not None:
            yield FeedPoller(hubs=PostgresHubs(pool, clock), account=account, source=source, **parts)
        else:
            yield Poller(account=account, source=source, **parts)
