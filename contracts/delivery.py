"""How far a reply has come: statuses arrive in any order and twice, the furthest one stands."""

from __future__ import annotations

from contracts.vocabulary import DeliveryStatus

_RANK: dict[DeliveryStatus, int] = {
    DeliveryStatus.HELD: 0,
    DeliveryStatus.REQUESTED: 1,
    DeliveryStatus.UNKNOWN: 2,
    DeliveryStatus.ACCEPTED: 3,
    DeliveryStatus.SENT: 4,
    DeliveryStatus.CANCELLED: 5,
    DeliveryStatus.FAILED: 6,
    DeliveryStatus.DELIVERED: 7,
    DeliveryStatus.READ: 8,
    DeliveryStatus.RECEIVED: 9,
}
"""A total order, so the order of arrival does not matter. A late SENT heals no FAILED; what arrived has not failed."""


def moves_forward(current: DeliveryStatus, news: DeliveryStatus) -> bool:
    """Whether the news changes anything."""
    return _RANK[news] > _RANK[current]
