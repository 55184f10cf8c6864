"""What somebody at the desk is told because it concerns them personally, and who such people are."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from contracts.vocabulary import id_of

APPROVERS: UUID = id_of("audience", "approvers")
"""Everybody who may decide about gestures of others."""
ERASERS: UUID = id_of("audience", "erasers")
"""Everybody who may decide about erasures that others ask for."""

LEADS: UUID = id_of("audience", "leads")
"""Everybody who leads: whom it concerns how the work comes in."""


class ViewerNews(StrEnum):
    """What happened, as the stream's `type` says it."""

    OFFER_MADE = "offer.made"
    OFFER_ENDED = "offer.ended"
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_DECIDED = "approval.decided"
    GESTURE_CHANGED = "gesture.changed"
    BUDGET_LOW = "budget.low"
    COMMITMENT_DUE = "commitment.due"
    COMMITMENT_BROKEN = "commitment.broken"
    CLOCK_WARNED = "clock.warned"
    CLOCK_MISSED = "clock.missed"
    INCIDENT_SUSPECTED = "incident.suspected"
    INCIDENT_CHANGED = "incident.changed"
    CAPACITY_SHORT = "capacity.short"
    CAPACITY_RESTORED = "capacity.restored"
