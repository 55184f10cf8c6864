"""What a case went through besides its contacts, as far as its clocks depend on it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.vocabulary import ResolutionOutcome, WaitingFor


class Turn(StrEnum):
    """What happened."""

    WAITED = "WAITED"
    WENT_ON = "WENT_ON"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"
    TAKEN_BACK = "TAKEN_BACK"
    CLOSED_TO_WORDS = "CLOSED_TO_WORDS"


class Step(msgspec.Struct, frozen=True):
    """One of them. `waiting_for` of WAITED, `outcome` of RESOLVED, `contact_id` of TAKEN_BACK."""

    turn: Turn
    at: datetime
    waiting_for: WaitingFor | None = None
    outcome: ResolutionOutcome | None = None
    contact_id: UUID | None = None
