"""What a mutation shows: the things themselves, or only which they are, for a plan to look up.

A resolver says `context.shown.case_by_id(…)` for what it puts into its payload and does not look at itself.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from services.case.graphql.types.cases import Case
    from services.case.graphql.types.customers import Customer
    from services.case.graphql.types.entries import Assignment, Commitment, Contact, Gesture, Note
    from services.case.graphql.types.people import Agent


class Showing(Protocol):
    """Finds what payloads show."""

    async def case_by_id(self, case_id: UUID | None) -> Case | None:
        """The case, or None."""
        ...

    async def customer_by_id(self, customer_id: UUID | None) -> Customer | None:
        """The customer, or None."""
        ...

    async def agent_by_id(self, agent_id: UUID | None) -> Agent | None:
        """The agent, or None."""
        ...

    async def contact_by_id(self, contact_id: UUID | None) -> Contact | None:
        """The contact, or None."""
        ...

    async def note_by_id(self, note_id: UUID) -> Note | None:
        """The note, or None."""
        ...

    async def gesture_by_id(self, gesture_id: UUID) -> Gesture | None:
        """The gesture, or None."""
        ...

    async def assignment_by_id(self, decision_id: UUID) -> Assignment | None:
        """The assignment, or None."""
        ...

    async def commitment_by_id(self, commitment_id: UUID) -> Commitment | None:
        """The promise, or None."""
        ...


class Pointer(NamedTuple):
    """Stands in a payload for what `find` of `Showing` would find by this id."""

    find: str
    id: UUID


class Pointing:
    """Implements `Showing` by pointers."""

    def __getattr__(self, find: str) -> Any:
        """What points at whatever `find` would look up."""

        async def point(found: UUID | None) -> Pointer | None:
            return None if found is None else Pointer(find, found)

        return point


class Made:
    """What a mutation has done: its payload, which may hold pointers, or what its resolver raised."""

    def __init__(self, payload: Any = None, error: Exception | None = None) -> None:
        self.payload = payload
        self._error = error

    async def told(self, finder: Showing) -> Any:
        """The payload as the resolver would have made it without pointers.

        Raises:
            Exception: what the resolver raised.
        """
        if self._error is not None:
            raise self._error
        held = {each.name: getattr(self.payload, each.name) for each in dataclasses.fields(self.payload)}
        whole = {
            name: await getattr(finder, value.find)(value.id)
            for name, value in held.items()
            if isinstance(value, Pointer)
        }
        return dataclasses.replace(self.payload, **whole)
