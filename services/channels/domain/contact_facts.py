"""What can be recorded of a contact that came in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from contracts.content import AliasContent, ContactContent, EditContent
from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, HandleKind, Visibility

if TYPE_CHECKING:
    from services.channels.domain.contact import Contact


class Received(FirstFact):
    """Somebody was in touch, and its payload is on disk. `raw_id`: the payload it was read from."""

    TOPIC = "channels.contact.received.v1"
    channel: Channel
    account: str
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    received_at: datetime
    raw_id: UUID
    brand: str | None
    in_reply_to: UUID | None
    language: str | None
    flags: tuple[str, ...]
    content: Annotated[ContactContent | None, Sealed]  # with the platform's id, which may spell a number


class Edited(Fact):
    """The sender changed the text; the earlier one stays on record."""

    TOPIC = "channels.contact.edited.v1"
    channel: Channel
    account: str
    edit_id: UUID
    occurred_at: datetime
    content: Annotated[EditContent | None, Sealed]

    def apply(self, aggregate: Contact) -> None:
        """Remember the newest edit, so that an older one that comes late changes nothing."""
        aggregate.worded.append(self.originator_version)
        aggregate.newest_edit = (self.occurred_at, self.edit_id)


class Removed(Fact):
    """The sender took it back: the desk may not show it any more."""

    TOPIC = "channels.contact.removed.v1"
    channel: Channel
    account: str
    occurred_at: datetime

    def apply(self, aggregate: Contact) -> None:
        """A contact is taken back once."""
        aggregate.removed = True


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """How often something public was met by then; None: nobody told."""

    at: datetime
    views: int | None = None
    shares: int | None = None
    likes: int | None = None


class ReachMeasured(Fact):
    """It has been met more often, or less, than was known."""

    TOPIC = "channels.reach.measured.v1"
    channel: Channel
    account: str
    measured: Measured

    def apply(self, aggregate: Contact) -> None:
        """What the next measure is compared with."""
        aggregate.measured = self.measured


class Redacted(Fact):
    """The case service redacted it: what it says is withheld for good, in every wording it had.

    `withheld`: the versions whose envelopes hold the words. `kept`: how its sender is reached, and its thread.
    """

    TOPIC = "channels.contact.redacted.v1"
    channel: Channel
    account: str
    direction: Direction
    visibility: Visibility
    occurred_at: datetime
    withheld: tuple[int, ...]
    kept: Annotated[ContactContent | None, Sealed]

    def apply(self, aggregate: Contact) -> None:
        """Take over no more words."""
        aggregate.redacted = True
        aggregate.reach(self.kept)


class Forgotten(Fact):
    """Its customer is erased, or its case was kept long enough: nothing can be sealed for it any more."""

    TOPIC = "channels.contact.forgotten.v1"

    def apply(self, aggregate: Contact) -> None:
        """Close it."""
        aggregate.forgotten = True


class Reacted(FirstFact):
    """Somebody put an emoji on a message of either side, or took it off (None): it begins a stream of its own."""

    TOPIC = "channels.reaction.changed.v1"
    contact_id: UUID
    channel: Channel
    account: str
    occurred_at: datetime
    emoji: str | None


class Aliased(FirstFact):
    """The platform says that two addresses are one person's: whoever keeps customers must know."""

    TOPIC = "channels.handle.aliased.v1"
    channel: Channel
    account: str
    occurred_at: datetime
    kind: HandleKind
    content: Annotated[AliasContent | None, Sealed]
