"""A reply as a door sees it: what to say and to whom, the call that says it, and what came of the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from contracts.content import HandleContent, TemplateContent
from contracts.vocabulary import Visibility


class ReplyFile(msgspec.Struct, frozen=True):
    """A file that goes along. `data`: its bytes, or `url`: where the platform may fetch it, as the channel has it."""

    name: str
    media_type: str
    size_bytes: int
    data: bytes = b""
    url: str | None = None

    def __repr__(self) -> str:
        return f"ReplyFile({self.media_type}, {self.size_bytes} bytes)"


class Reply(msgspec.Struct, frozen=True):
    """What is to be said, and who may read it. `in_reply_to`: the external id of the message it answers, if known.

    `answered_flags`: what its door flagged that message with. `subject`, `references`: its subject, and the external
    ids of what stands before it in its thread. `template`: as which it leaves where its channel knows templates.
    `html`: what `text` says, set in HTML, where its channel takes that. `files`: what goes along.
    """

    contact_id: UUID
    to: HandleContent
    text: str
    in_reply_to: str | None = None
    visibility: Visibility = Visibility.PRIVATE
    answered_flags: tuple[str, ...] = ()
    case_id: UUID | None = None
    subject: str | None = None
    references: tuple[str, ...] = ()
    template: TemplateContent | None = None
    html: str | None = None
    files: tuple[ReplyFile, ...] = ()


class Post(msgspec.Struct, frozen=True):
    """What is said to everybody, in answer to nobody."""

    publication_id: UUID
    text: str


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class SendTarget(msgspec.Struct, frozen=True):
    """Where a reply leaves. `sender_id`: by which the platform knows our side; `secrets`: of the account, by name.

    `sender_name`: under which a person reads our answers. `path`: of the account's webhooks. `at`: now.
    """

    api_base: str
    sender_id: str
    api_version: str | None = None
    secrets: Mapping[str, str] = {}
    path: str = ""
    at: datetime = _LONG_AGO
    sender_name: str | None = None


class FormFile(msgspec.Struct, frozen=True):
    """A file in a form, in the field of that name."""

    field: str
    file: ReplyFile


class HttpCall(msgspec.Struct, frozen=True):
    """One request to a platform: JSON, or a form; or the very bytes that a header signs.

    `known_as`: under which id the platform will know what is sent, where its answer does not say. `files`: in the form.

    `then`: of a call before the last one: by its answer the next one, or what came of it. `id_of_part`: where the
    customer reads a part by it already, the id of that; whatever becomes of the rest, it is not made again.
    """

    url: str
    body: dict[str, Any]
    headers: dict[str, str] = {}
    form: bool = False
    signed: bytes | None = None
    method: str = "POST"
    known_as: str | None = None
    files: tuple[FormFile, ...] = ()
    then: Callable[[CallResult], HttpCall | SendOutcome] | None = None
    id_of_part: Callable[[CallResult], str | None] | None = None


class MailCall(msgspec.Struct, frozen=True):
    """One mail to hand over by SMTP, without its date.

    `user`: who logs in, unless the URL says. `return_path`: where bounces go. `message_id`: ours, as the answer has it.
    """

    url: str
    user: str
    return_path: str
    recipient: str
    message: bytes
    message_id: str
    password: str | None = None

    def __repr__(self) -> str:
        return f"MailCall({self.url}, {len(self.message)} bytes)"


class ChatCall(msgspec.Struct, frozen=True):
    """One answer to store for a visitor of our own chat, once however often it is made."""

    account_id: UUID
    visitor_id: UUID
    contact_id: UUID
    known_as: str


Call: TypeAlias = HttpCall | MailCall | ChatCall


class CallResult(msgspec.Struct, frozen=True):
    """The platform's answer. `retry_after_s`: how long it asks us to wait. `known_as`: as the call had it."""

    status: int
    body: bytes
    retry_after_s: float | None = None
    known_as: str | None = None


class TakenOver(msgspec.Struct, frozen=True):
    """The platform has it, under its own id if it gives one. `sent`: it says more, that it is on its way.

    `url`: where everybody can read it, of a post of ours.
    """

    external_id: str | None
    sent: bool = False
    url: str | None = None


class TryLater(msgspec.Struct, frozen=True):
    """It took nothing and may later. `wait`: its own wish."""

    code: str
    reason: str
    wait: timedelta | None = None


class SendRefused(msgspec.Struct, frozen=True):
    """It will not take this. `retryable`: a person may try again and have better luck.

    `login`: it is our login that it does not take, so that nothing leaves by this account.
    """

    code: str
    reason: str
    retryable: bool = False
    login: bool = False


class OutcomeLost(msgspec.Struct, frozen=True):
    """We cannot know whether it took it."""

    reason: str


SendOutcome: TypeAlias = TakenOver | TryLater | SendRefused | OutcomeLost
