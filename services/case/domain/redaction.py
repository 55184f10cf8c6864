"""How far a redaction is: begun with the fact of its case, then channels answers, then nothing is left on disk.

One of a note about a customer is in no case, and nothing of it was ever in channels: it waits for no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.stored import Stream
from services.case.domain import redaction_facts as facts


class Redaction(Stream):
    """The state that decisions need, folded from the facts."""

    TOPIC = "redaction"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "redaction.created.never"

    def __init__(self, case_id: UUID | None, customer_id: UUID, entry_id: UUID) -> None:
        self.case_id = case_id
        self.customer_id = customer_id
        self.entry_id = entry_id
        self.answer: facts.CopiesWithheld | None = None
        self.completed = False

    @classmethod
    def begin(
        cls, *, redaction_id: UUID, case_id: UUID | None, customer_id: UUID, entry_id: UUID, at: datetime
    ) -> Redaction:
        """Begin with the fact that withholds the words."""
        return cls._create(
            facts.RedactionBegun,
            id=redaction_id,
            timestamp=at,
            case_id=case_id,
            customer_id=customer_id,
            entry_id=entry_id,
        )

    def note_withheld(self, *, events: int, keys_destroyed: int, stores: tuple[str, ...], at: datetime) -> None:
        """Channels answered; a second answer is no news."""
        if self.answer is None:
            self.trigger_event(
                facts.CopiesWithheld, timestamp=at, events=events, keys_destroyed=keys_destroyed, stores=stores
            )

    def complete(self, *, events: int, stores: Sequence[str], at: datetime) -> None:
        """Sign off, once, with what was done here and in channels."""
        answer = self.answer
        if self.completed or (answer is None and self.case_id is not None):
            return
        self.trigger_event(
            facts.RedactionCompleted,
            timestamp=at,
            case_id=self.case_id,
            events=events + (answer.events if answer else 0),
            stores_purged=tuple(dict.fromkeys((*stores, *(answer.stores if answer else ())))),
        )
