"""Forgetting a part of an erased customer's contacts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import id_of
from services.channels.domain.forgetting_facts import ForgettingBegun, SubjectForgotten


class Forgetting(Stream):
    """One part of one erasure."""

    TOPIC = "channels.forgetting"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.forgetting.created.never"

    def __init__(self, request_id: UUID, part: int, contact_ids: tuple[UUID, ...]) -> None:
        self.request_id = request_id
        self.part = part
        self.contact_ids = contact_ids
        self.done = False

    @classmethod
    def begin(cls, *, request_id: UUID, part: int, contact_ids: tuple[UUID, ...], at: datetime) -> Forgetting:
        """Take it on; its id follows from the request's, so that it begins once."""
        return cls._create(
            ForgettingBegun,
            id=forgetting_id_of(request_id, part),
            timestamp=at,
            request_id=request_id,
            part=part,
            contact_ids=contact_ids,
        )

    def complete(self, *, events: int, keys_destroyed: int, stores: tuple[str, ...], at: datetime) -> None:
        """Say so, once."""
        if not self.done:
            self.trigger_event(
                SubjectForgotten,
                timestamp=at,
                request_id=self.request_id,
                part=self.part,
                events=events,
                keys_destroyed=keys_destroyed,
                stores=stores,
            )


def forgetting_id_of(request_id: UUID, part: int) -> UUID:
    """The stream of one part of one erasure."""
    return id_of("forgetting", str(request_id), str(part))
