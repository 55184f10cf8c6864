"""What can become of a customer.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import ExclusionReason, HandleAssurance, HandleKind
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.known_handle import KnownHandle
from services.case.domain.restriction import Restriction

if TYPE_CHECKING:
    from services.case.domain.customer import Customer


class Appeared(FirstFact):
    """Somebody was in touch whom nobody knew."""

    TOPIC = "customer.appeared.v1"
    kind: CustomerKind
    name: Annotated[str | None, Sealed]


class Named(Fact):
    """A customer without a name told one. It is for reading only: names never tell customers apart."""

    TOPIC = "customer.named.v1"
    name: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Call them so."""
        aggregate.name = self.name


class HandleAdded(Fact):
    """The customer is known by one more address. `value` is normalised, `written` as it came."""

    TOPIC = "customer.handle-added.v1"
    handle_id: UUID
    kind: HandleKind
    assurance: HandleAssurance
    value: Annotated[str | None, Sealed]
    written: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Know them by it."""
        aggregate.handles[self.handle_id] = KnownHandle(
            handle_id=self.handle_id,
            kind=self.kind,
            value=self.value,
            assurance=self.assurance,
            written=self.written,
        )


class HandleRaised(Fact):
    """Better evidence came for an address: it is the customer's for sure."""

    TOPIC = "customer.handle-raised.v1"
    handle_id: UUID
    assurance: HandleAssurance

    def apply(self, aggregate: Customer) -> None:
        """Be surer of it."""
        aggregate.handles[self.handle_id].assurance = self.assurance


class HandleConsentChanged(Fact):
    """The owner of an address asked for no more messages there, or takes them again."""

    TOPIC = "customer.handle-consent-changed.v1"
    handle_id: UUID
    opted_out: bool

    def apply(self, aggregate: Customer) -> None:
        """Heed it."""
        aggregate.handles[self.handle_id].opted_out = self.opted_out


class CaseBegun(Fact):
    """A new matter of the customer. It makes two cases opened at once for one customer collide here."""

    TOPIC = "customer.case-begun.v1"
    case_id: UUID

    def apply(self, aggregate: Customer) -> None:
        """Count it."""
        aggregate.case_count += 1


class RestrictionPlaced(Fact):
    """Somebody said that the customer's data is not to be used, or not to be erased. `until` None: until lifted."""

    TOPIC = "customer.restriction-placed.v1"
    restriction_id: UUID
    kind: RestrictionKind
    until: datetime | None
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Heed it."""
        aggregate.restrictions[self.restriction_id] = Restriction(self.restriction_id, self.kind, self.until)


class RestrictionLifted(Fact):
    """What stood in the way does so no more."""

    TOPIC = "customer.restriction-lifted.v1"
    restriction_id: UUID
    kind: RestrictionKind
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Customer) -> None:
        """Heed it no more."""
        aggregate.restrictions.pop(self.restriction_id, None)


class AgentExcluded(Fact):
    """This agent is not to handle the customer: a wish of the customer's, or a conflict of interest."""

    TOPIC = "customer.agent-excluded.v1"
    agent_id: UUID
    reason: ExclusionReason

    def apply(self, aggregate: Customer) -> None:
        """Heed it."""
        aggregate.excluded[self.agent_id] = self.reason


class AgentReadmitted(Fact):
    """What spoke against this agent does so no more."""

    TOPIC = "customer.agent-readmitted.v1"
    agent_id: UUID
    reason: ExclusionReason

    def apply(self, aggregate: Customer) -> None:
        """Heed it no more."""
        aggregate.excluded.pop(self.agent_id, None)


class CustomerErased(Fact):
    """From here on nobody learns anything more of this customer: names and addresses are gone, keys are to follow."""

    TOPIC = "customer.erased.v1"
    request_id: UUID

    def apply(self, aggregate: Customer) -> None:
        """Close the stream."""
        aggregate.erased = True
        aggregate.name = aggregate.language = aggregate.time_zone = None
        aggregate.preferred_channel = aggregate.organisation_id = None
        aggregate.attributes = {}
        aggregate.external_ids.clear()
        aggregate.claimed.clear()
        aggregate.handles.clear()
