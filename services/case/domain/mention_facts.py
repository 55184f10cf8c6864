"""What can become of a mention: something that was said and asks nothing of us.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version. `withheld`:
the versions of the mention whose envelopes go with the fact.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from contracts.content import ContactContent, EditContent
from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, Visibility
from services.case.domain.triage import Triage

if TYPE_CHECKING:
    from services.case.domain.mention import Mention


class Noted(FirstFact):
    """It came in, and triage found that nobody needs to answer. `expires_at`: so long it is kept."""

    TOPIC = "mention.noted.v1"
    channel: Channel
    account: str
    kind: ContactKind
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    expires_at: datetime
    brand: str | None
    in_reply_to: UUID | None
    language: str | None
    flags: tuple[str, ...]
    content_key_id: UUID | None
    triage: Triage
    content: Annotated[ContactContent | None, Sealed]


class Edited(Fact):
    """Its author changed the words, and it still asks nothing."""

    TOPIC = "mention.edited.v1"
    edited_at: datetime
    triage: Triage
    content: Annotated[EditContent | None, Sealed]

    def apply(self, aggregate: Mention) -> None:
        """Say the new words."""
        aggregate.versions += (self.originator_version,)
        aggregate.triage = self.triage
        if aggregate.content is not None:
            text = None if self.content is None else self.content.text
            aggregate.content = msgspec.structs.replace(aggregate.content, text=text, html=None, spans=())


class Removed(Fact):
    """Its author took it back: the words are gone."""

    TOPIC = "mention.removed.v1"
    removed_at: datetime
    withheld: tuple[int, ...]

    def apply(self, aggregate: Mention) -> None:
        """Say it no more."""
        aggregate.versions, aggregate.content, aggregate.removed = (), None, True


class Promoted(Fact):
    """It asks something after all: it is a contact of a case, and its words stand there alone."""

    TOPIC = "mention.promoted.v1"
    case_id: UUID
    customer_id: UUID
    withheld: tuple[int, ...]

    def apply(self, aggregate: Mention) -> None:
        """Point to the case."""
        aggregate.versions, aggregate.content, aggregate.case_id = (), None, self.case_id


class Expired(Fact):
    """It was kept long enough: its key is destroyed, here and in channels."""

    TOPIC = "mention.expired.v1"

    def apply(self, aggregate: Mention) -> None:
        """Close it."""
        aggregate.versions, aggregate.content, aggregate.expired = (), None, True


class CopiesWithheld(Fact):
    """Channels has no copy of an expired mention any more. `events`: facts of its own that cannot be read any more."""

    TOPIC = "mention.copies-withheld.v1"
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]

    def apply(self, aggregate: Mention) -> None:
        """Nothing is left."""
        aggregate.answered = True
