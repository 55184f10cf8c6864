"""What can become of a case: its beginning, its assignments and its status.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from contracts.content import HandleContent
from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    CaseStatus,
    Channel,
    ContentState,
    Priority,
    ResolutionOutcome,
    RoutingTier,
    WaitingFor,
)
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.course import Step, Turn, reopening
from services.case.domain.offer import Offer

if TYPE_CHECKING:
    from services.case.domain.case import Case


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One agent whom routing looked at. `rejected` None: the chosen one."""

    agent_id: UUID
    tier: RoutingTier | None = None
    eta: datetime | None = None
    rejected: CandidateRejection | None = None


class ResumeReason(StrEnum):
    """Why a waiting case is ours to move again."""

    CUSTOMER_WROTE = "CUSTOMER_WROTE"
    REPLY_FAILED = "REPLY_FAILED"
    TIME_CAME = "TIME_CAME"
    NOT_SETTLED = "NOT_SETTLED"
    REPLY_DECIDED = "REPLY_DECIDED"


class Opened(FirstFact):
    """A contact arrived that belonged to no case we still have open, or had open lately; or an agent begins a matter.

    `basis`: what lets us contact somebody who did not write; None: they did. `contact_id`, `channel` None: an agent
    begins it, and nothing was said yet.
    """

    TOPIC = "case.opened.v1"
    number: str
    customer_id: UUID
    contact_id: UUID | None
    channel: Channel | None
    account: str | None
    brand: str | None
    language: str | None
    priority: Priority
    due_at: datetime | None
    basis: ContactBasis | None


class SubjectGiven(Fact):
    """An agent says what a matter is about in which nothing was said yet."""

    TOPIC = "case.subject-given.v1"
    customer_id: UUID
    subject: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Call it so."""
        aggregate.said.note(aggregate.id, self.originator_version)
        aggregate.subject = self.subject


class Assigned(Fact):
    """Routing decided who takes the case, or that nobody can now (`agent_id` None).

    `team_ref`: the team a person gave it to; `note`: why, in that person's words. `held_until`: so long it may wait for
    the candidate who is not rejected; nobody has it yet. `offered_to`, `offered_until`: who is asked to take it, and
    how long; nobody has it yet either.
    """

    TOPIC = "case.assigned.v1"
    decision_id: UUID
    agent_id: UUID | None
    tier: RoutingTier | None
    reason: AssignmentReason
    policy_version: str
    decided_at: datetime
    candidates: tuple[Candidate, ...]
    rejections: dict[str, int]
    held_until: datetime | None
    offered_to: UUID | None
    offered_until: datetime | None
    team_ref: str | None
    note: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """The case is this agent's; what a person asked for is answered."""
        aggregate.assignee_id = self.agent_id
        aggregate.last_decision = self
        aggregate.offer = None
        if self.offered_to is not None and self.offered_until is not None:
            aggregate.offer = Offer(self.decision_id, self.offered_to, self.offered_until)
        if aggregate.transfers.pop(self.decision_id, None) is not None:
            aggregate.said.note(self.decision_id, self.originator_version)


class NoteAdded(Fact):
    """An agent wrote down what colleagues need to know."""

    TOPIC = "case.note-added.v1"
    note_id: UUID
    customer_id: UUID
    text: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """The case holds one more text."""
        aggregate.said.note(self.note_id, self.originator_version)


class Waiting(Fact):
    """Somebody else is to move."""

    TOPIC = "case.waiting.v1"
    customer_id: UUID
    waiting_for: WaitingFor
    until: datetime | None

    def apply(self, aggregate: Case) -> None:
        """Wait."""
        aggregate.course.append(Step(Turn.WAITED, self.timestamp, waiting_for=self.waiting_for))
        aggregate.offer = None
        aggregate.status = CaseStatus.WAITING
        aggregate.waiting_for = self.waiting_for
        aggregate.waiting_until = self.until


class Resumed(Fact):
    """What the case waited for has happened, or will not: we are to move."""

    TOPIC = "case.resumed.v1"
    customer_id: UUID
    reason: ResumeReason

    def apply(self, aggregate: Case) -> None:
        """Wait no longer."""
        aggregate.course.append(Step(Turn.WENT_ON, self.timestamp))
        aggregate.status = CaseStatus.OPEN
        aggregate.waiting_for = None
        aggregate.waiting_until = None


