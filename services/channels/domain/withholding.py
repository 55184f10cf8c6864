"""Withholding what is here of entries that the case service redacted, or kept long enough."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import id_of
from services.channels.domain.withholding_facts import ContentWithheld, WithholdingBegun


class Withholding(Stream):
    """Of one redaction."""

    TOPIC = "channels.withholding"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.withholding.created.never"

    def __init__(self, redaction_id: UUID, entry_ids: tuple[UUID, ...], *, expired: bool) -> None:
        self.redaction_id = redaction_id
        self.entry_ids = entry_ids
        self.expired = expired
        self.done = False

    @classmethod
    def begin(cls, *, redaction_id: UUID, entry_ids: tuple[UUID, ...], expired: bool, at: datetime) -> Withholding:
        """Take it on; its id follows from the redaction's, so that it begins once."""
        return cls._create(
            WithholdingBegun,
            id=withholding_id_of(redaction_id),
            timestamp=at,
            redaction_id=redaction_id,
            entry_ids=entry_ids,
            expired=expired,
        )

    def complete(self, *, events: int, keys_destroyed: int, stores: tuple[str, ...], at: datetime) -> None:
        """Say so, once."""
        if not self.done:
            self.trigger_event(
                ContentWithheld,
                timestamp=at,
                redaction_id=self.redaction_id,
                events=events,
                keys_destroyed=keys_destroyed,
                stores=stores,
            )


def withholding_id_of(redaction_id: UUID) -> UUID:
    """The stream of what one redaction asks for."""
    return id_of("withholding", str(redaction_id))
