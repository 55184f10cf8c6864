"""An offer of a case that was not answered yet, as the case knows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Offer(msgspec.Struct, frozen=True):
    """Who is asked, and until when. `offer_id`: of the decision that asks."""

    offer_id: UUID
    agent_id: UUID
    until: datetime
