"""What can become of a publication: something that we say to everybody, in answer to nobody.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.content import PublicationContent
from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import Channel

if TYPE_CHECKING:
    from services.case.domain.publication import Publication


class PublicationState(StrEnum):
    """How far something is that we say to everybody.

    UNKNOWN: its platform was asked and never answered, so it may stand there; it is not sent again.
    """

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    SCHEDULED = "SCHEDULED"
    LEAVING = "LEAVING"
    PUBLISHED = "PUBLISHED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"


class PublicationDrafted(FirstFact):
    """Somebody wrote it, and another person is to read it. `publish_at` None: it leaves as soon as they agree.

    `asks_community`: it asks everybody for what they think. `rules`: guard rails for which another person reads it.
    `confirmed`: those whose warnings its author confirmed.
    """

    TOPIC = "publication.drafted.v1"
    channel: Channel
    account: str
    brand: str | None
    author_ref: str
    publish_at: datetime | None
    asks_community: bool
    rules: tuple[str, ...]
    confirmed: tuple[str, ...]
    content: Annotated[PublicationContent | None, Sealed]


class PublicationApproved(Fact):
    """Another person agreed with it."""

    TOPIC = "publication.approved.v1"
    approver_ref: str

    def apply(self, aggregate: Publication) -> None:
        """Wait for its time, if it has one."""
        aggregate.state = PublicationState.SCHEDULED


class PublicationRequested(Fact):
    """It leaves: channels takes it from here."""

    TOPIC = "publication.requested.v1"
    channel: Channel
    account: str
    content: Annotated[PublicationContent | None, Sealed]

    def apply(self, aggregate: Publication) -> None:
        """It cannot be taken back any more."""
        aggregate.state = PublicationState.LEAVING


class PublicationDeclined(Fact):
    """Another person did not agree: it never leaves."""

    TOPIC = "publication.declined.v1"
    decider_ref: str
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Publication) -> None:
        """Close it."""
        aggregate.state = PublicationState.DECLINED


class PublicationCancelled(Fact):
    """It was taken back before it left."""

    TOPIC = "publication.cancelled.v1"
    canceller_ref: str

    def apply(self, aggregate: Publication) -> None:
        """Close it."""
        aggregate.state = PublicationState.CANCELLED


class PublicationUpdated(Fact):
    """Channels says what became of it. `external_id`, `url`: what its platform calls it, and where it stands.

    `named_id`: the contact that what answers it names, where that comes before channels knows its id.
    """

    TOPIC = "publication.updated.v1"
    state: PublicationState
    state_at: datetime
    external_id: str | None
    named_id: UUID | None
    url: str | None
    code: str | None
    reason: str | None
    retryable: bool

    def apply(self, aggregate: Publication) -> None:
        """Show it."""
        aggregate.state = self.state
