"""What our side of a mailbox knew when a mail came in: kept with the mail, so that it can be read again for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

_KEY = "mail-reception"


class Reception(msgspec.Struct, frozen=True, omit_defaults=True):
    """What no mail can say about itself.

    `answers`: the reply of ours whose signed address it was sent to. `vouched`: our own server says that its sender is
    who it says. `arrived_at`: when that server had it. `size_bytes`: of the whole, where only its beginning is kept.
    """

    answers: UUID | None = None
    vouched: bool = False
    arrived_at: datetime | None = None
    size_bytes: int | None = None

    def headers(self) -> dict[str, str]:
        """As it is kept with the mail."""
        return {_KEY: msgspec.json.encode(self).decode()}

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Reception:
        """As it was kept."""
        return msgspec.json.decode(headers.get(_KEY, "{}"), type=cls)
