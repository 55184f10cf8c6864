"""What can become of the contacts on a case.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.content import ContactContent, EditContent, ReplyContent
from contracts.stored import Fact, Sealed
from contracts.vocabulary import (
    AttachmentState,
    Channel,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
)
from services.case.domain.case_contact import (
    AttachmentNews,
    CaseContact,
    first_delivery_status,
    personal_of,
    subject_of,
    text_state,
)
from services.case.domain.course import Step, Turn
from services.case.domain.texts import has_words
from services.case.domain.triage import Triage

if TYPE_CHECKING:
    from services.case.domain.case import Case


class ContactAttached(Fact):
    """A contact has its place in the case.

    `content_key_id`: of the key that channels sealed it with before its customer was known; here it is sealed under
    the customer's. `agent_ref`: who was in touch, where an agent wrote it down. `triage`: why it is a case, where that
    was decided. `due_from`: from when on we are to move, where that is not when it happened. `moved_from`: the case it
    was on before. `summoned`: False where its platform lets nobody answer in public who is neither named nor quoted
    nor answered.
    """

    TOPIC = "case.contact-attached.v1"
    contact_id: UUID
    customer_id: UUID
    channel: Channel
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    account: str | None
    handle_id: UUID | None
    in_reply_to: UUID | None
    language: str | None
    agent_ref: str | None
    content_key_id: UUID | None
    triage: Triage | None
    due_from: datetime | None
    moved_from: UUID | None
    content: Annotated[ContactContent | None, Sealed]
    summoned: bool = True

    def apply(self, aggregate: Case) -> None:
        """Put it on the case; the first one that has words gives the case its subject."""
        content, said = self.content or ContactContent(), aggregate.said
        said.note(self.contact_id, self.originator_version)
        if aggregate.subject is None and (subject := subject_of(self.content)) is not None:
            aggregate.subject, said.subject_of = subject, self.contact_id
        if has_words(content.text):
            said.preview_of = self.contact_id
        aggregate.contacts[self.contact_id] = CaseContact(
            contact_id=self.contact_id,
            channel=self.channel,
            kind=self.kind,
            direction=self.direction,
            visibility=self.visibility,
            assurance=self.assurance,
            occurred_at=self.occurred_at,
            recorded_at=self.timestamp,
            delivery_status=first_delivery_status(self.direction),
            account=self.account,
            handle_id=self.handle_id,
            agent_ref=self.agent_ref,
            to=content.handles[0] if content.handles else None,
            text=content.text,
            text_state=text_state(self.content, content.text),
            personal=personal_of(self.content),
            class_=self.triage.class_ if self.triage else None,
            due_from=self.due_from,
            summoned=self.summoned,
        )
        aggregate.attached[self.contact_id] = self
        aggregate.last_contact_at = max(aggregate.last_contact_at, self.occurred_at)


class ContactDetached(Fact):
    """A contact left the case for another one of its customer, and its words with it.

    `withheld`: the versions of this case whose envelopes held them. `subject_moves`, `preview_moves`: the case had its
    subject or preview from there, and has it from `subject_from` or `preview_from` now, if from anywhere.
    """

    TOPIC = "case.contact-detached.v1"
    contact_id: UUID
    customer_id: UUID
    to_case_id: UUID
    withheld: tuple[int, ...]
    subject_moves: bool
    subject_from: UUID | None
    preview_moves: bool
    preview_from: UUID | None
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Take it off."""
        aggregate.contacts.pop(self.contact_id, None)
        aggregate.attached.pop(self.contact_id, None)
        aggregate.said.by_entry.pop(self.contact_id, None)
        _speak_by_others(aggregate, self)
        moments = (contact.occurred_at for contact in aggregate.contacts.values())
        aggregate.last_contact_at = max((aggregate.opened_at, *moments))


class ContactEdited(Fact):
    """Its sender changed the words of a contact; what they were stays in the history.

    `subject_changes`, `preview_changes`: the case has its subject or preview from the new words, as it had it from the
    old ones, or from nobody's; the preview also from those said before.
    """

    TOPIC = "case.contact-edited.v1"
    contact_id: UUID
    edited_at: datetime
    content: Annotated[EditContent | None, Sealed]
    subject_changes: bool = False
    preview_changes: bool = False

    def apply(self, aggregate: Case) -> None:
        """Show the new words."""
        aggregate.said.note(self.contact_id, self.originator_version)
        contact = aggregate.contacts[self.contact_id]
        contact.text = self.content.text if self.content else None
        contact.text_state = text_state(self.content, contact.text)
        contact.edited_at = self.edited_at
        if self.subject_changes:
            aggregate.subject = subject_of(ContactContent(text=contact.text))
            aggregate.said.subject_of = self.contact_id
        if self.preview_changes:
            aggregate.said.preview_of = self.contact_id


