"""A case: one matter of one customer, from its first contact to its resolution. Decisions here, facts beside it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.content import ContactContent
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import (
    CaseStatus,
    Direction,
    Priority,
    Refusal,
    RefusalCode,
    ResolutionOutcome,
    WaitingFor,
)
from services.case.domain import case_facts, contact_facts
from services.case.domain.case_contact import READABLE, CaseContact, ContactToAttach, subject_of
from services.case.domain.case_facts import Assigned, ResumeReason
from services.case.domain.clock import ClockKey
from services.case.domain.commitment import Commitment
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.course import Step
from services.case.domain.gesture import Gesture
from services.case.domain.held_reply import HeldReply
from services.case.domain.offer import Offer
from services.case.domain.reopening import KnownCase
from services.case.domain.said import Said
from services.case.domain.settlement import Settlement
from services.case.domain.transfer import Transfer


class Case(Stream):
    """The state that decisions need, folded from the facts."""

    TOPIC = "case"
    KEPT = True

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "case.created.never"

    def __init__(
        self, *, number: str, customer_id: UUID, priority: Priority, brand: str | None, language: str | None
    ) -> None:
        self.number = number
        self.customer_id = customer_id
        self.priority = priority
        self.brand = brand
        self.language = language
        self.opened_at = self.created_on
        self.last_contact_at = self.created_on
        self.status = CaseStatus.OPEN
        self.waiting_for: WaitingFor | None = None
        self.waiting_until: datetime | None = None
        self.subject: str | None = None
        self.assignee_id: UUID | None = None
        self.last_decision: Assigned | None = None
        self.offer: Offer | None = None
        self.transfers: dict[UUID, Transfer] = {}
        self.tags: tuple[str, ...] = ()
        self.incident_id: UUID | None = None
        self.outcome: ResolutionOutcome | None = None
        self.cause: str | None = None
        self.resolved_at: datetime | None = None
        self.settled_with: UUID | None = None
        self.contacts: dict[UUID, CaseContact] = {}
        self.attached: dict[UUID, contact_facts.ContactAttached] = {}
        self.gestures: dict[UUID, Gesture] = {}
        self.commitments: dict[UUID, Commitment] = {}
        self.settlements: dict[UUID, Settlement] = {}
        self.held: dict[UUID, HeldReply] = {}
        self.lines: dict[UUID, str] = {}
        self.press_called = False
        self.aside: set[int] = set()
        self.course: list[Step] = []
        self.warned: dict[ClockKey, datetime] = {}
        self.missed: dict[ClockKey, datetime] = {}
        self.said = Said()
        self.erased = False

    @classmethod
    def open(
        cls,
        *,
        case_id: UUID,
        number: str,
        contact: ContactToAttach,
        due_at: datetime | None,
        at: datetime,
        basis: ContactBasis | None = None,
    ) -> Case:
        """A new case for a contact, which is still to be attached, or is to leave."""
        return cls._create(
            case_facts.Opened,
            id=case_id,
            timestamp=at,
            number=number,
            customer_id=contact.customer_id,
            contact_id=contact.contact_id,
            channel=contact.channel,
            account=contact.account,
            brand=contact.brand,
            language=contact.language,
            priority=Priority.NORMAL,
            due_at=due_at,
            basis=basis,
        )

    @classmethod
    def begin(
        cls, *, case_id: UUID, number: str, customer_id: UUID, brand: str | None, basis: ContactBasis, at: datetime
    ) -> Case:
        """A new case in which nothing was said yet."""
        unsaid = dict.fromkeys(("contact_id", "channel", "account", "language", "due_at"))
        known = {"number": number, "customer_id": customer_id, "brand": brand, "basis": basis}
        return cls._create(case_facts.Opened, id=case_id, timestamp=at, priority=Priority.NORMAL, **known, **unsaid)

    def sealing(self) -> SealingScope:
        """Under the customer's key for this case."""
        return SealingScope(subject_id=self.customer_id, scope_id=self.id)

    @property
    def is_resolved(self) -> bool:
        """Whether the matter rests."""
        return self.status is CaseStatus.RESOLVED

    def known(self) -> KnownCase:
        """The case as placing a contact sees it."""
        return KnownCase(
            case_id=self.id,
            customer_id=self.customer_id,
            status=self.status,
            last_contact_at=self.last_contact_at,
            resolved_at=self.resolved_at,
            subject=self.subject,
        )

    def attach(self, contact: ContactToAttach, *, at: datetime) -> None:
        """Give the contact its place, once. The customer's own makes us move; one of ours makes us wait."""
        if contact.contact_id in self.contacts:
            return
        inbound = contact.direction is Direction.INBOUND
        self.trigger_event(
            contact_facts.ContactAttached,
            timestamp=at,
            contact_id=contact.contact_id,
            customer_id=self.customer_id,
            channel=contact.channel,
            kind=contact.kind,
            direction=contact.direction,
            visibility=contact.visibility,
            assurance=contact.assurance,
            occurred_at=contact.occurred_at,
            account=contact.account,
            handle_id=contact.handle_id,
            in_reply_to=contact.in_reply_to,
            language=contact.language,
            agent_ref=contact.agent_ref,
            content_key_id=contact.content_key_id,
            triage=contact.triage,
            due_from=contact.due_from,
            moved_from=contact.moved_from,
            summoned=contact.summoned,
            content=contact.content,
        )
        if inbound:
            self._move(contact.contact_id, at)
        elif contact.account is not None and self.status is CaseStatus.OPEN:
            self.wait_for_customer(at)

    def note(self, *, note_id: UUID, text: str, at: datetime) -> None:
        """Write down what colleagues need to know.

        Raises:
            Refusal: CUSTOMER_ERASED.
        """
        self.check_not_erased()
        self.trigger_event(case_facts.NoteAdded, timestamp=at, note_id=note_id, customer_id=self.customer_id, text=text)

    def resolve(
        self, *, outcome: ResolutionOutcome, cause: str | None, at: datetime, reply_id: UUID | None = None
    ) -> None:
        """Settle the matter. `reply_id`: of the answer that does it.

        Raises:
            Refusal: CASE_RESOLVED.
        """
        self.check_not_resolved()
        self.trigger_event(
            case_facts.Resolved,
            timestamp=at,
            customer_id=self.customer_id,
            outcome=outcome,
            cause=cause,
            reply_id=reply_id,
        )

    def _move(self, contact_id: UUID, at: datetime) -> None:
        if self.is_resolved:
            self.reopen(contact_id, at)
        elif self.waits_for_customer:
            self.resume(ResumeReason.CUSTOMER_WROTE, at)

    def reopen(self, contact_id: UUID | None, at: datetime, *, reason: str | None = None) -> None:
        """Go on with a matter that was resolved."""
        self.trigger_event(
            case_facts.Reopened, timestamp=at, customer_id=self.customer_id, contact_id=contact_id, reason=reason
        )

    def resume(self, reason: ResumeReason, at: datetime) -> None:
        """Wait no longer: we are to move."""
        self.trigger_event(case_facts.Resumed, timestamp=at, customer_id=self.customer_id, reason=reason)

    def wait_for_customer(self, at: datetime) -> None:
        """The customer is to move; said once."""
        if not self.waits_for_customer:
            self.wait(WaitingFor.CUSTOMER, None, at)

    def wait(self, waiting_for: WaitingFor, until: datetime | None, at: datetime) -> None:
        """Somebody else is to move."""
        self.trigger_event(
            case_facts.Waiting, timestamp=at, customer_id=self.customer_id, waiting_for=waiting_for, until=until
        )

    def erase_content(self, *, request_id: UUID, at: datetime) -> None:
        """Close the case to words, once."""
        if not self.erased:
            self.trigger_event(
                case_facts.ContentErased, timestamp=at, customer_id=self.customer_id, request_id=request_id
            )

    def check_not_erased(self) -> None:
        """Let pass what adds words.

        Raises:
            Refusal: CUSTOMER_ERASED.
        """
        if self.erased:
            raise Refusal(RefusalCode.CUSTOMER_ERASED, "the customer of the case is erased", "caseId")

    def check_not_resolved(self) -> None:
        """Let pass while the matter goes on.

        Raises:
            Refusal: CASE_RESOLVED.
        """
        if self.is_resolved:
            raise Refusal(RefusalCode.CASE_RESOLVED, "the case is resolved", "caseId")

    @property
    def waits_for_customer(self) -> bool:
        """Whether the customer is to move."""
        return self.status is CaseStatus.WAITING and self.waiting_for is WaitingFor.CUSTOMER

    def subject_by(self, contact_id: UUID) -> str | None:
        """What the case would be called after a contact that came in, by its words of now; None: they are gone."""
        attached, contact = self.attached.get(contact_id), self.contacts.get(contact_id)
        if contact is None or attached is None or attached.content is None or contact.text_state not in READABLE:
            return None
        return subject_of(ContactContent(subject=attached.content.subject, text=contact.text))

    def contact(self, contact_id: UUID) -> CaseContact:
        """The contact of that id.

        Raises:
            Refusal: NOT_FOUND.
        """
        contact = self.contacts.get(contact_id)
        if contact is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such contact in this case", "contactId")
        return contact
