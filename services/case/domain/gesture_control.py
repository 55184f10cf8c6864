"""Looking at one gesture afterwards. A stream of its own: a case's history is read by the people it may be about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import Actor, Refusal, RefusalCode, id_of
from services.case.domain.control_signs import GestureSign, ReviewOutcome
from services.case.domain.gesture_control_facts import GestureLookedAt, GestureReviewed


def gesture_control_id(gesture_id: UUID) -> UUID:
    """The stream of what was seen of a gesture."""
    return id_of("gesture-control", str(gesture_id))


class GestureControl(Stream):
    """What was seen of a gesture, and what a second person said to it."""

    TOPIC = "gesture-control"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "gesture-control.created.never"

    def __init__(  # noqa: PLR0917  (the library hands a fact's fields on by name)
        self,
        gesture_id: UUID,
        case_id: UUID,
        agent_ref: str,
        approver_refs: tuple[str, ...],
        sampled: bool,  # noqa: FBT001  (the library hands a fact's fields on by name)
        signs: tuple[GestureSign, ...],
    ) -> None:
        self.gesture_id = gesture_id
        self.case_id = case_id
        self.agent_ref = agent_ref
        self.approver_refs = approver_refs
        self.sampled = sampled
        self.signs = signs
        self.outcome: ReviewOutcome | None = None

    @classmethod
    def looked_at(
        cls,
        *,
        gesture_id: UUID,
        case_id: UUID,
        agent_ref: str,
        approver_refs: tuple[str, ...],
        sampled: bool,
        signs: tuple[GestureSign, ...],
        at: datetime,
    ) -> GestureControl:
        """Say what was seen."""
        return cls._create(
            GestureLookedAt,
            id=gesture_control_id(gesture_id),
            timestamp=at,
            gesture_id=gesture_id,
            case_id=case_id,
            agent_ref=agent_ref,
            approver_refs=approver_refs,
            sampled=sampled,
            signs=signs,
        )

    def review(self, *, by: Actor, outcome: ReviewOutcome, reason: str | None, at: datetime) -> None:
        """Say what a second person found.

        Raises:
            Refusal: SELF_APPROVAL, who gave or approved it is no second person; NOT_FOUND, nobody was asked;
                NOT_AWAITING_APPROVAL, it was read already.
        """
        if by.ref in (self.agent_ref, *self.approver_refs):
            raise Refusal(RefusalCode.SELF_APPROVAL, "another person than who gave or approved it reads it")
        if not (self.sampled or self.signs):
            raise Refusal(RefusalCode.NOT_FOUND, "this gesture is not up for a second read", "gestureId")
        if self.outcome is not None:
            raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, "somebody has read it already", "gestureId")
        self.trigger_event(GestureReviewed, timestamp=at, gesture_id=self.gesture_id, outcome=outcome, reason=reason)