class ContactRemoved(Fact):
    """Its sender took a contact back; what it said stays in the history.

    `subject_moves`, `subject_from`, `preview_moves`, `preview_from`: as of a contact that left the case.
    """

    TOPIC = "case.contact-removed.v1"
    contact_id: UUID
    removed_at: datetime
    subject_moves: bool = False
    subject_from: UUID | None = None
    preview_moves: bool = False
    preview_from: UUID | None = None

    def apply(self, aggregate: Case) -> None:
        """Show it no more."""
        contact = aggregate.contacts[self.contact_id]
        contact.text = contact.reaction = None
        contact.personal = ()
        contact.text_state = ContentState.REMOVED_BY_SENDER
        _speak_by_others(aggregate, self)
        aggregate.course.append(Step(Turn.TAKEN_BACK, self.timestamp, contact_id=self.contact_id))


class ContactReacted(Fact):
    """Somebody put an emoji on a contact of either side; None: took it off. What was there stays in the history."""

    TOPIC = "case.contact-reacted.v1"
    contact_id: UUID
    reacted_at: datetime
    emoji: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """The latest one counts."""
        aggregate.said.note(self.contact_id, self.originator_version)
        contact = aggregate.contacts[self.contact_id]
        contact.reaction, contact.reacted_at = self.emoji, self.reacted_at


class ReplyRequested(Fact):
    """An agent's answer is to leave by one channel account, to one address the customer came in by.

    `in_reply_to`: the contact it answers; `quoted`: the agent named it, so the channel is to show which.
    `acknowledges`: it only says that we heard. `attachment_ids`: the files that go along, in their order.
    """

    TOPIC = "case.reply-requested.v1"
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
    attachment_ids: tuple[UUID, ...]
    content: Annotated[ReplyContent | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """It is a contact of the case from the moment it is asked for; what begins a matter names it."""
        aggregate.said.note(self.contact_id, self.originator_version)
        if aggregate.subject is None and self.content is not None and self.content.subject is not None:
            aggregate.subject, aggregate.said.subject_of = self.content.subject, self.contact_id
        if has_words(self.content.text if self.content else None):
            aggregate.said.preview_of = self.contact_id
        aggregate.contacts[self.contact_id] = CaseContact(
            contact_id=self.contact_id,
            channel=self.channel,
            kind=ContactKind.MESSAGE,
            direction=Direction.OUTBOUND,
            visibility=self.visibility,
            assurance=self.assurance,
            occurred_at=self.timestamp,
            recorded_at=self.timestamp,
            delivery_status=DeliveryStatus.REQUESTED,
            account=self.account,
            handle_id=self.handle_id,
            agent_ref=self.agent_ref,
            acknowledges=self.acknowledges,
            in_reply_to=self.in_reply_to,
            attachments={
                each: AttachmentNews(each, self.contact_id, number, AttachmentState.READY)
                for number, each in enumerate(self.attachment_ids)
            },
            to=self.content.to if self.content else None,
            text=self.content.text if self.content else None,
            text_state=text_state(self.content, self.content.text if self.content else None),
        )
        _note_private_answer(aggregate, aggregate.contacts[self.contact_id])
        aggregate.last_contact_at = max(aggregate.last_contact_at, self.timestamp)


class DeliveryUpdated(Fact):
    """A reply moved on its way, or stopped."""

    TOPIC = "case.delivery-updated.v1"
    contact_id: UUID
    status: DeliveryStatus
    status_at: datetime
    code: str | None
    reason: str | None
    retryable: bool

    def apply(self, aggregate: Case) -> None:
        """Note how far it is."""
        contact = aggregate.contacts[self.contact_id]
        contact.delivery_status = self.status
        _note_private_answer(aggregate, contact)


def _note_private_answer(aggregate: Case, answer: CaseContact) -> None:
    """Know of something public that its author was answered alone; what failed never came there."""
    answered = None if answer.in_reply_to is None else aggregate.contacts.get(answer.in_reply_to)
    if answered is None or answered.visibility is not Visibility.PUBLIC or answer.visibility is Visibility.PUBLIC:
        return
    if answer.delivery_status is not DeliveryStatus.FAILED:
        answered.private_answer = answer.contact_id
    elif answered.private_answer == answer.contact_id:
        answered.private_answer = None


def _speak_by_others(case: Case, fact: ContactDetached | ContactRemoved) -> None:
    """The case has its subject and preview from other contacts, where it had them from one that is shown no more."""
    if fact.subject_moves:
        case.said.subject_of = fact.subject_from
        case.subject = None if fact.subject_from is None else case.subject_by(fact.subject_from)
    if fact.preview_moves:
        case.said.preview_of = fact.preview_from
