"""The request by which a consumer re-reads a service's log when its transport has a hole."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message


class ReplayRequest(msgspec.Struct, frozen=True):
    """Positions after `after`, at most `count_max` of them (the answer is also bounded by the transport's payload)."""

    after: int
    count_max: int = 256


class ReplayPage(msgspec.Struct, frozen=True):
    """The asked messages in order, and the last position of the log now."""

    last_position: int
    messages: tuple[Message, ...] = ()
