"""The closed sets of words about forgetting."""

from __future__ import annotations

from enum import StrEnum


class ErasureGround(StrEnum):
    """Why personal data is to be erased (GDPR, article 17)."""

    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    OBJECTION = "OBJECTION"
    UNLAWFUL = "UNLAWFUL"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    CHILD = "CHILD"
    RETENTION_EXPIRED = "RETENTION_EXPIRED"


class ErasureStatus(StrEnum):
    """How far a request for erasure has come."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    EXECUTED = "EXECUTED"
    REFUSED = "REFUSED"
    BLOCKED = "BLOCKED"


class RestrictionKind(StrEnum):
    """Why a customer's data is not to be used, or not to be erased (GDPR, articles 17(3), 18 and 21)."""

    RESTRICTION = "RESTRICTION"
    OBJECTION = "OBJECTION"
    LEGAL_HOLD = "LEGAL_HOLD"
