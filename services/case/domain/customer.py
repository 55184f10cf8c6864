"""A customer: the person or organisation behind the contacts, known by handles. Decisions here, facts beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.stored import SealingScope, Stream
from contracts.vocabulary import Channel, ExclusionReason, HandleAssurance, Refusal, RefusalCode
from services.case.domain import customer_facts as facts
from services.case.domain.contact_basis import OBJECTED_TO, ContactBasis
from services.case.domain.customer_detail_facts import (
    CustomerNoteAdded,
    CustomerNoteRedacted,
    HandleClaimed,
    HandleRemoved,
)
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.handles import handle_id as id_of_handle
from services.case.domain.identity import Claim, is_better
from services.case.domain.known_handle import KnownHandle
from services.case.domain.merge_facts import MergedInto
from services.case.domain.restriction import MERGED_WITH_OTHERS, Restriction, Retained, blocking, in_force

EXCLUDED_COUNT_MAX = 50
_PSEUDONYM_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 letters and figures, none of which is taken for another."""


class Customer(Stream):
    """The state that decisions need, folded from the facts."""

    TOPIC = "customer"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "customer.created.never"

    def __init__(self, kind: CustomerKind, name: str | None) -> None:
        self.kind = kind
        self.name = name
        self.language: str | None = None
        self.time_zone: str | None = None
        self.preferred_channel: Channel | None = None
        self.organisation_id: UUID | None = None
        self.attributes: dict[str, Any] = {}
        self.external_ids: dict[UUID, str | None] = {}
        self.called_elsewhere: dict[UUID, str] = {}
        self.claimed: set[UUID] = set()
        self.handles: dict[UUID, KnownHandle] = {}
        self.case_count = 0
        self.restrictions: dict[UUID, Restriction] = {}
        self.merged: MergedInto | None = None
        self.received: dict[UUID, UUID] = {}
        self.excluded: dict[UUID, ExclusionReason] = {}
        self.aside: set[int] = set()
        self.noted: dict[UUID, int] = {}
        self.redacted: dict[UUID, UUID] = {}
        self.erased = False

    @classmethod
    def appear(cls, *, customer_id: UUID, name: str | None, at: datetime) -> Customer:
        """Somebody new."""
        return cls._create(facts.Appeared, id=customer_id, timestamp=at, kind=CustomerKind.UNKNOWN, name=name)

    def sealing(self) -> SealingScope:
        """Under the customer's own key, in no case."""
        return SealingScope(subject_id=self.id, scope_id=self.id)

    def call(self, *, name: str, at: datetime) -> None:
        """Take down the name they go by."""
        self.trigger_event(facts.Named, timestamp=at, name=name)

    def handle_of(self, claim: Claim) -> UUID | None:
        """The id of that handle, if it is this customer's."""
        handle_id = id_of_handle(self.id, claim.kind, claim.value)
        return handle_id if handle_id in self.handles else None

    def add_handle(self, claim: Claim, *, assurance: HandleAssurance, at: datetime) -> UUID:
        """Know them by one more address, once."""
        handle_id = id_of_handle(self.id, claim.kind, claim.value)
        if handle_id not in self.handles:
            self.trigger_event(
                facts.HandleAdded,
                timestamp=at,
                handle_id=handle_id,
                kind=claim.kind,
                assurance=assurance,
                value=claim.value,
                written=claim.written,
            )
        return handle_id

    def raise_handle(self, *, handle_id: UUID, assurance: HandleAssurance, at: datetime) -> None:
        """Be surer of an address; never less sure."""
        if is_better(assurance, self.handles[handle_id].assurance):
            self.trigger_event(facts.HandleRaised, timestamp=at, handle_id=handle_id, assurance=assurance)

    def consent(self, handle_id: UUID, *, opted_out: bool, at: datetime) -> None:
        """Take note whether messages are wanted at an address."""
        known = self.handles.get(handle_id)
        if known is not None and known.opted_out is not opted_out:
            self.trigger_event(facts.HandleConsentChanged, timestamp=at, handle_id=handle_id, opted_out=opted_out)

    def record_handle(self, claim: Claim, *, assurance: HandleAssurance, at: datetime) -> UUID:
        """Add the address, or be surer of it where it is known already."""
        known = self.handle_of(claim)
        if known is None:
            return self.add_handle(claim, assurance=assurance, at=at)
        self.raise_handle(handle_id=known, assurance=assurance, at=at)
        return known

    def remove_handle(self, *, handle_id: UUID, reason: str, at: datetime) -> None:
        """Know them by that address no more.

        Raises:
            Refusal: NOT_FOUND (it is not theirs, or not any more).
        """
        handle = self.handles.get(handle_id)
        if handle is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such handle", "handleId")
        self.trigger_event(HandleRemoved, timestamp=at, handle_id=handle_id, kind=handle.kind, reason=reason)

    def claim_handle(self, claim: Claim, *, at: datetime) -> None:
        """Take note that the address of somebody else was said to be theirs, once."""
        handle_id = id_of_handle(self.id, claim.kind, claim.value)
        if handle_id not in self.claimed:
            self.trigger_event(HandleClaimed, timestamp=at, handle_id=handle_id, kind=claim.kind, value=claim.value)

    def note(self, *, note_id: UUID, text: str, pinned: bool, at: datetime) -> None:
        """Write down what colleagues need to know of them."""
        self.trigger_event(CustomerNoteAdded, timestamp=at, note_id=note_id, pinned=pinned, text=text)

    def redact_note(self, *, note_id: UUID, redaction_id: UUID, reason: str, at: datetime) -> tuple[int, ...]:
        """Withhold a note; gives the versions whose envelopes are to go. Empty: none of theirs is left to withhold."""
        if note_id not in self.noted:
            return ()
        withheld = (self.noted[note_id],)
        said = {"redaction_id": redaction_id, "note_id": note_id, "withheld": withheld, "reason": reason}
        self.trigger_event(CustomerNoteRedacted, timestamp=at, **said)
        return withheld

    def begin_case(self, *, case_id: UUID, at: datetime) -> None:
        """One more matter of theirs."""
        self.trigger_event(facts.CaseBegun, timestamp=at, case_id=case_id)

    def check_not_erased(self, *path: str) -> None:
        """Let pass while there is somebody to know.

        Raises:
            Refusal: CUSTOMER_ERASED at `path`.
        """
        if self.erased:
            raise Refusal(RefusalCode.CUSTOMER_ERASED, "the customer is erased", *path)

    def check_usable(self, at: datetime, *path: str) -> None:
        """Let pass while the customer's data may be used.

        Raises:
            Refusal: CUSTOMER_ERASED, CUSTOMER_RESTRICTED at `path`.
        """
        self.check_not_erased(*path)
        if any(each.kind is RestrictionKind.RESTRICTION for each in in_force(self.restrictions.values(), at)):
            raise Refusal(RefusalCode.CUSTOMER_RESTRICTED, "the customer's data may only be kept", *path)

    def objects_to(self, basis: ContactBasis, at: datetime) -> bool:
        """Whether the customer objected to being contacted on this basis."""
        placed = in_force(self.restrictions.values(), at)
        return basis in OBJECTED_TO and any(each.kind is RestrictionKind.OBJECTION for each in placed)

    def blocked_by(self, at: datetime) -> tuple[Retained, ...]:
        """Why the customer may not be erased now; empty: nothing is in the way."""
        return (*blocking(self.restrictions.values(), at), *self.merged_with_others())

    def merged_with_others(self) -> tuple[Retained, ...]:
        """Why the customer cannot be dealt with alone: who is one with others is parted from them first."""
        if self.merged is None and not self.received:
            return ()
        return (MERGED_WITH_OTHERS,)

    def place_restriction(
        self, *, restriction_id: UUID, kind: RestrictionKind, until: datetime | None, reason: str, at: datetime
    ) -> None:
        """Keep the data from being used, or from being erased.

        Raises:
            Refusal: CUSTOMER_ERASED, INVALID_INPUT (until not ahead).
        """
        self.check_not_erased("customerId")
        if until is not None and until <= at:
            raise Refusal(RefusalCode.INVALID_INPUT, "must be ahead", "until")
        self.trigger_event(
            facts.RestrictionPlaced,
            timestamp=at,
            restriction_id=restriction_id,
            kind=kind,
            until=until,
            reason=reason,
        )

    def lift_restriction(self, *, restriction_id: UUID, reason: str, at: datetime) -> None:
        """End a restriction, once."""
        standing = self.restrictions.get(restriction_id)
        if standing is not None and not self.erased:
            self.trigger_event(
                facts.RestrictionLifted,
                timestamp=at,
                restriction_id=restriction_id,
                kind=standing.kind,
                reason=reason,
            )

    def exclude(self, *, agent_id: UUID, reason: ExclusionReason, at: datetime) -> None:
        """Keep the agent from handling them; the same again is no news.

        Raises:
            Refusal: INVALID_INPUT, more than EXCLUDED_COUNT_MAX.
        """
        if agent_id in self.excluded:
            return
        if len(self.excluded) >= EXCLUDED_COUNT_MAX:
            raise Refusal(RefusalCode.INVALID_INPUT, f"at most {EXCLUDED_COUNT_MAX} agents", "agentId")
        self.trigger_event(facts.AgentExcluded, timestamp=at, agent_id=agent_id, reason=reason)

    def readmit(self, *, agent_id: UUID, at: datetime) -> None:
        """Let the agent handle them again; who may anyway: no news."""
        reason = self.excluded.get(agent_id)
        if reason is not None:
            self.trigger_event(facts.AgentReadmitted, timestamp=at, agent_id=agent_id, reason=reason)

    def erase(self, *, request_id: UUID, at: datetime) -> None:
        """Forget who they are, once."""
        if not self.erased:
            self.trigger_event(facts.CustomerErased, timestamp=at, request_id=request_id)


def pseudonym(customer_id: UUID) -> str:
    """What somebody is called who gave neither name nor address: `Klant 7F3K`."""
    tail = customer_id.int
    letters = (_PSEUDONYM_LETTERS[(tail >> shift) & 31] for shift in (15, 10, 5, 0))
    return "Klant " + "".join(letters)
