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
    """A promise as folded from the facts. `owner_id`: the agent who is to keep it, and is reminded once."""

    commitment_id: UUID
    owner_id: UUID
    due_at: datetime
    status: CommitmentStatus
    reminded: bool = False
