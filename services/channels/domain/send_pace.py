"""How fast replies leave by an account: a bucket that fills with time, and a pause where its platform asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel

SENDS_PER_MINUTE: dict[Channel, int] = {
    Channel.WHATSAPP: 80 * 60,
    Channel.TELEGRAM: 30 * 60,
    Channel.SMS: 60,
    Channel.X: 6,
    Channel.GOOGLE_REVIEWS: 10,
}
"""What platforms' documents allow one account; others say nothing, or more than we send at once."""

BURST_SECONDS = 10
"""So much may leave at once after a quiet while."""

HOLD_MAX = timedelta(hours=1)


class _Bucket(msgspec.Struct):
    left: float
    at: datetime
    held_until: datetime | None = None


class SendPaces:
    """The buckets of all accounts, in memory of this process. `per_minute`: of an account; None: as fast as it goes."""

    def __init__(self, per_minute: Callable[[UUID], int | None]) -> None:
        self._per_minute = per_minute
        self._buckets: dict[UUID, _Bucket] = {}
        self._slowed: set[UUID] = set()

    def take(self, account_id: UUID, now: datetime) -> bool:
        """Whether one may leave now; it is then counted."""
        if not self.is_open(account_id, now):
            self._slowed.add(account_id)
            return False
        if self._per_minute(account_id) is not None:
            self._buckets[account_id].left -= 1
        return True

    def is_open(self, account_id: UUID, now: datetime) -> bool:
        """Whether one might leave now."""
        bucket = self._bucket(account_id, now)
        if bucket.held_until is not None and now < bucket.held_until:
            return False
        return self._per_minute(account_id) is None or bucket.left >= 1

    def closed(self, account_ids: Iterable[UUID], now: datetime) -> list[UUID]:
        """Those by which nothing may leave now: so that nobody else waits behind their replies."""
        found = [each for each in account_ids if not self.is_open(each, now)]
        self._slowed.update(found)
        return found

    def hold(self, account_id: UUID, wait: timedelta, now: datetime) -> None:
        """Its platform asks for a pause: nothing of this account leaves before that is over."""
        self._bucket(account_id, now).held_until = now + min(wait, HOLD_MAX)

    def slowed(self) -> frozenset[UUID]:
        """The accounts by which something had to wait since this was asked last."""
        slowed, self._slowed = frozenset(self._slowed), set()
        return slowed

    def _bucket(self, account_id: UUID, now: datetime) -> _Bucket:
        rate = self._per_minute(account_id) or 0
        full = max(1.0, rate * BURST_SECONDS / 60)
        bucket = self._buckets.setdefault(account_id, _Bucket(full, now))
        grown = max((now - bucket.at).total_seconds(), 0.0) * rate / 60
        bucket.left, bucket.at = min(bucket.left + grown, full), now
        return bucket
