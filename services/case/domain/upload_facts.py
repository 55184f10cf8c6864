"""What can be recorded of a file that an agent brings to go along with an answer.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import AttachmentState

if TYPE_CHECKING:
    from services.case.domain.upload import Upload


class UploadContent(msgspec.Struct, frozen=True):
    """How its agent calls it, and what it is said to be."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


class UploadRequested(FirstFact):
    """An agent is to bring a file to the front door. `expires_at`: until when an answer may take it along."""

    TOPIC = "upload.requested.v1"
    case_id: UUID
    customer_id: UUID
    agent_ref: str
    expires_at: datetime
    content: Annotated[UploadContent | None, Sealed]


class UploadChanged(Fact):
    """The front door said how far it is. `media_type`, `size_bytes`: as found. `reason`: a code, of a refused one."""

    TOPIC = "upload.changed.v1"
    state: AttachmentState
    media_type: str | None
    size_bytes: int | None
    reason: str | None

    def apply(self, aggregate: Upload) -> None:
        """Know how far it is."""
        aggregate.state = self.state
        aggregate.media_type = self.media_type or aggregate.media_type
        aggregate.size_bytes = self.size_bytes if self.size_bytes is not None else aggregate.size_bytes


class UploadTaken(Fact):
    """It goes along with an answer. `number`: its place among the answer's files, from 0."""

    TOPIC = "upload.taken.v1"
    contact_id: UUID
    number: int

    def apply(self, aggregate: Upload) -> None:
        """It is that answer's, and no other's."""
        aggregate.contact_id = self.contact_id


class UploadReleased(Fact):
    """The answer it was to go along with never left: another one may take it along, as long as it waits."""

    TOPIC = "upload.released.v1"
    contact_id: UUID

    def apply(self, aggregate: Upload) -> None:
        """It is no answer's."""
        aggregate.contact_id = None


class UploadExpired(Fact):
    """No answer took it along in time: its words are withheld. `withheld`: the version whose envelope held them."""

    TOPIC = "upload.expired.v1"
    withheld: tuple[int, ...]

    def apply(self, aggregate: Upload) -> None:
        """It is gone."""
        aggregate.state = AttachmentState.REMOVED
        aggregate.content = None


class UploadWithheld(Fact):
    """Its answer was redacted or kept long enough. `withheld`: the version whose envelope held its words."""

    TOPIC = "upload.withheld.v1"
    withheld: tuple[int, ...]

    def apply(self, aggregate: Upload) -> None:
        """Say nothing of it any more."""
        aggregate.state = AttachmentState.REMOVED
        aggregate.content = None
