"""An incident: one cause that brings many cases. Decisions here, facts beside it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import SealingScope, Stream
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.incident_facts import (
    IncidentBegun,
    IncidentClosed,
    IncidentRevised,
    IncidentState,
    IncidentTerms,
    Jump,
)


class Incident(Stream):
    """The state that decisions need."""

    TOPIC = "incident"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "incident.created.never"

    def __init__(
        self, state: IncidentState, terms: IncidentTerms, jump: Jump | None, title: str | None, answer: str | None
    ) -> None:
        self.state = state
        self.terms = terms
        self.jump = jump
        self.title = title
        self.answer = answer

    @classmethod
    def begin(
        cls,
        *,
        incident_id: UUID,
        state: IncidentState,
        terms: IncidentTerms,
        title: str,
        answer: str | None,
        at: datetime,
        jump: Jump | None = None,
    ) -> Incident:
        """Say that there is one, or suspect it."""
        return cls._create(
            IncidentBegun,
            id=incident_id,
            timestamp=at,
            state=state,
            terms=terms,
            jump=jump,
            title=title,
            answer=answer,
        )

    def sealing(self) -> SealingScope:
        """Under a key of its own: nobody's data, but words all the same."""
        return SealingScope(subject_id=self.id, scope_id=self.id)

    def revise(self, *, terms: IncidentTerms, title: str, answer: str | None, at: datetime) -> None:
        """Say what it is about from now on; one that was only suspected is one. The same again is no news.

        Raises:
            Refusal: INVALID_INPUT, it is closed.
        """
        self.check_not_closed("incidentId")
        if (IncidentState.OPEN, terms, title, answer) != (self.state, self.terms, self.title, self.answer):
            self.trigger_event(
                IncidentRevised, timestamp=at, state=IncidentState.OPEN, terms=terms, title=title, answer=answer
            )

    def close(self, *, at: datetime) -> None:
        """Say that it is over; again: no news."""
        if self.state is not IncidentState.CLOSED:
            self.trigger_event(IncidentClosed, timestamp=at)

    def check_not_closed(self, *path: str) -> None:
        """Let pass while it goes on.

        Raises:
            Refusal: INVALID_INPUT at `path`.
        """
        if self.state is IncidentState.CLOSED:
            raise Refusal(RefusalCode.INVALID_INPUT, "the incident is closed", *path)
