"""What a payload can say, in our words: the output of every door's `parse`. Ids are the channel's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from contracts.content import AliasContent, ContactContent
from contracts.vocabulary import ContactKind, DeliveryStatus, Direction, HandleAssurance, Visibility

LANGUAGE_LENGTH_MAX = 35
"""What BCP 47 asks everybody to take: what is longer names no language."""


class ContactArrived(msgspec.Struct, frozen=True, tag=True):
    """Somebody was in touch.

    OUTBOUND: the echo of what we said in the channel's own app; its handles are then those of the customer it went to.
    `in_reply_to`: the external id of what it answers. `answers`: the reply of ours that it answers for sure.
    `case_mark`: by which its subject names a case, where nothing better does. `otherwise`: its external id where
    another message is known by the first one: whoever writes a mail or makes a feed chooses its id. Where it is among
    the `references`, too, its message may come again under other ids.
    """

    external_id: str
    kind: ContactKind
    occurred_at: datetime
    content: ContactContent
    assurance: HandleAssurance
    direction: Direction = Direction.INBOUND
    visibility: Visibility = Visibility.PRIVATE
    in_reply_to: str | None = None
    language: str | None = None
    flags: tuple[str, ...] = ()
    answers: UUID | None = None
    case_mark: str | None = None
    otherwise: str | None = None


class ContactEdited(msgspec.Struct, frozen=True, tag=True):
    """The sender changed the text of a contact. `edit_id` tells two edits apart."""

    external_id: str
    edit_id: str
    occurred_at: datetime
    text: str | None


class ContactRemoved(msgspec.Struct, frozen=True, tag=True):
    """The sender took a contact back."""

    external_id: str
    occurred_at: datetime


class ReactionChanged(msgspec.Struct, frozen=True, tag=True):
    """An emoji was put on a message of either side; None: taken off."""

    external_id: str
    reaction_id: str
    occurred_at: datetime
    emoji: str | None


class ReachMeasured(msgspec.Struct, frozen=True, tag=True):
    """How often the message of that id has been met by then, as far as its platform tells."""

    external_id: str
    measured_at: datetime
    views: int | None = None
    shares: int | None = None
    likes: int | None = None


class StatusReported(msgspec.Struct, frozen=True, tag=True):
    """How far a message of ours has come. `contact_id`: the reply's, where the platform carries it for us."""

    external_id: str
    status: DeliveryStatus
    occurred_at: datetime
    contact_id: UUID | None = None
    code: str | None = None
    reason: str | None = None
    retryable: bool = False


class HandleAliased(msgspec.Struct, frozen=True, tag=True):
    """The platform says that two addresses are one person's."""

    external_id: str
    occurred_at: datetime
    content: AliasContent


class Ignored(msgspec.Struct, frozen=True, tag=True):
    """An item that asks nothing of us, or that we do not know: counted by `reason`, a word of ours; the raw is kept."""

    reason: str


Inbound: TypeAlias = (
    ContactArrived
    | ContactEdited
    | ContactRemoved
    | ReactionChanged
    | ReachMeasured
    | StatusReported
    | HandleAliased
    | Ignored
)


class Parsed(msgspec.Struct, frozen=True):
    """What one payload says. `sender_id`: by which the platform knows our side of it (a phone number's id).

    `sides`: the same of each item, where a payload may tell of several pages or numbers of ours.
    """

    items: tuple[Inbound, ...]
    sender_id: str | None = None
    sides: tuple[str | None, ...] = ()

    @classmethod
    def of_sides(cls, told: Sequence[tuple[str | None, Inbound]]) -> Parsed:
        """What is told of each of our sides; the last one that is named is the payload's."""
        sides, items = tuple(side for side, _ in told), tuple(item for _, item in told)
        named = [side for side in sides if side is not None]
        return cls(items or (Ignored("nothing-in-it"),), named[-1] if named else None, sides)

    def side_of(self, number: int) -> str | None:
        """By which the platform knows our side of the item of that number."""
        return self.sides[number] if self.sides else self.sender_id
