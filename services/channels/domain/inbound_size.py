"""How much one item may say: what is recorded of it goes to the other services in one message, which has its limit."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.channels.domain.inbound import Ignored, Inbound

ITEM_BYTES_MAX = 5 * 1024 * 1024
"""Of an item as JSON. Sealed and in base64 it stays below the transport's 8 MiB; a log that holds more cannot go on."""

BODY_BYTES_SAFE = 32 * 1024
"""No item of a body up to here can be too large: a control character becomes six, and stands in 17 places at most."""

TOO_LARGE = "content-too-large"


def is_too_large(item: Inbound, *, body_bytes: int) -> bool:
    """Whether an item of a body of that length says more than can be told: escapes and NFC make text longer."""
    return body_bytes > BODY_BYTES_SAFE and len(msgspec.json.encode(item)) > ITEM_BYTES_MAX


def bounded(items: Sequence[Inbound], *, body_bytes: int) -> tuple[Inbound, ...]:
    """The items, those that are too large ignored: their payload is kept, and they cost the others nothing."""
    return tuple(Ignored(TOO_LARGE) if is_too_large(item, body_bytes=body_bytes) else item for item in items)
