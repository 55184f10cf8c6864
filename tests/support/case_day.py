"""A day at the desk of the case record: cases change hands, wait and go on; promises are made; matters are settled."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from contracts.vocabulary import ClockKind, GestureKind, Priority, Visibility, WaitingFor, id_of
from services.case.commands.break_commitment import BreakCommitment, break_commitment
from services.case.commands.claim_case import ClaimCase, claim_case
from services.case.commands.end_wait import EndWait, end_wait
from services.case.commands.keep_commitment import KeepCommitment, keep_commitment
from services.case.commands.make_commitment import MakeCommitment, make_commitment
from services.case.commands.notice_clock import NoticeClock, notice_clock
from services.case.commands.reopen_case import ReopenCase, reopen_case
from services.case.commands.set_priority import SetPriority, set_priority
from services.case.commands.set_tags import SetTags, set_tags
from services.case.commands.settle_case import SettleCase, SettlingGesture, settle_case
from services.case.commands.transfer_case import TransferCase, transfer_case
from services.case.commands.wait_case import WaitCase, wait_case
from services.case.commands.withdraw_commitment import WithdrawCommitment, withdraw_commitment
from services.case.domain.case import Case
from tests.support.case_desk import CASE, CaseDesk

DAY_KINDS = (
    *("transfer", "claim", "wait", "end_wait", "reopen", "rank", "tag"),
    *("watch", "promise", "keep", "withdraw", "due", "settle", "settle_free"),
)


class CaseDay(CaseDesk):
    """Steps of a history, each told by a number that picks what it is about."""

    async def pending_transfer(self, case_id: UUID) -> UUID:
        """What a person asked of routing in a case and has no answer to, else a new id."""
        case = await self.record.load(Case, case_id)
        return next(iter(case.transfers), self._new()) if case is not None else self._new()

    async def _transfer(self, number: int) -> None:
        if case_id := await self._case(number):
            to = ({"agent_id": id_of("agent", "bob")}, {"reroute": True})[number % 2]
            command = TransferCase(case_id, self._new(), f"Ask {number}", **to)
            await transfer_case(command, self._by(), record=self.record, directory=self._directory)

    async def _claim(self, number: int) -> None:
        if case_id := await self._case(number):
            command = ClaimCase(case_id, self._new())
            await claim_case(command, self._by(), record=self.record, directory=self._directory)

    async def _wait(self, number: int) -> None:
        if case_id := await self._case(number):
            until = self.at + timedelta(minutes=number + 1)
            command = WaitCase(case_id, tuple(WaitingFor)[number % 5], self._new(), until, f"Waits, {number}")
            await wait_case(command, self._by(), record=self.record)

    async def _end_wait(self, number: int) -> None:
        if case_id := await self._case(number):
            await end_wait(EndWait(case_id), self._by(CASE), record=self.record)

    async def _reopen(self, number: int) -> None:
        if case_id := await self._case(number):
            await reopen_case(ReopenCase(case_id, f"Too soon, {number}"), self._by(), record=self.record)

    async def _rank(self, number: int) -> None:
        if case_id := await self._case(number):
            command = SetPriority(case_id, tuple(Priority)[number % 4], f"Medicine {number}")
            await set_priority(command, self._by(), record=self.record)

    async def _tag(self, number: int) -> None:
        if case_id := await self._case(number):
            await set_tags(
                SetTags(case_id, (f"t{number % 4}",), (f"t{number % 3 + 5}",)), self._by(), record=self.record
            )

    async def _watch(self, number: int) -> None:
        del number
        for row in await self.pool.fetch("SELECT case_id, kind, clock_of FROM clocks ORDER BY 1, 2, 3"):
            await notice_clock(NoticeClock(row[0], ClockKind(row[1]), row[2]), self._by(CASE), record=self.record)

    async def _promise(self, number: int) -> None:
        if case_id := await self._case(number):
            due_at = self.at + timedelta(minutes=number + 1)
            command = MakeCommitment(case_id, self._new(), f"A call, {number}", due_at)
            await make_commitment(command, self._by(), record=self.record)

    async def _promised(self, number: int) -> UUID | None:
        found: UUID | None = await self._one_of(
            "SELECT entry_id FROM timeline WHERE kind = 'COMMITMENT' ORDER BY 1", number
        )
        return found

    async def _keep(self, number: int) -> None:
        if commitment_id := await self._promised(number):
            command = KeepCommitment(commitment_id)
            await keep_commitment(command, self._by(), record=self.record, directory=self._directory)

    async def _withdraw(self, number: int) -> None:
        if commitment_id := await self._promised(number):
            command = WithdrawCommitment(commitment_id, f"Not so, {number}")
            await withdraw_commitment(command, self._by(), record=self.record, directory=self._directory)

    async def _due(self, number: int) -> None:
        if commitment_id := await self._promised(number):
            command = BreakCommitment(commitment_id)
            await break_commitment(command, self._by(CASE), record=self.record, directory=self._directory)

    async def _settle(self, number: int) -> None:
        gesture = SettlingGesture(self._new(), GestureKind.VOUCHER, 1000, "EUR", "damaged", None)
        await self._settled(number, gesture)

    async def _settle_free(self, number: int) -> None:
        await self._settled(number, None)

    async def _settled(self, number: int, gesture: SettlingGesture | None) -> None:
        if case_id := await self._case(number):
            words = (f"You get it back, {number}.", Visibility.PRIVATE)
            command = SettleCase(case_id, self._new(), self._new(), *words, gesture=gesture)
            await settle_case(command, self._by(), record=self.record, directory=self._directory, policy=self._policy)
