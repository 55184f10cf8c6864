"""What can be recorded of a reply on its way out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.content import PublicationContent, ReplyContent
from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind, Visibility

if TYPE_CHECKING:
    from services.channels.domain.delivery import Delivery


class Requested(FirstFact):
    """An agent's answer is to leave by this account. Sealed under the customer's key, as the case service has it."""

    TOPIC = "channels.delivery.requested.v1"
    case_id: UUID
    customer_id: UUID
    channel: Channel
    account: str
    handle_kind: HandleKind
    requested_at: datetime
    in_reply_to: UUID | None
    visibility: Visibility
    content: Annotated[ReplyContent | None, Sealed]


class PublicationRequested(FirstFact):
    """A post of our own, which answers nobody, is to leave by this account. Sealed under a key of its own."""

    TOPIC = "channels.delivery.publication-requested.v1"
    channel: Channel
    account: str
    requested_at: datetime
    post: Annotated[PublicationContent | None, Sealed]


class Attempted(Fact):
    """We are about to ask the platform. Recorded first: a crash in between leaves a trace and no second message."""

    TOPIC = "channels.delivery.attempted.v1"
    number: int

    def apply(self, aggregate: Delivery) -> None:
        """Until its outcome is known, nobody else may try."""
        aggregate.attempts = self.number
        aggregate.attempted_at = self.timestamp
        aggregate.in_flight = True


class Postponed(Fact):
    """The platform took nothing, and may later: tried again at `due_at`."""

    TOPIC = "channels.delivery.postponed.v1"
    code: str
    due_at: datetime

    def apply(self, aggregate: Delivery) -> None:
        """It is due again later."""
        aggregate.in_flight = False


class Accepted(Fact):
    """The platform took the reply and gave it its own id."""

    TOPIC = "channels.delivery.accepted.v1"
    case_id: UUID
    channel: Channel
    account: str
    external_id: Annotated[str | None, Sealed]  # it may spell the customer's number

    def apply(self, aggregate: Delivery) -> None:
        """It is the platform's now."""
        aggregate.settle(DeliveryStatus.ACCEPTED, self.external_id)


class Published(Fact):
    """The platform took a post of ours. Its id and address are anybody's to read, so nothing of them is sealed."""

    TOPIC = "channels.delivery.published.v1"
    channel: Channel
    account: str
    external_id: str
    url: str | None

    def apply(self, aggregate: Delivery) -> None:
        """It stands there: what is said beneath it names this id."""
        aggregate.settle(DeliveryStatus.ACCEPTED, self.external_id)


class PartTaken(Fact):
    """The platform took a first part of the reply, under an id of its own; the rest is still to leave."""

    TOPIC = "channels.delivery.part-taken.v1"
    channel: Channel
    account: str
    external_id: Annotated[str | None, Sealed]  # it may spell the customer's number

    def apply(self, aggregate: Delivery) -> None:
        """Nothing of it is said twice: it stays in flight until the rest is settled."""


class Failed(Fact):
    """The reply did not leave. `code`: a word of `RefusalCode` where one fits, else the platform's own code."""

    TOPIC = "channels.delivery.failed.v1"
    case_id: UUID
    channel: Channel
    account: str
    code: str
    reason: str
    retryable: bool

    def apply(self, aggregate: Delivery) -> None:
        """Nobody tries again by itself."""
        aggregate.settle(DeliveryStatus.FAILED, None)


class OutcomeUnknown(Fact):
    """We asked and never heard: it may have left, so it is not sent again. A later report can still tell."""

    TOPIC = "channels.delivery.outcome-unknown.v1"
    case_id: UUID
    channel: Channel
    account: str
    reason: str

    def apply(self, aggregate: Delivery) -> None:
        """Nobody tries again by itself."""
        aggregate.settle(DeliveryStatus.UNKNOWN, None)


class Reported(Fact):
    """The platform says how far the reply has come."""

    TOPIC = "channels.delivery.reported.v1"
    case_id: UUID
    channel: Channel
    account: str
    status: DeliveryStatus
    occurred_at: datetime
    external_id: Annotated[str | None, Sealed]  # it may spell the customer's number
    code: str | None
    reason: str | None
    retryable: bool

    def apply(self, aggregate: Delivery) -> None:
        """Whatever we thought before, it has left."""
        aggregate.settle(self.status, self.external_id)


class Redacted(Fact):
    """The case service redacted it: what it says is withheld for good. One that has not left does not leave.

    `withheld`: the version whose envelope holds the words.
    """

    TOPIC = "channels.delivery.redacted.v1"
    withheld: tuple[int, ...]

    def apply(self, aggregate: Delivery) -> None:
        """Say it no more."""
        aggregate.content = None
        aggregate.redacted = True


class Forgotten(Fact):
    """Its customer is erased, or its case was kept long enough: it is not sent, and nothing personal is added to it."""

    TOPIC = "channels.delivery.forgotten.v1"

    def apply(self, aggregate: Delivery) -> None:
        """Close it."""
        aggregate.forgotten = True
