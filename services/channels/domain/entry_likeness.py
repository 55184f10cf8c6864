"""Whether two entries of a feed under one id are one: some give the same id to all, one after the other."""

from __future__ import annotations

import msgspec

from contracts.content import ContactContent


class EntryLikeness(msgspec.Struct, frozen=True):
    """By what an entry is known again. Either may change as long as the other one stays."""

    url: str | None
    title: str | None

    def is_of(self, other: EntryLikeness) -> bool:
        """Whether both are one entry."""
        return self.url == other.url or self.title == other.title

    @classmethod
    def of(cls, content: ContactContent) -> EntryLikeness:
        """By what the entry of this content is known again."""
        return cls(content.url, content.subject)
