"""What guard rails say in a case, and what people make of it. What was to be said stands in sealed content only.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.content import ReplyContent
from contracts.stored import Fact, Sealed
from contracts.vocabulary import (
    Channel,
    HandleAssurance,
    HandleKind,
    ResolutionOutcome,
    Visibility,
)
from services.case.domain.guards.draft import Finding
from services.case.domain.held_reply import HeldReply

if TYPE_CHECKING:
    from services.case.domain.case import Case
    from services.case.domain.customer import Customer


class ReplyGuarded(Fact):
    """An answer did not leave as it was: it was warned of, or stopped. Its words are kept nowhere."""

    TOPIC = "case.reply-guarded.v1"
    customer_id: UUID
    agent_ref: str
    channel: Channel
    account: str
    visibility: Visibility
    in_reply_to: UUID | None
    findings: tuple[Finding, ...]

    def apply(self, aggregate: Case) -> None:
        """Nothing of the case is other than before."""
        aggregate.aside.add(self.originator_version)


class FirstMessageGuarded(Fact):
    """A first message did not leave as it was, so that no case began. Its words are kept nowhere."""

    TOPIC = "customer.first-message-guarded.v1"
    agent_ref: str
    channel: Channel
    account: str
    handle_id: UUID | None
    visibility: Visibility
    findings: tuple[Finding, ...]

    def apply(self, aggregate: Customer) -> None:
        """Nothing of the customer is other than before."""
        aggregate.aside.add(self.originator_version)


class WarningsConfirmed(Fact):
    """Whoever wrote an answer was warned by these rules, thought again and says it all the same."""

    TOPIC = "case.warnings-confirmed.v1"
    contact_id: UUID
    customer_id: UUID
    agent_ref: str
    rules: tuple[str, ...]

    def apply(self, aggregate: Case) -> None:
        """It is on record."""


class ReplyHeld(Fact):
    """An answer waits for another person, because these rules ask for one. Otherwise as one that is asked for.

    `outcome`, `cause`: of the resolution that goes with it; None: it resolves nothing.
    """

    TOPIC = "case.reply-held.v1"
    contact_id: UUID
    customer_id: UUID
    channel: Channel
    account: str
    handle_id: UUID | None
    handle_kind: HandleKind
    assurance: HandleAssurance
    visibility: Visibility
    in_reply_to: UUID | None
    quoted: bool
    acknowledges: bool
    agent_ref: str
    rules: tuple[str, ...]
    expires_at: datetime
    window_ends_at: datetime | None
    outcome: ResolutionOutcome | None
    cause: str | None
    content: Annotated[ReplyContent | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Keep it until somebody decides."""
        aggregate.said.note(self.contact_id, self.originator_version)
        content = self.content
        aggregate.held[self.contact_id] = HeldReply(
            contact_id=self.contact_id,
            held_at=self.timestamp,
            expires_at=self.expires_at,
            agent_ref=self.agent_ref,
            rules=self.rules,
            channel=self.channel,
            account=self.account,
            handle_id=self.handle_id,
            assurance=self.assurance,
            visibility=self.visibility,
            in_reply_to=self.in_reply_to,
            quoted=self.quoted,
            acknowledges=self.acknowledges,
            window_ends_at=self.window_ends_at,
            outcome=self.outcome,
            cause=self.cause,
            to=content.to if content else None,
            text=content.text if content else None,
            subject=content.subject if content else None,
            template=content.template if content else None,
            html=content.html if content else None,
            files=content.files if content else (),
        )


class ReplyApproved(Fact):
    """Another person agreed: the answer leaves."""

    TOPIC = "case.reply-approved.v1"
    contact_id: UUID
    customer_id: UUID
    approver_ref: str

    def apply(self, aggregate: Case) -> None:
        """It is held no more."""
        aggregate.held.pop(self.contact_id, None)


class ReplyDeclined(Fact):
    """Another person said no, for a reason in words: the answer never leaves."""

    TOPIC = "case.reply-declined.v1"
    contact_id: UUID
    customer_id: UUID
    decider_ref: str
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """It is held no more."""
        aggregate.said.note(self.contact_id, self.originator_version)
        aggregate.held.pop(self.contact_id, None)


class ReplyExpired(Fact):
    """Nobody decided in time: the answer never leaves."""

    TOPIC = "case.reply-expired.v1"
    contact_id: UUID
    customer_id: UUID

    def apply(self, aggregate: Case) -> None:
        """It is held no more."""
        aggregate.held.pop(self.contact_id, None)


class PressCalled(Fact):
    """What was said in public travels far: the press desk is to look at it. `reason`: by which measure."""

    TOPIC = "case.press-called.v1"
    customer_id: UUID
    contact_id: UUID | None
    team_ref: str
    reason: str

    def apply(self, aggregate: Case) -> None:
        """It is called once."""
        aggregate.press_called = True


class LineApproved(Fact):
    """The house says it so, in this matter: whoever says the same, word for word, needs nobody's yes."""

    TOPIC = "case.line-approved.v1"
    line_id: UUID
    customer_id: UUID
    approver_ref: str
    text: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Have it at hand."""
        aggregate.said.note(self.line_id, self.originator_version)
        if self.text is not None:
            aggregate.lines[self.line_id] = self.text
