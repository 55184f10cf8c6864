"""A file that an agent brings to go along with an answer: asked for, brought, taken along once. One stream each.

It is no part of its case's stream: what a screen knows of the case is not out of date because a file came.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.content import ReplyFileContent
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import AttachmentState, Refusal, RefusalCode
from services.case.domain.upload_facts import (
    UploadChanged,
    UploadContent,
    UploadExpired,
    UploadReleased,
    UploadRequested,
    UploadTaken,
    UploadWithheld,
)


class UploadNews(msgspec.Struct, frozen=True):
    """How far a file is, as the front door says."""

    state: AttachmentState
    media_type: str | None = None
    size_bytes: int | None = None
    reason: str | None = None


class Upload(Stream):
    """The state that decisions need, folded from the facts. Its id is the attachment's."""

    TOPIC = "upload"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "upload.created.never"

    def __init__(
        self,
        *,
        case_id: UUID,
        customer_id: UUID,
        expires_at: datetime,
        content: UploadContent | None,
        **_requested: Any,
    ) -> None:
        self.case_id = case_id
        self.customer_id = customer_id
        self.expires_at = expires_at
        self.content = content
        self.state = AttachmentState.PENDING
        self.media_type = "" if content is None else content.media_type
        self.size_bytes = 0 if content is None else content.size_bytes
        self.contact_id: UUID | None = None

    @classmethod
    def request(
        cls,
        *,
        attachment_id: UUID,
        case_id: UUID,
        customer_id: UUID,
        agent_ref: str,
        content: UploadContent,
        expires_at: datetime,
        at: datetime,
    ) -> Upload:
        """Let an agent bring it."""
        return cls._create(
            UploadRequested,
            id=attachment_id,
            timestamp=at,
            case_id=case_id,
            customer_id=customer_id,
            agent_ref=agent_ref,
            expires_at=expires_at,
            content=content,
        )

    def note(self, news: UploadNews, *, at: datetime) -> None:
        """Take note of how far it is; of one that is gone nothing is noted any more."""
        if self.state is not AttachmentState.REMOVED and news.state is not self.state:
            self.trigger_event(UploadChanged, timestamp=at, **msgspec.structs.asdict(news))

    def take(self, *, case_id: UUID, contact_id: UUID, number: int, at: datetime) -> ReplyFileContent:
        """Let it go along with an answer in its case.

        Raises:
            Refusal: ATTACHMENT_NOT_READY: not brought, not looked at, refused, gone, of another case or answer.
        """
        ready = self.state is AttachmentState.READY and at < self.expires_at
        if not ready or self.contact_id is not None or self.case_id != case_id or self.content is None:
            raise Refusal(RefusalCode.ATTACHMENT_NOT_READY, "it is not there to go along", "attachmentIds", str(number))
        self.trigger_event(UploadTaken, timestamp=at, contact_id=contact_id, number=number)
        return ReplyFileContent(
            attachment_id=self.id, name=self.content.name, media_type=self.media_type, size_bytes=self.size_bytes
        )

    def release(self, *, contact_id: UUID, at: datetime) -> bool:
        """Let another answer have it, as that one never left; whether that is news."""
        if self.contact_id != contact_id or self.state is AttachmentState.REMOVED:
            return False
        self.trigger_event(UploadReleased, timestamp=at, contact_id=contact_id)
        return True

    def expire(self, *, at: datetime) -> tuple[int, ...]:
        """End one that no answer took, once its time has come; gives the versions whose envelopes are to go."""
        if self.contact_id is not None or self.state is AttachmentState.REMOVED or at < self.expires_at:
            return ()
        self.trigger_event(UploadExpired, timestamp=at, withheld=(self.INITIAL_VERSION,))
        return (self.INITIAL_VERSION,)

    def withhold(self, *, at: datetime) -> tuple[int, ...]:
        """Say nothing of it any more, once; gives the versions whose envelopes are to go."""
        if self.state is AttachmentState.REMOVED:
            return ()
        self.trigger_event(UploadWithheld, timestamp=at, withheld=(self.INITIAL_VERSION,))
        return (self.INITIAL_VERSION,)

    def sealing(self) -> SealingScope:
        """Under the customer's key for its case."""
        return SealingScope(subject_id=self.customer_id, scope_id=self.case_id)
