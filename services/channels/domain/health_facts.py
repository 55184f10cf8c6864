"""What can be recorded of how a channel account does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from services.channels.domain.health import AccountHealth


class Health(msgspec.Struct, frozen=True):
    """How an account does. `trouble`: why nothing can be fetched or sent by it, in a word.

    `silent_since`: when something last came. `unread`: payloads that are kept and not read; `unsent`: replies that are
    to leave.
    """

    last_received_at: datetime | None = None
    last_sent_at: datetime | None = None
    unread: int = 0
    unsent: int = 0
    trouble: str | None = None
    silent_since: datetime | None = None


class FirstObserved(FirstFact):
    """An account was looked at for the first time."""

    TOPIC = "channels.health.first-observed.v1"
    account_id: UUID
    health: Health


class Observed(Fact):
    """An account does otherwise than before."""

    TOPIC = "channels.health.observed.v1"
    account_id: UUID
    health: Health

    def apply(self, aggregate: AccountHealth) -> None:
        """What the next look is compared with."""
        aggregate.health = self.health
        aggregate.told_at = self.timestamp
