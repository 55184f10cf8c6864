"""The sealed part of a message, opened while its key exists."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from contracts.envelope import Message
from services.case.ports import ContentOpener

T = TypeVar("T")


class _Envelope(msgspec.Struct):
    content: Any = None


async def opened(message: Message, kind: type[T], opener: ContentOpener) -> T | None:
    """What the message carries under seal, as `kind`; None where there is nothing or its key is gone."""
    if message.sealed is None or message.stream_id is None:
        return None
    plain = await opener.open(message.sealed, message.stream_id, message.stream_version)
    if plain is None:
        return None
    content = msgspec.json.decode(plain, type=_Envelope).content
    return None if content is None else msgspec.convert(content, kind)
