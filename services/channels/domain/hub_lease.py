"""What a WebSub hub and we owe each other: it pushes a topic for as long as a lease runs, and we ask again in time.

After the W3C's WebSub (https://www.w3.org/TR/websub/), sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

LEASE_SECONDS = 864_000
"""For how long we ask, 10 days as the recommendation suggests; the hub says for how long it is."""
LEASE_SECONDS_MAX = 31_536_000
ASK_AGAIN_AFTER = timedelta(hours=1)
"""A hub that was asked has so long to answer."""


class Announced(msgspec.Struct, frozen=True):
    """Where a feed says that it is pushed from, and the name by which the hub knows it."""

    hub: str
    topic: str


class Subscription(msgspec.Struct, frozen=True):
    """What was asked of which hub. `leased_until` None: not granted yet. `lease_s`: for how long it was."""

    hub: str
    topic: str
    asked_at: datetime | None = None
    leased_until: datetime | None = None
    lease_s: int | None = None


class HubWord(msgspec.Struct, frozen=True):
    """What a hub says at our address. `lease_s` None: it will not push, or not any more."""

    topic: str
    lease_s: int | None


def word_of_hub(query: Mapping[str, str]) -> HubWord | None:
    """What the hub says; None: neither that it will push nor that it will not."""
    topic = query.get("hub.topic", "")
    match query.get("hub.mode"):
        case "subscribe":
            asked = query.get("hub.lease_seconds", "")
            lease_s = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 12 else LEASE_SECONDS  # noqa: PLR2004  (digits)
            return HubWord(topic, max(1, min(lease_s, LEASE_SECONDS_MAX)))
        case "denied":
            return HubWord(topic, None)
        case _:
            return None


def is_due(known: Subscription | None, announced: Announced, now: datetime) -> bool:
    """Whether to ask: for the first time, of another hub, after no answer, or when half of the lease is over."""
    if known is None or (known.hub, known.topic) != (announced.hub, announced.topic) or known.asked_at is None:
        return True
    if now - known.asked_at < ASK_AGAIN_AFTER:
        return False
    if known.leased_until is None or known.lease_s is None:
        return True
    return known.leased_until - now < timedelta(seconds=known.lease_s / 2)
