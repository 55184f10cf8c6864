"""What colleagues write down about a customer, and what other systems call them.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from contracts.stored import Fact, Sealed
from contracts.vocabulary import Channel, HandleKind
from services.case.domain.customer_kind import CustomerKind

if TYPE_CHECKING:
    from services.case.domain.customer import Customer


class Described(Fact):
    """Somebody said who the customer is: all that is known from now on, of which `changed` names what is new.

    `organisation_id`: the customer that this one belongs to. `ground`: on what grounds it is kept, in words.
    """

    TOPIC = "customer.described.v1"
    changed: tuple[str, ...]
    kind: CustomerKind
    preferred_channel: Channel | None
    organisation_id: UUID | None
    name: Annotated[str | None, Sealed]
    language: Annotated[str | None, Sealed]
    time_zone: Annotated[str | None, Sealed]
    attributes: Annotated[dict[str, Any] | None, Sealed]
    ground: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Know them so."""
        aggregate.kind = self.kind
        aggregate.name = self.name
        aggregate.language = self.language
        aggregate.time_zone = self.time_zone
        aggregate.preferred_channel = self.preferred_channel
        aggregate.organisation_id = self.organisation_id
        aggregate.attributes = self.attributes or {}


class OrganisationPlaced(Fact):
    """An organisation was put below this one, at some depth. It makes two placings that make a circle collide here."""

    TOPIC = "customer.organisation-placed.v1"
    organisation_id: UUID

    def apply(self, aggregate: Customer) -> None:
        """Nothing of it is needed: that the version is another one is the point."""


class CustomerNoteAdded(Fact):
    """Somebody wrote down what colleagues need to know of the customer, whatever the matter."""

    TOPIC = "customer.note-added.v1"
    note_id: UUID
    pinned: bool
    text: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Know where its words are, so that they can be withheld."""
        aggregate.noted[self.note_id] = self.originator_version


class CustomerNoteRedacted(Fact):
    """What stands in a note must not be kept: its envelope is withheld for good. `withheld`: its version here."""

    TOPIC = "customer.note-redacted.v1"
    redaction_id: UUID
    note_id: UUID
    withheld: tuple[int, ...]
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Say it no more."""
        del aggregate.noted[self.note_id]
        aggregate.redacted[self.note_id] = self.redaction_id


class HandleRemoved(Fact):
    """An address is not this customer's (any more): who writes from there is somebody else until it is added again."""

    TOPIC = "customer.handle-removed.v1"
    handle_id: UUID
    kind: HandleKind
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Know them by it no more."""
        aggregate.handles.pop(self.handle_id, None)


class HandleClaimed(Fact):
    """Somebody wanted to add an address that another customer holds for sure: both may be one person."""

    TOPIC = "customer.handle-claimed.v1"
    handle_id: UUID
    kind: HandleKind
    value: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Say it once."""
        aggregate.claimed.add(self.handle_id)


class ExternalIdLearnt(Fact):
    """Another system calls the customer so. `external_id`: of the system and the value."""

    TOPIC = "customer.external-id-learnt.v1"
    external_id: UUID
    system: str
    value: Annotated[str | None, Sealed]
    url: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Know it."""
        aggregate.external_ids[self.external_id] = self.url
        if self.value is not None:
            aggregate.called_elsewhere[self.external_id] = self.value
