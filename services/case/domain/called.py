"""What a customer is called: the one rule behind every screen, and behind what a screen showed in the past."""

from __future__ import annotations

from services.case.domain.customer import Customer, pseudonym
from services.case.domain.handles import mask
from services.case.domain.known_handle import KnownHandle

UNREADABLE = ""
"""Of an address whose key is gone nothing is left to recognise it by but its kind."""


def called(customer: Customer) -> str:
    """The name, else the first address as a mask, else a pseudonym. Never empty."""
    first = next((handle for handle in customer.handles.values() if handle.value is not None), None)
    return customer.name or (masked(first) if first else pseudonym(customer.id))


def masked(handle: KnownHandle) -> str:
    """Enough of an address to recognise it by."""
    return mask(handle.kind, handle.value or UNREADABLE)
