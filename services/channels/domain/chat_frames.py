"""The chat's own protocol, version 1: what a visitor's page and we say to each other, one JSON object per frame."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

import msgspec

from services.channels.domain.normal_form import NotUnderstood, read_json

VERSION = 1
FRAME_BYTES_MAX = 32 * 1024
TEXT_LENGTH_MAX = 4000
NAME_LENGTH_MAX = 200
IDENTITY_LENGTH_MAX = 4096
SEQ_MAX = 2**53 - 1
"""What a page can count exactly."""

_WHERE = re.compile(r"^(?:Object missing required field `(\w+)`|.* - at `\$\.(\w+)`)$", re.DOTALL)

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
MessageId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Typed = Annotated[str, msgspec.Meta(max_length=NAME_LENGTH_MAX)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=SEQ_MAX)]


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """The first frame. `session`, `token`: as we gave them; `identity`: signed by the site, for who is logged in there.

    `visitor`: whom the page took itself for; `seen`, `read`: the last sequence numbers that this visitor's page has,
    and that were read, which say nothing of another's. `name`, `email`: as typed.
    """

    widget_key: Key
    v: int = VERSION
    session: Key | None = None
    token: Key | None = None
    identity: Annotated[str, msgspec.Meta(max_length=IDENTITY_LENGTH_MAX)] | None = None
    visitor: Key | None = None
    seen: Seq = 0
    read: Seq = 0
    name: Typed | None = None
    email: Typed | None = None


class Said(msgspec.Struct, frozen=True, tag_field="type", tag="message"):
    """What the visitor says. `id`: the page's own; the same again is the same message."""

    id: MessageId
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LENGTH_MAX)]


class Delivered(msgspec.Struct, frozen=True, tag_field="type", tag="delivered"):
    """The page has every reply up to here."""

    seq: Seq


class Seen(msgspec.Struct, frozen=True, tag_field="type", tag="read"):
    """Every reply up to here was in the visitor's sight."""

    seq: Seq


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    """The page is there."""


ClientFrame: TypeAlias = Hello | Said | Delivered | Seen | Pong


class Welcome(msgspec.Struct, frozen=True, tag_field="type", tag="welcome", omit_defaults=True):
    """The answer to a hello. `visitor`: tells one visitor from another; `session`, `token`: of one who is new.

    `name`: under which a visitor reads our answers.
    """

    visitor: str
    name: str
    signed: bool
    v: int = msgspec.field(default_factory=lambda: VERSION)
    session: str | None = None
    token: str | None = None


class Accepted(msgspec.Struct, frozen=True, tag_field="type", tag="accepted"):
    """The message of that id is on disk, and will appear exactly once."""

    id: str


class RepliedFile(msgspec.Struct, frozen=True):
    """A file that goes along with an answer. `url`: good for a day."""

    name: str
    media_type: str
    size_bytes: int
    url: str


class Replied(msgspec.Struct, frozen=True, tag_field="type", tag="message", omit_defaults=True):
    """An answer. `seq` only grows; the same may come again. `at`: when it was stored for the visitor."""

    seq: int
    id: str
    text: str
    at: str
    files: tuple[RepliedFile, ...] = ()


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """Is somebody there?"""


class Trouble(msgspec.Struct, frozen=True, tag_field="type", tag="error", omit_defaults=True):
    """Why a frame had no effect. `id`: of the message; `retry_after_ms`: when it may come again, where it may."""

    code: str
    detail: str
    field: str | None = None
    id: str | None = None
    retry_after_ms: int | None = None


ServerFrame: TypeAlias = Welcome | Accepted | Replied | Ping | Trouble


def read_frame(data: bytes) -> ClientFrame:
    """What the page says, every text in it in normal form.

    Raises:
        NotUnderstood: it is no frame of this protocol; `field` names what is at fault.
    """
    said = read_json(data)
    try:
        frame: ClientFrame = msgspec.convert(said, ClientFrame)
    except msgspec.ValidationError as problem:
        found = _WHERE.match(str(problem))
        raise NotUnderstood("malformed-frame", str(problem).partition(" - at")[0], _field(found)) from None
    if isinstance(frame, Said) and not frame.text.strip():
        raise NotUnderstood("malformed-frame", "a message needs a text", "text")
    return frame


def _field(found: re.Match[str] | None) -> str | None:
    return None if found is None else found[1] or found[2]
