"""An answer that waits until another person has read it, as its case knows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import HandleContent, ReplyFileContent, TemplateContent
from contracts.vocabulary import Channel, HandleAssurance, ResolutionOutcome, Visibility


class HeldReply(msgspec.Struct, frozen=True, kw_only=True):
    """What is to leave when somebody else agrees. `text` None: it was redacted or erased meanwhile.

    `window_ends_at`: until when its channel carries it. `outcome` None: it resolves nothing.
    """

    contact_id: UUID
    held_at: datetime
    expires_at: datetime
    agent_ref: str
    rules: tuple[str, ...]
    channel: Channel
    account: str
    handle_id: UUID | None
    assurance: HandleAssurance
    visibility: Visibility
    in_reply_to: UUID | None
    quoted: bool
    acknowledges: bool
    window_ends_at: datetime | None
    outcome: ResolutionOutcome | None
    cause: str | None
    to: HandleContent | None
    text: str | None
    subject: str | None = None
    template: TemplateContent | None = None
    html: str | None = None
    files: tuple[ReplyFileContent, ...] = ()
