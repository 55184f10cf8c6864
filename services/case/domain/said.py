"""Which facts of a case hold somebody's words, by the entry of the timeline that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Said:
    """`by_entry`: versions of the facts whose envelopes hold an entry's words, in every wording it had.

    `subject_of`, `preview_of`: the entry that gave the case its subject, and its preview. `redacted`: the latest
    redaction of an entry.
    """

    by_entry: dict[UUID, list[int]] = field(default_factory=dict)
    redacted: dict[UUID, UUID] = field(default_factory=dict)
    subject_of: UUID | None = None
    preview_of: UUID | None = None

    def note(self, entry_id: UUID, version: int) -> None:
        """A fact holds words of an entry."""
        self.by_entry.setdefault(entry_id, []).append(version)

    def withhold(self, entry_id: UUID, redaction_id: UUID, versions: Sequence[int]) -> None:
        """These words are gone; what is said of the entry later is not."""
        self.redacted[entry_id] = redaction_id
        self.by_entry[entry_id] = [each for each in self.by_entry.get(entry_id, ()) if each not in versions]
