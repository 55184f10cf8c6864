"""A file that came with a contact: kept, refused, or waiting for the scanner. One stream each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.attachments import attachment_id_of
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import AttachmentState, id_of
from services.channels.domain.attachment_facts import Refused, Scanned, Stored

INFECTED = "infected"
FETCH_FAILED = "fetch-failed"
"""It could not be had, as often as that was tried."""
GONE = "gone"
"""Whoever had it has it no more, or says so."""
EMPTY = "empty"
TOO_LARGE = "too-large"
TYPE_NOT_ALLOWED = "type-not-allowed"
NOT_AS_SAID = "not-as-said"
"""It is not the file that its channel announced: another hash, each time."""


class AttachmentPlace(msgspec.Struct, frozen=True):
    """With which contact a file came, and as which of its files, from 0."""

    contact_id: UUID
    number: int

    @property
    def attachment_id(self) -> UUID:
        """Its id: the same in every service."""
        return attachment_id_of(self.contact_id, self.number)


class KeptFile(msgspec.Struct, frozen=True):
    """A file in the object store. `media_type`: by its content."""

    object_id: UUID
    media_type: str
    size_bytes: int


class RefusedFile(msgspec.Struct, frozen=True):
    """A file that is not kept, and why: a code."""

    reason: str
    media_type: str | None = None
    size_bytes: int | None = None


class Attachment(Stream):
    """The state that decisions need, folded from the facts."""

    TOPIC = "channels.attachment"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.attachment.created.never"

    def __init__(
        self,
        *,
        contact_id: UUID,
        number: int,
        media_type: str | None = None,
        object_id: UUID | None = None,
        quarantined: bool = False,
        reason: str | None = None,
        **_seen: Any,
    ) -> None:
        self.contact_id = contact_id
        self.number = number
        self.media_type = media_type
        self.object_id = object_id
        refused = AttachmentState.REFUSED if reason is not None else AttachmentState.READY
        self.state = AttachmentState.QUARANTINED if quarantined else refused

    def passed(self, *, clean: bool) -> None:
        """Apply what the scanner found; for facts only."""
        self.state = AttachmentState.READY if clean else AttachmentState.REFUSED

    @classmethod
    def store(cls, place: AttachmentPlace, kept: KeptFile, *, quarantined: bool, at: datetime) -> Attachment:
        """Say that it is kept."""
        return cls._create(
            Stored,
            id=place.attachment_id,
            timestamp=at,
            contact_id=place.contact_id,
            number=place.number,
            object_id=kept.object_id,
            media_type=kept.media_type,
            size_bytes=kept.size_bytes,
            quarantined=quarantined,
        )

    @classmethod
    def refuse(cls, place: AttachmentPlace, refused: RefusedFile, *, at: datetime) -> Attachment:
        """Say that it is not kept."""
        return cls._create(
            Refused,
            id=place.attachment_id,
            timestamp=at,
            contact_id=place.contact_id,
            number=place.number,
            reason=refused.reason,
            media_type=refused.media_type,
            size_bytes=refused.size_bytes,
        )

    def scan(self, *, clean: bool, at: datetime) -> None:
        """Take note of what the scanner found, once."""
        if self.state is AttachmentState.QUARANTINED:
            self.trigger_event(Scanned, timestamp=at, contact_id=self.contact_id, number=self.number, clean=clean)


def file_scope(contact_id: UUID) -> SealingScope:
    """Under whose key a contact's files are sealed: the contact's own, in a matter apart, so that both can end alone.

    With the contact's key it goes when its customer is erased, and by itself when the contact is redacted.
    """
    return SealingScope(contact_id, id_of("attachments", str(contact_id)))
