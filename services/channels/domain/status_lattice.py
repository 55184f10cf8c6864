"""How far a reply has come: reports arrive in any order and more than once, and it never goes back."""

from __future__ import annotations

from contracts.vocabulary import DeliveryStatus

_RANK = {
    status: rank
    for rank, status in enumerate(
        (
            DeliveryStatus.REQUESTED,
            DeliveryStatus.UNKNOWN,
            DeliveryStatus.ACCEPTED,
            DeliveryStatus.SENT,
            DeliveryStatus.FAILED,
            DeliveryStatus.DELIVERED,
            DeliveryStatus.READ,
        )
    )
}
"""FAILED stands above SENT (a late SENT must not heal it) and below DELIVERED (what arrived has not failed)."""


def moves_forward(current: DeliveryStatus, reported: DeliveryStatus) -> bool:
    """Whether a report tells something new. Every order of the same reports ends at the same status."""
    return _RANK[reported] > _RANK[current]
