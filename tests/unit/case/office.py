"""A world with agents whom routing told of, and everything that people do with cases beside answering."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from contracts.stored import Committed
from contracts.vocabulary import (
    Actor,
    AgentKind,
    AssignmentReason,
    GestureKind,
    Presence,
    Priority,
    RefusalCode,
    RoutingTier,
    Visibility,
    WaitingFor,
    id_of,
    system_actor,
)
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.break_commitment import BreakCommitment, break_commitment
from services.case.commands.claim_case import ClaimCase, claim_case
from services.case.commands.decline_gesture import DeclineGesture, decline_gesture
from services.case.commands.end_wait import EndWait, end_wait
from services.case.commands.keep_commitment import KeepCommitment, keep_commitment
from services.case.commands.make_commitment import MakeCommitment, make_commitment
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.refuse_gesture import RefuseGesture, refuse_gesture
from services.case.commands.reopen_case import ReopenCase, reopen_case
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.commands.set_priority import SetPriority, set_priority
from services.case.commands.set_tags import SetTags, set_tags
from services.case.commands.settle_case import SettleCase, SettlingGesture, settle_case
from services.case.commands.transfer_case import TransferCase, transfer_case
from services.case.commands.wait_case import WaitCase, wait_case
from services.case.commands.withdraw_commitment import WithdrawCommitment, withdraw_commitment
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case import Case
from services.case.domain.known_agent_facts import AgentCard
from tests.unit.case.world import ANNA, LEA, World

ROUTING = system_actor("routing")
ANNA_ID, BOB_ID, GONE_ID = id_of("agent", "anna"), id_of("agent", "bob"), id_of("agent", "gone")
CARE, PRESS = id_of("team", "care"), id_of("team", "press")


class Office(World):
    """Anna and bob are with us, "gone" is not any more; anna has euros."""

    @classmethod
    async def furnished(cls) -> Self:
        office = cls()
        await office.furnish()
        return office

    async def furnish(self) -> None:
        self.directory.budgets = {("anna", "EUR")}
        for ref, active in (("anna", True), ("bob", True), ("gone", False)):
            card = AgentCard(ref, AgentKind.PERSON, Presence.ONLINE, 20, 0, active)
            told = NoteAgent(id_of("agent", ref), card, ref.title())
            await note_agent(told, self.by(ROUTING), record=self.record)

    def count(self, kind: type[Any]) -> int:
        return sum(isinstance(fact, kind) for fact in self.record.all_facts())

    # -- who has it

    async def transfer(self, case: Case, *, by: Actor = ANNA, how: Any = None, **to: Any) -> UUID:
        command = TransferCase(case.id, self.new_id(), to.pop("reason", "because"), **to)
        await transfer_case(command, how or self.by(by), record=self.record, directory=self.directory)
        return command.transfer_id

    async def claim(self, case: Case, *, by: Actor = ANNA, how: Any = None) -> Committed:
        command, context = ClaimCase(case.id, self.new_id()), how or self.by(by)
        return await claim_case(command, context, record=self.record, directory=self.directory)

    async def routed(self, case: Case, agent_id: UUID | None, decision_id: UUID | None = None) -> None:
        tier = None if agent_id is None else RoutingTier.LEAST_LOADED
        reason = AssignmentReason.LEAST_LOADED if agent_id else AssignmentReason.NOBODY_AVAILABLE
        decision = RoutedDecision(decision_id or self.new_id(), reason, "1", self.at, agent_id, tier)
        await assign_case(AssignCase(case.id, decision), self.by(ROUTING), record=self.record)

    # -- what it waits for, how soon it is

    async def wait(
        self, case: Case, waiting_for: WaitingFor, *, by: Actor = ANNA, how: Any = None, **given: Any
    ) -> None:
        command = WaitCase(case.id, waiting_for, self.new_id(), **given)
        await wait_case(command, how or self.by(by), record=self.record)

    async def end_wait(self, case: Case) -> None:
        await end_wait(EndWait(case.id), self.by(system_actor("case")), record=self.record)

    async def resolve(self, case: Case, *, by: Actor = ANNA) -> None:
        await resolve_case(ResolveCase(case.id), self.by(by), record=self.record, policy=self.policy)

    async def reopen(self, case: Case, *, by: Actor = ANNA, how: Any = None, reason: str | None = None) -> None:
        await reopen_case(ReopenCase(case.id, reason), how or self.by(by), record=self.record)

    async def rank(
        self, case: Case, priority: Priority, *, by: Actor = ANNA, how: Any = None, reason: str = "so"
    ) -> None:
        await set_priority(SetPriority(case.id, priority, reason), how or self.by(by), record=self.record)

    async def tag(self, case: Case, *add: str, remove: tuple[str, ...] = (), by: Actor = ANNA, how: Any = None) -> None:
        await set_tags(SetTags(case.id, add, remove), how or self.by(by), record=self.record)

    # -- promises

    async def promise(self, case: Case, *, hours: float = 2, by: Actor = ANNA, how: Any = None, **given: Any) -> UUID:
        given = {"text": "I call you", "due_at": self.at + timedelta(hours=hours), **given}
        command = MakeCommitment(case.id, self.new_id(), **given)
        await make_commitment(command, how or self.by(by), record=self.record)
        return command.commitment_id

    async def keep(self, commitment_id: UUID, *, by: Actor = ANNA, how: Any = None) -> None:
        command = KeepCommitment(commitment_id)
        await keep_commitment(command, how or self.by(by), record=self.record, directory=self.directory)

    async def withdraw(self, commitment_id: UUID, *, by: Actor = ANNA, how: Any = None, reason: str = "sorry") -> None:
        command = WithdrawCommitment(commitment_id, reason)
        await withdraw_commitment(command, how or self.by(by), record=self.record, directory=self.directory)

    async def come_due(self, commitment_id: UUID, how: Any = None) -> None:
        command = BreakCommitment(commitment_id)
        how = how or self.by(system_actor("case"))
        await break_commitment(command, how, record=self.record, directory=self.directory)

    # -- settling

    async def settle(
        self, case: Case, amount_minor: int | None = None, *, by: Actor = ANNA, how: Any = None, **given: Any
    ) -> SettleCase:
        gesture = None
        if amount_minor is not None:
            reference = given.pop("reference", {"kind": "ORDER", "value": "7"})
            currency, reason = given.pop("currency", "EUR"), given.pop("reason", "damaged")
            gesture = SettlingGesture(self.new_id(), GestureKind.REFUND, amount_minor, currency, reason, reference)
        given = {"text": "You get it back.", "visibility": Visibility.PRIVATE, **given}
        command = SettleCase(case.id, self.new_id(), self.new_id(), gesture=gesture, **given)
        how = how or self.by(by)
        await settle_case(command, how, record=self.record, directory=self.directory, policy=self.policy)
        return command

    async def held(self, case: Case, gesture_id: UUID) -> None:
        command = RecordHold(case.id, gesture_id, UUID(int=900), UUID(int=901), 1250)
        await record_hold(command, self.by(ROUTING), record=self.record, policy=self.policy)

    async def above(self, case: Case, gesture_id: UUID) -> None:
        await await_approval(AwaitApproval(case.id, gesture_id), self.by(ROUTING), record=self.record)

    async def decline(self, gesture_id: UUID) -> None:
        command = DeclineGesture(gesture_id, "offer less")
        await decline_gesture(command, self.by(LEA), record=self.record, directory=self.directory)

    async def refuse(self, case: Case, gesture_id: UUID) -> None:
        command = RefuseGesture(case.id, gesture_id, RefusalCode.BUDGET_CLOSED)
        await refuse_gesture(command, self.by(ROUTING), record=self.record)

    async def now(self, case: Case) -> Case:
        return await self.case(case.id)


def in_hours(office: Office, hours: float) -> datetime:
    return office.at + timedelta(hours=hours)
