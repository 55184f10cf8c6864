"""What becomes of an answer that waits for its money.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, Sealed
from contracts.vocabulary import Channel, HandleAssurance, RefusalCode, ResolutionOutcome, Visibility, id_of
from services.case.domain.settlement import Settlement

if TYPE_CHECKING:
    from services.case.domain.case import Case


class SettlementBegun(Fact):
    """An agent settles the matter with an answer and a gesture: the answer is held until the money is decided.

    `contact_id`: of the answer, by this way to this address. `outcome`, `cause`: of the resolution. `guarded_by`: the
    rules because of which another person reads it before it leaves, within `open_minutes`.
    """

    TOPIC = "case.settlement-begun.v1"
    settlement_id: UUID
    customer_id: UUID
    gesture_id: UUID
    contact_id: UUID
    agent_ref: str
    channel: Channel
    account: str
    handle_id: UUID | None
    assurance: HandleAssurance
    visibility: Visibility
    in_reply_to: UUID | None
    outcome: ResolutionOutcome
    cause: str | None
    guarded_by: tuple[str, ...]
    open_minutes: int
    text: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Keep it for when the gesture's outcome is known."""
        aggregate.said.note(self.contact_id, self.originator_version)
        aggregate.settlements[self.gesture_id] = Settlement(
            settlement_id=self.settlement_id,
            gesture_id=self.gesture_id,
            contact_id=self.contact_id,
            begun_at=self.timestamp,
            agent_ref=self.agent_ref,
            channel=self.channel,
            account_id=id_of("account", self.channel, self.account),
            handle_id=self.handle_id,
            visibility=self.visibility,
            outcome=self.outcome,
            cause=self.cause,
            guarded_by=self.guarded_by,
            open_minutes=self.open_minutes,
            text=self.text,
        )


class SettlementLeft(Fact):
    """The gesture is given: the answer that was held leaves."""

    TOPIC = "case.settlement-left.v1"
    settlement_id: UUID
    gesture_id: UUID
    contact_id: UUID

    def apply(self, aggregate: Case) -> None:
        """Nothing is held any more."""
        aggregate.settlements.pop(self.gesture_id, None)


class SettlementDropped(Fact):
    """The answer that was held does not leave: the gesture was refused or declined (no `code`), or it cannot any more.

    NOT_FOUND: its words were redacted meanwhile.
    """

    TOPIC = "case.settlement-dropped.v1"
    settlement_id: UUID
    gesture_id: UUID
    contact_id: UUID
    code: RefusalCode | None

    def apply(self, aggregate: Case) -> None:
        """Nothing is held any more."""
        aggregate.settlements.pop(self.gesture_id, None)
