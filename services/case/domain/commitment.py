"""A promise made to a customer, as its case knows it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class CommitmentStatus(StrEnum):
    """What became of a promise."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"
    WITHDRAWN = "WITHDRAWN"


class Commitment(msgspec.Struct, kw_only=True):
    """A promise as folded from the facts. `owner_id`: the agent who is to keep it.

    `ended_at`: when it was kept or withdrawn, or was to be kept and was not.
    """

    commitment_id: UUID
    owner_id: UUID
    made_at: datetime
    due_at: datetime
    status: CommitmentStatus
    ended_at: datetime | None = None
