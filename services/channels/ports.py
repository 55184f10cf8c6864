"""What the commands and workers of channels need from outside, as they see it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from contracts.envelope import SealedPart
from contracts.uploads import UploadTicket
from contracts.vocabulary import AttachmentState, Channel, DeliveryStatus, HandleKind
from services.channels.domain.delivery import Delivery
from services.channels.domain.hub_lease import HubWord
from services.channels.domain.inbound import Inbound
from services.channels.domain.outbound import Call, CallResult, ReplyFile
from services.channels.domain.raw import RawInbound


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        ...


class Ids(Protocol):
    """New ids."""

    def new(self) -> UUID:
        """One that nobody has."""
        ...


class Tokens(Protocol):
    """What nobody can guess."""

    def new(self) -> str:
        """One that no one knows."""
        ...


class HubLeases(Protocol):
    """What WebSub hubs were asked for, and what they say to it."""

    async def heard(self, account_id: UUID, word: HubWord) -> bool:
        """Note what a hub says of an account's topic. False: nobody asked for it.

        Raises:
            StoreUnavailable: it cannot be noted now.
        """
        ...


class ContentOpener(Protocol):
    """Opens sealed parts of messages."""

    async def open(self, part: SealedPart, stream_id: UUID, version: int) -> bytes | None:
        """The plain text, or None where its key was destroyed."""
        ...


class Arriving(msgspec.Struct, frozen=True):
    """What is known of a contact before it is recorded.

    `begun`: it is on record. `delivery_id`: the reply of ours that it is the echo of. `has_parked`: something that was
    said of it came before it.
    """

    begun: bool = False
    delivery_id: UUID | None = None
    has_parked: bool = False


class Directory(Protocol):
    """What channels can look up beside its streams."""

    async def arriving(self, account_id: UUID, external_id: str, contact_id: UUID) -> Arriving:
        """What is known of a contact before it is recorded."""
        ...

    async def delivery_of(self, account_id: UUID, external_id: str) -> UUID | None:
        """The reply that the platform knows by this id, or None."""
        ...

    async def named_by(self, message_id: UUID) -> UUID | None:
        """The first contact that named this message as one before it in its thread, or None."""
        ...

    async def delivery_marked(self, account_id: UUID, case_mark: str) -> UUID | None:
        """The latest reply in the case of this mark, or None."""
        ...

    async def parked(self, account_id: UUID, external_id: str) -> Sequence[Inbound]:
        """The items that came before the message they are about, oldest first."""
        ...

    async def last_inbound_at(self, account_id: UUID, kind: HandleKind, value: str) -> datetime | None:
        """When the owner of a handle last wrote to this account."""
        ...

    async def only_listens(self, account_id: UUID) -> bool:
        """Whether nothing may leave by an account."""
        ...

    async def sender_of(self, account_id: UUID) -> str | None:
        """By which id the platform knows our side of an account, as its last payload said."""
        ...


class KeptBefore(msgspec.Struct, frozen=True):
    """What the store answers to a payload. `same`: nothing else was kept under its key before."""

    new: bool
    same: bool


class RawStore(Protocol):
    """Where payloads are on disk before anybody is told so."""

    async def keep(self, raw: RawInbound, *, refused: str | None = None) -> KeptBefore:
        """Keep a payload; returns after the commit. `refused`: why nobody will read it, for a while at least.

        Raises:
            StoreUnavailable: it is not on disk, or nobody knows.
        """
        ...


class StoreUnavailable(Exception):  # noqa: N818  (the sender is told to come again)
    """The payload could not be stored now."""


class NothingSent(Exception):  # noqa: N818  (an outcome of a call)
    """The call never reached the platform, so it can be made again."""


class AnswerLost(Exception):  # noqa: N818  (an outcome of a call)
    """The call may have reached the platform, and no answer came back."""


class Poster(Protocol):
    """Makes calls to platforms."""

    async def post(self, call: Call) -> CallResult:
        """The platform's answer, whatever its status.

        Raises:
            NothingSent: it was not reached.
            AnswerLost: it may have been reached.
        """
        ...


class StoredReply(msgspec.Struct, frozen=True):
    """An answer that waits for its visitor. `text` None: it may not be said any more. `files`: with links to them."""

    seq: int
    contact_id: UUID
    stored_at: datetime
    text: str | None
    files: tuple[ReplyFile, ...] = ()


class ChatStore(Protocol):
    """What is kept of chats beside the streams: sessions, and which answers each visitor is to get."""

    async def has_session(self, visitor_id: UUID, digest: bytes) -> bool:
        """Whether we gave this visitor a token of this digest."""
        ...

    async def remember(self, account_id: UUID, visitor_id: UUID, digest: bytes | None, at: datetime) -> None:
        """The visitor was here. `digest`: of the token of a session; None: the site vouches."""
        ...

    async def replies_after(self, visitor_id: UUID, seq: int) -> Sequence[StoredReply]:
        """The answers that come after this number, the latest only where there are too many."""
        ...

    async def not_told(self, visitor_id: UUID, status: DeliveryStatus, seq: int) -> Sequence[UUID]:
        """The answers up to this number of which nobody said yet that they came so far."""
        ...

    async def told(self, visitor_id: UUID, status: DeliveryStatus, seq: int) -> None:
        """It is on disk that all up to this number came so far."""
        ...


class ChatLines(Protocol):
    """Who is on the line."""

    def listen(self, visitor_id: UUID) -> AbstractContextManager[asyncio.Event]:
        """What is set whenever something was stored for the visitor."""
        ...


class BroughtFile(msgspec.Struct, frozen=True):
    """What became of a file that was brought. `wrong`: what of it is not as the link says; then nothing is kept.

    `reason`: a code, of one that is refused.
    """

    state: AttachmentState | None = None
    wrong: str | None = None
    reason: str | None = None


class UploadTaker(Protocol):
    """Takes in files that are brought."""

    async def take_in(self, ticket: UploadTicket, data: bytes) -> BroughtFile:
        """Look at it and keep it, or say why not. The same file again changes nothing.

        Raises:
            ObjectsUnavailable: come again.
        """
        ...


class FilesAway(Exception):  # noqa: N818  (an outcome)
    """The files of a reply cannot be had now."""


class ReplyFiles(Protocol):
    """Has the files that go along with replies."""

    async def of(self, delivery: Delivery) -> tuple[ReplyFile, ...]:
        """The files of a reply, in their order, as its channel wants them.

        Raises:
            Refusal: ATTACHMENT_NOT_READY: one is not there, or not the reply's.
            FilesAway: nobody knows now.
        """
        ...


class TokenAway(Exception):  # noqa: N818  (an outcome)
    """No token can be had now by which a platform believes who we are."""


class SecretHolder(Protocol):
    """An account, as far as its secrets go."""

    @property
    def channel(self) -> Channel:
        """Its channel."""
        ...

    @property
    def account(self) -> str:
        """Its name on the channel."""
        ...

    def secret(self, name: str) -> str | None:
        """The secret of that name, if it has one."""
        ...


class TokenSource(Protocol):
    """Has the tokens that accounts show to their platforms."""

    async def of(self, account: SecretHolder) -> str | None:
        """The token to show now; None: the account has none.

        Raises:
            TokenAway: none can be had now.
        """
        ...

    def forget(self, account: SecretHolder) -> None:
        """The platform did not believe it: the next one is a new one."""
        ...
