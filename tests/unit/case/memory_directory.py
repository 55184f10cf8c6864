"""The directory of the case service, derived from the facts of a `MemoryRecord`: what the read tables would say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import AttachmentState, Direction, HandleKind, Visibility, id_of
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.customer_facts import HandleAdded, RestrictionPlaced
from services.case.domain.first_message import KnownAccount
from services.case.domain.identity import Holding, is_assured
from services.case.domain.mention import Mention
from services.case.domain.merge_facts import CustomerMerged
from services.case.domain.publication import Publication, PublicationAbove
from services.case.domain.reopening import KnownCase, KnownContact
from services.case.domain.upload import Upload
from tests.support.memory_record import MemoryRecord


class MemoryDirectory:
    """`budgets`: who has one in which currency; `teams`: the refs there are; `duos`: of customers."""

    def __init__(self, record: MemoryRecord) -> None:
        self._record = record
        self.budgets: set[tuple[str, str]] = set()
        self.teams = {"care", "press"}
        self.accounts: dict[UUID, KnownAccount] = {}
        self.duos: dict[UUID, frozenset[UUID]] = {}
        self.team_by_agent: dict[UUID, str] = {}
        self._numbers = 100_000

    def cases(self) -> list[Case]:
        return [stream for stream in self._streams() if isinstance(stream, Case)]

    def customers(self) -> list[Customer]:
        return [stream for stream in self._streams() if isinstance(stream, Customer)]

    async def holders(self, handles: Sequence[tuple[HandleKind, str]]) -> Sequence[Holding]:
        holdings = [
            Holding(customer.id, fact.handle_id, fact.kind, fact.value or "", handle.assurance, fact.timestamp)
            for customer in self.customers()
            for fact in self._record.facts[customer.id]
            if isinstance(fact, HandleAdded)
            for handle in [customer.handles.get(fact.handle_id)]
            if handle is not None and (fact.kind, fact.value) in handles
        ]
        return sorted(holdings, key=lambda held: (not is_assured(held.assurance), held.added_at, held.handle_id))

    async def cases_of_customer(self, customer_id: UUID) -> Sequence[KnownCase]:
        known = [case.known() for case in self.cases() if case.customer_id == customer_id and not case.erased]
        return sorted(known, key=lambda case: (case.last_contact_at, case.case_id), reverse=True)[:50]

    async def find_contact(self, contact_id: UUID) -> KnownContact | None:
        for case in self.cases():
            if contact_id in case.contacts:
                return KnownContact(contact_id=contact_id, case_id=case.id)
        return None

    async def publication_above(self, said_id: UUID) -> PublicationAbove | None:
        said: UUID | None = said_id
        while said is not None:
            found = next((each for each in self._streams() if getattr(each, "id", None) == said), None)
            if isinstance(found, Publication):
                return PublicationAbove(itself=said == said_id, asks=found.asks_community)
            answering = [case.attached[said].in_reply_to for case in self.cases() if said in case.attached]
            said = found.in_reply_to if isinstance(found, Mention) else next(iter(answering), None)
        return None

    async def has_stream(self, stream_id: UUID) -> bool:
        return bool(self._record.facts.get(stream_id))

    async def case_of_entry(self, entry_id: UUID) -> UUID | None:
        return next((case.id for case in self.cases() if entry_id in case.said.by_entry), None)

    async def customer_of_note(self, entry_id: UUID) -> UUID | None:
        known = (each for each in self.customers() if entry_id in each.noted or entry_id in each.redacted)
        return next((each.id for each in known), None)

    async def has_budget(self, agent_ref: str, currency: str, at: datetime) -> bool:
        return (agent_ref, currency) in self.budgets

    async def duo_of(self, customer_id: UUID) -> frozenset[UUID]:
        return self.duos.get(customer_id, frozenset())

    async def keeps_out(self, customer_id: UUID, agent_id: UUID) -> bool:
        """Merges are the tables' business."""
        return any(agent_id in customer.excluded for customer in self.customers() if customer.id == customer_id)

    async def payout_of_hold(self, hold_id: UUID) -> tuple[UUID, UUID] | None:
        for case in self.cases():
            for gesture in case.gestures.values():
                if gesture.payout is not None and gesture.payout.hold_id == hold_id:
                    return case.id, gesture.gesture_id
        return None

    async def team_of_agent(self, agent_id: UUID) -> str | None:
        return self.team_by_agent.get(agent_id)

    async def team_ref(self, team_id: UUID) -> str | None:
        return next((ref for ref in self.teams if id_of("team", ref) == team_id), None)

    async def customers_of_merge(self, merge_id: UUID) -> tuple[UUID, UUID] | None:
        merged = (fact for fact in self._record.all_facts() if isinstance(fact, CustomerMerged))
        return next(((fact.originator_id, fact.target_id) for fact in merged if fact.merge_id == merge_id), None)

    async def customer_of_handle(self, handle_id: UUID) -> UUID | None:
        return next((customer.id for customer in self.customers() if handle_id in customer.handles), None)

    async def levels_below(self, customer_id: UUID) -> int:
        """Merges are the tables' business."""
        members = [each.id for each in self.customers() if each.organisation_id == customer_id]
        return max([1 + await self.levels_below(each) for each in members], default=0)

    async def customer_of_restriction(self, restriction_id: UUID) -> UUID | None:
        placed = (fact for fact in self._record.all_facts() if isinstance(fact, RestrictionPlaced))
        return next((fact.originator_id for fact in placed if fact.restriction_id == restriction_id), None)

    async def find_account(self, account_id: UUID) -> KnownAccount | None:
        return self.accounts.get(account_id)

    async def last_wrote_at(self, account: KnownAccount, handle_id: UUID) -> datetime | None:
        wrote = [
            contact.occurred_at
            for case in self.cases()
            for contact in case.contacts.values()
            if (contact.channel, contact.account) == (account.channel, account.account)
            and (contact.handle_id, contact.direction) == (handle_id, Direction.INBOUND)
            and contact.visibility is Visibility.PRIVATE
        ]
        return max(wrote, default=None)

    async def open_uploads(self, case_id: UUID) -> int:
        uploads = [stream for stream in self._streams() if isinstance(stream, Upload)]
        open_now = {AttachmentState.PENDING, AttachmentState.READY, AttachmentState.QUARANTINED}
        return sum(each.case_id == case_id and each.contact_id is None and each.state in open_now for each in uploads)

    async def next_case_number(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def _streams(self) -> list[object]:
        streams = []
        for facts in self._record.facts.values():
            stream = None
            for fact in facts:
                stream = fact.mutate(stream)
            streams.append(stream)
        return streams
