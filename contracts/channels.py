"""What the channels service tells: contacts that came in, and what became of replies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import (
    AccountMode,
    AttachmentState,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    Visibility,
)


class ContactReceived(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contact arrived and is on disk. Sealed: `ContactContent` under the contact's own key.

    `direction` OUTBOUND: the echo of a reply that somebody sent in the channel's own app.
    """

    contact_id: UUID
    channel: Channel
    account: str
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    received_at: datetime
    brand: str | None = None
    in_reply_to: UUID | None = None
    language: str | None = None
    flags: tuple[str, ...] = ()


class AttachmentChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a file is that came with a contact. `number`: its place among them, from 0.

    `media_type`: by its content, once that is known. `reason`: a code, of one that is refused or quarantined.
    """

    attachment_id: UUID
    contact_id: UUID
    number: int
    state: AttachmentState
    at: datetime
    media_type: str | None = None
    size_bytes: int | None = None
    reason: str | None = None


class UploadChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a file is that was brought to the front door, to go along with a reply in a case.

    `media_type`: by its content, once that is known. `reason`: a code, of one that is refused.
    """

    attachment_id: UUID
    case_id: UUID
    state: AttachmentState
    at: datetime
    media_type: str | None = None
    size_bytes: int | None = None
    reason: str | None = None


class ContactEdited(msgspec.Struct, frozen=True, omit_defaults=True):
    """Its sender changed the text of a contact. Sealed: `EditContent`."""

    contact_id: UUID
    channel: Channel
    account: str
    occurred_at: datetime


class ContactRemoved(msgspec.Struct, frozen=True, omit_defaults=True):
    """Its sender took a contact back."""

    contact_id: UUID
    channel: Channel
    account: str
    occurred_at: datetime


class ReactionChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody put an emoji on a contact; None: took it off again."""

    contact_id: UUID
    channel: Channel
    account: str
    occurred_at: datetime
    emoji: str | None = None


class ReachMeasured(msgspec.Struct, frozen=True, omit_defaults=True):
    """How often a contact that was said in public has been met by `measured_at`; what is None nobody told."""

    contact_id: UUID
    channel: Channel
    account: str
    measured_at: datetime
    views: int | None = None
    shares: int | None = None
    likes: int | None = None


class HandleAliased(msgspec.Struct, frozen=True, omit_defaults=True):
    """The platform says that two addresses are one person's. Sealed: `AliasContent`."""

    alias_id: UUID
    channel: Channel
    account: str
    occurred_at: datetime


class DeliveryUpdated(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a reply. `contact_id` is the reply's, as the case service gave it in `ReplyRequested`.

    `code`, `reason`: why it failed, in the words of `RefusalCode` where one fits, else the platform's code.
    """

    contact_id: UUID
    case_id: UUID
    channel: Channel
    account: str
    status: DeliveryStatus
    at: datetime
    code: str | None = None
    reason: str | None = None
    retryable: bool = False


class AccountConfigured(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a channel account is now. `active` False: it left the configuration.

    `mode`: what may leave by it; None: nobody said. `paused`: nothing leaves for the time being. `request_id`: the
    request of the desk that this answers.
    """

    account_id: UUID
    channel: Channel
    account: str
    name: str
    active: bool = True
    brand: str | None = None
    brand_name: str | None = None
    mode: AccountMode | None = None
    paused: bool = False
    request_id: UUID | None = None


class AccountHealthChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a channel account does: told at once where something is wrong or right again, else now and then.

    `last_received_at`, `last_sent_at` None: never yet. `unread`: payloads that are kept and not read; `unsent`: replies
    that are to leave. `trouble`: why nothing can be fetched or sent by it, in a word; None: it can. `silent_since`:
    nothing comes in though it should.
    """

    account_id: UUID
    at: datetime
    last_received_at: datetime | None = None
    last_sent_at: datetime | None = None
    unread: int = 0
    unsent: int = 0
    trouble: str | None = None
    silent_since: datetime | None = None


class ConfigurationApplied(msgspec.Struct, frozen=True, omit_defaults=True):
    """The channel accounts are as the configuration of this digest says."""

    digest: str


class ContentWithheld(msgspec.Struct, frozen=True, omit_defaults=True):
    """Copies of a redacted entry are gone. `events`: facts that cannot be read any more; `stores`: tables."""

    redaction_id: UUID
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]


class SubjectForgotten(msgspec.Struct, frozen=True, omit_defaults=True):
    """Contacts of an erased customer are forgotten. `events`: facts that cannot be read any more; `stores`: tables."""

    request_id: UUID
    part: int
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]
