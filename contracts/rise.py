"""What is written about more than usual: a matter, and how unusual it is."""

from __future__ import annotations

import msgspec

from contracts.vocabulary import Channel, TriageClass


class Rise(msgspec.Struct, frozen=True, omit_defaults=True):
    """A matter: of a `class` on a `channel`, or of a `cause`; of a brand, or of none.

    `counted`: cases and mentions in the last `period_days`, where `usual` are usual, which chance alone brings once in
    so many such comparisons (`once_in`, at most 1,000,000). None of these: the figures would be about few agents.
    """

    brand: str | None = None
    channel: Channel | None = None
    class_: TriageClass | None = msgspec.field(default=None, name="class")
    cause: str | None = None
    period_days: int = 7
    counted: int | None = None
    usual: float | None = None
    once_in: int | None = None

    def is_about(self, other: Rise) -> bool:
        """Whether it is the same matter."""
        mine = (self.brand, self.channel, self.class_, self.cause)
        return mine == (other.brand, other.channel, other.class_, other.cause)
