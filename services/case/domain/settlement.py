"""An answer, money and a resolution that belong together, as their case knows them while the money is not decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, ResolutionOutcome, Visibility


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen when the gesture is given. `text` None: it was redacted or erased meanwhile.

    `guarded_by`: why another person reads it first, within `open_minutes`; empty: it leaves.
    """

    settlement_id: UUID
    gesture_id: UUID
    contact_id: UUID
    begun_at: datetime
    agent_ref: str
    channel: Channel
    account_id: UUID
    handle_id: UUID | None
    visibility: Visibility
    outcome: ResolutionOutcome
    cause: str | None
    guarded_by: tuple[str, ...]
    open_minutes: int
    text: str | None