class Resolved(Fact):
    """An agent said that the matter is settled; a later contact may reopen it.

    `reply_id`: the answer that was to settle it, where both were one step.
    """

    TOPIC = "case.resolved.v1"
    customer_id: UUID
    outcome: ResolutionOutcome
    cause: str | None
    reply_id: UUID | None

    def apply(self, aggregate: Case) -> None:
        """The matter rests."""
        aggregate.course.append(Step(Turn.RESOLVED, self.timestamp, outcome=self.outcome))
        aggregate.offer = None
        aggregate.settled_with = self.reply_id
        aggregate.status = CaseStatus.RESOLVED
        aggregate.waiting_for = None
        aggregate.waiting_until = None
        aggregate.outcome = self.outcome
        aggregate.cause = self.cause
        aggregate.resolved_at = self.timestamp


class ComplaintLeft(Fact):
    """A complaint was closed without an answer: somebody is to see that. `contact_id`: the complaint's."""

    TOPIC = "case.complaint-left.v1"
    customer_id: UUID
    contact_id: UUID

    def apply(self, aggregate: Case) -> None:
        """It stays with the case by its tag."""


class Reopened(Fact):
    """A resolved matter goes on where it was, with whose it was.

    `contact_id`: the contact by which the customer came back, or our answer that never arrived; None: a person says
    so, for a `reason` in words.
    """

    TOPIC = "case.reopened.v1"
    customer_id: UUID
    contact_id: UUID | None
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Go on."""
        aggregate.course.append(reopening(self.contact_id, aggregate.contacts, self.timestamp))
        aggregate.status = CaseStatus.OPEN
        aggregate.settled_with = None
        aggregate.outcome = None
        aggregate.cause = None
        aggregate.resolved_at = None


class ContentRedacted(Fact):
    """What stands in one entry must not be kept: its envelopes are withheld for good, in every wording it had.

    `withheld`: the versions of this case whose envelopes those are. `subject_gone`, `preview_gone`: the case had its
    subject or preview from there. `to`: where an answer to a redacted contact still goes.
    """

    TOPIC = "case.content-redacted.v1"
    customer_id: UUID
    redaction_id: UUID
    entry_id: UUID
    withheld: tuple[int, ...]
    subject_gone: bool
    preview_gone: bool
    reason: Annotated[str | None, Sealed]
    to: Annotated[HandleContent | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Say it no more."""
        aggregate.said.withhold(self.entry_id, self.redaction_id, self.withheld)
        if self.subject_gone:
            aggregate.subject = aggregate.said.subject_of = None
        if self.preview_gone:
            aggregate.said.preview_of = None
        contact = aggregate.contacts.get(self.entry_id)
        if contact is not None:
            contact.text, contact.text_state, contact.to = None, ContentState.REDACTED, self.to
            contact.personal, contact.reaction = (), None
        held = aggregate.held.get(self.entry_id)
        if held is not None:
            aggregate.held[self.entry_id] = msgspec.structs.replace(held, text=None, to=None)
        aggregate.lines.pop(self.entry_id, None)
        if self.entry_id in aggregate.gestures:
            aggregate.gestures[self.entry_id].tokens = ()


class ContentExpired(Fact):
    """What was said in a case that was resolved long ago was kept long enough: it is withheld for good.

    `contact_ids`: those that came or left by a channel. `withheld`: the versions of this case whose envelopes go.
    """

    TOPIC = "case.content-expired.v1"
    customer_id: UUID
    redaction_id: UUID
    contact_ids: tuple[UUID, ...]
    withheld: tuple[int, ...]

    def apply(self, aggregate: Case) -> None:
        """Close the case to words."""
        aggregate.course.append(Step(Turn.CLOSED_TO_WORDS, self.timestamp))
        aggregate.erased = True
        aggregate.subject = None
        aggregate.said.by_entry.clear()
        aggregate.lines.clear()
        for contact in aggregate.contacts.values():
            contact.text, contact.to, contact.personal, contact.reaction = None, None, (), None
            if contact.text_state not in {ContentState.REMOVED_BY_SENDER, ContentState.REDACTED}:
                contact.text_state = ContentState.EXPIRED


class ContentErased(Fact):
    """The customer is erased: what was said in this case is unreadable from here on, and nothing is added to it."""

    TOPIC = "case.content-erased.v1"
    customer_id: UUID
    request_id: UUID

    def apply(self, aggregate: Case) -> None:
        """Close the case to words."""
        aggregate.course.append(Step(Turn.CLOSED_TO_WORDS, self.timestamp))
        aggregate.erased = True
        aggregate.subject = None
