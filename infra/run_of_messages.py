"""Messages that follow each other and may take effect side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from contracts.envelope import Message

MESSAGES_MAX = 256


@dataclass(slots=True)
class Run:
    """`last`: the position up to which it goes, with messages that concern nobody here; 0 while it is empty."""

    messages: list[Message] = field(default_factory=list)
    last: int = 0
    _streams: set[UUID] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Whether no more go in."""
        return len(self.messages) >= MESSAGES_MAX

    def holds(self, streams: Iterable[UUID]) -> bool:
        """Whether a message of one of these streams is in it."""
        return not self._streams.isdisjoint(streams)

    def join(self, message: Message) -> None:
        """Go in, behind all that are."""
        self.messages.append(message)
        self.last = message.position
        if message.stream_id is not None:
            self._streams.add(message.stream_id)
