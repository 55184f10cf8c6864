"""An office whose cases have clocks, by targets that a test says in minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.stored import Committed
from contracts.targets import ServiceLevels, Target
from contracts.vocabulary import ClockKind, DeliveryStatus, system_actor
from services.case.commands.keeping_clocks import ClockedRecord
from services.case.commands.notice_clock import NoticeClock, notice_clock
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.case import Case
from services.case.domain.case_clocks import CaseClocks, clocks_id
from services.case.domain.clock import CaseClock
from services.case.domain.policy import CasePolicy
from tests.support.memory_record import MemoryRecord
from tests.unit.case.office import Office

TARGET = Target(acknowledge_min=30, first_answer_min=120, next_answer_min=60, resolve_min=600)


class ClockedOffice(Office):
    """`kept`: the record beneath, with all facts."""

    kept: MemoryRecord
    record: Any

    @classmethod
    async def agreed(cls, *targets: Target, **levels: Any) -> ClockedOffice:
        office = cls()
        await office.furnish()
        found = ServiceLevels(targets=targets or (TARGET,), **levels)
        office.policy = CasePolicy(levels=found)
        office.kept = office.record
        office.record = ClockedRecord(office.record, office.directory, found)
        return office

    def count(self, kind: type[Any]) -> int:
        return sum(isinstance(fact, kind) for fact in self.kept.all_facts())

    async def clocks(self, case: Case) -> dict[ClockKind, CaseClock]:
        """The latest of each kind."""
        stream = await self.kept.load(CaseClocks, clocks_id(case.id))
        assert stream is not None
        return {clock.kind: clock for clock in sorted(stream.clocks.values(), key=lambda clock: clock.started_at)}

    async def states(self, case: Case) -> dict[str, str]:
        return {kind.value: clock.state.value for kind, clock in (await self.clocks(case)).items()}

    async def due(self, case: Case) -> datetime | None:
        stream = await self.kept.load(CaseClocks, clocks_id(case.id))
        assert stream is not None
        return stream.due_at

    async def reply(self, case: Case, text: str = "Hello", **given: Any) -> UUID:
        command = RequestReply(case.id, self.new_id(), text, **given)
        await request_reply(command, self.by(), record=self.record, policy=self.policy)
        return command.contact_id

    async def delivery(self, case: Case, contact_id: UUID, status: DeliveryStatus) -> None:
        command = RecordDelivery(case.id, contact_id, status, self.at)
        await record_delivery(command, self.by(system_actor("channels")), record=self.record)

    async def taken_back(self, contact_id: UUID) -> None:
        command = RemoveContact(contact_id, self.at)
        await remove_contact(command, self.told(), record=self.record, directory=self.directory)

    async def notice(self, case: Case, clock: CaseClock) -> Committed:
        command = NoticeClock(case.id, clock.kind, clock.of)
        return await notice_clock(command, self.by(system_actor("case")), record=self.record)


def minutes(office: Office, amount: float) -> datetime:
    return office.at + timedelta(minutes=amount)
