"""An offer: somebody was asked to take a case, and has not answered yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import AssignmentReason, RoutingTier


class Offer(msgspec.Struct, frozen=True):
    """Who is asked, until when, and as whom: what the decision behind it said. `offer_id`: of that decision."""

    offer_id: UUID
    agent_id: UUID
    until: datetime
    tier: RoutingTier | None
    reason: AssignmentReason
