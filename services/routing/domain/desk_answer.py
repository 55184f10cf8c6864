"""The refusal of something the desk asked; what was granted shows in the agent's own facts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import FirstFact, Stream
from contracts.vocabulary import Refusal, RefusalCode, id_of


class RequestTurnedDown(FirstFact):
    """What the desk asked cannot be done; `path` names the input field at fault."""

    TOPIC: ClassVar[str] = "routing.request-turned-down.v1"
    request_id: UUID
    code: RefusalCode
    message: str
    path: tuple[str, ...]


class DeskAnswer(Stream):
    """The answer to one request of the desk."""

    TOPIC: ClassVar[str] = "routing.desk-answer"

    class Created(Stream.Created):
        """Never raised: it begins with RequestTurnedDown."""

        TOPIC: ClassVar[str] = "routing.desk-answer.created.never"

    def __init__(self, request_id: UUID) -> None:
        self.request_id = request_id

    @classmethod
    def turn_down(cls, *, request_id: UUID, refusal: Refusal, at: datetime) -> DeskAnswer:
        """Say no, and why."""
        return cls._create(
            RequestTurnedDown,
            id=answer_id(request_id),
            timestamp=at,
            request_id=request_id,
            code=refusal.code,
            message=refusal.message,
            path=refusal.path,
        )


def answer_id(request_id: UUID) -> UUID:
    """The id of the stream that answers a request."""
    return id_of("desk-answer", str(request_id))
