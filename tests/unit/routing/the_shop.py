"""A small shop as routing sees it, for tests: agents, a team, cases and gestures, by short names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from contracts.stored import Committed, FactMeta
from contracts.vocabulary import NAMESPACE, BudgetPeriod, CaseStatus, Channel, Presence, WaitingFor, system_actor
from services.routing.commands.apply_configuration import apply_configuration
from services.routing.commands.decide_again import decide_again
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.commands.hold_team_money import HoldTeamMoney, hold_team_money
from services.routing.commands.keep_hours import keep_hours
from services.routing.commands.move_case import MoveCase, move_case
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.commands.see_case import SeeCase, see_case
from services.routing.commands.set_presence import SetPresence, set_presence
from services.routing.domain.agent import Agent, agent_id
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.assignment_facts import CaseDecided
from services.routing.domain.budget import Budget
from services.routing.domain.configuration_state import Filed, FiledAgent, FiledTeam
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.grant import Grant
from services.routing.domain.targets import UNHURRIED, Rules
from services.routing.publish import contract_fact
from tests.support.memory_record import MemoryRecord
from tests.unit.routing.memory_floor import CALENDAR, NOW, IdsInARow, MemoryFloor, SetClock, context

DUE_AFTER = timedelta(hours=3)
EUROS = Grant("EUR", 25_000, BudgetPeriod.WEEK, 5_000)
TEAM_EUROS = Grant("EUR", 100_000, BudgetPeriod.WEEK, 50_000)


def named(name: str) -> UUID:
    return uuid5(NAMESPACE, name)


def filed_agent(ref: str, **fields: Any) -> FiledAgent:
    fields = {"display_name": ref.title(), "capacity_units": 20, "team_ref": "care", "grants": (EUROS,), **fields}
    return FiledAgent(ref=ref, **fields)


def filed(*agents: FiledAgent, digest: str = "first", team: tuple[Grant, ...] = (TEAM_EUROS,)) -> Filed:
    return Filed(
        digest=digest,
        agents={agent.ref: agent for agent in agents},
        teams={"care": FiledTeam(ref="care", name="Customer care", grants=team)},
    )


class Shop:
    """Commands are given under a new key each, unless `key` names one."""

    def __init__(self, rules: Rules = UNHURRIED) -> None:
        self.record = MemoryRecord()
        self.floor = MemoryFloor(self.record, rules)
        self.clock = SetClock(NOW)
        self.ids = IdsInARow()
        self.calendar = CALENDAR
        self._asked = 0
        self._told: dict[UUID, tuple[int, list[Any]]] = {}

    def context(self, key: str | None = None) -> Any:
        self._asked += 1
        return context(key or f"command {self._asked}", self.clock.now())

    async def apply(self, file: Filed) -> int:
        return await apply_configuration(file, record=self.record, clock=self.clock, calendar=self.calendar)

    async def presence(self, ref: str, presence: Presence = Presence.ONLINE, **fields: Any) -> Committed:
        command = SetPresence(request_id=self.ids.new(), agent_ref=ref, presence=presence, **fields)
        return await set_presence(command, self.context(), record=self.record)

    async def open_case(
        self, name: str, *, customer: str = "customer", key: str | None = None, **fields: Any
    ) -> Assignment:
        fields = {"channel": Channel.WHATSAPP, "units": 1, "opened_at": self.clock.now(), **fields}
        fields.setdefault("due_at", fields["opened_at"] + DUE_AFTER)
        command = SeeCase(case_id=named(name), customer_id=named(customer), **fields)
        await see_case(command, self.context(key), record=self.record, floor=self.floor)
        return await self.case(name)

    async def move(
        self, name: str, status: CaseStatus, waiting_for: WaitingFor | None = None, *, reopened: bool = False
    ) -> Assignment:
        command = MoveCase(named(name), status, waiting_for, reopened)
        await move_case(command, self.context(), record=self.record, floor=self.floor)
        return await self.case(name)

    async def contact(
        self, name: str, agent_ref: str | None = None, *, customer: str = "customer", answer: bool = False
    ) -> None:
        command = NoteContact(named(name), named(customer), agent_ref, answer)
        await note_contact(command, self.context(), record=self.record, floor=self.floor)

    async def decide_again(self) -> int:
        return await decide_again(record=self.record, floor=self.floor, clock=self.clock, ids=self.ids)

    async def keep_hours(self) -> Any:
        return await keep_hours(
            record=self.record,
            attendance=self.floor,
            purse=self.floor,
            clock=self.clock,
            ids=self.ids,
            calendar=self.calendar,
        )

    async def case(self, name: str) -> Assignment:
        found = await self.record.load(Assignment, assignment_id(named(name)))
        assert found is not None
        return found

    async def agent(self, ref: str) -> Agent:
        found = await self.record.load(Agent, agent_id(ref))
        assert found is not None
        return found

    def decisions(self, name: str) -> list[CaseDecided]:
        return [fact for fact in self.record.facts[assignment_id(named(name))] if isinstance(fact, CaseDecided)]

    async def ask(
        self, name: str, amount: int, *, ref: str = "anna", currency: str = "EUR", key: str | None = None
    ) -> Committed:
        command = HoldMoney(named(name), named("case"), ref, amount, currency)
        return await hold_money(command, self.context(key), record=self.record, calendar=self.calendar)

    async def approve(
        self, name: str, amount: int, *, ref: str = "anna", by: str = "lena", approval: str = "approval"
    ) -> Committed:
        command = HoldTeamMoney(named(name), named("case"), named(approval), ref, by, amount, "EUR")
        return await hold_team_money(command, self.context(), record=self.record, calendar=self.calendar)

    async def money(self, name: str) -> GestureMoney:
        found = await self.record.load(GestureMoney, gesture_money_id(named(name)))
        assert found is not None
        return found

    def accounts(self, owner_ref: str) -> list[Budget]:
        return [one for one in self.floor.all_of(Budget) if one.standing.owner_ref == owner_ref]

    async def account(self, owner_ref: str = "anna") -> Budget:
        """The owner's account of the latest period."""
        return max(self.accounts(owner_ref), key=lambda one: one.standing.period_start)

    def told(self, stream_id: UUID | None = None) -> list[Any]:
        """What other services hear: subjects and messages, stream by stream, or of one stream."""
        streams = self.record.facts if stream_id is None else (stream_id,)
        return [message for each in streams for message in self._told_of(each)]

    def _told_of(self, stream_id: UUID) -> list[Any]:
        """The same of one stream. Asked after every step of a history: each fact becomes a message once."""
        facts = self.record.facts[stream_id]
        count, messages = self._told.setdefault(stream_id, (0, []))
        new = (contract_fact(fact, meta_of(fact)) for fact in facts[count:])
        messages.extend([message for message in new if message is not None])
        self._told[stream_id] = len(facts), messages
        return messages


def meta_of(fact: Any) -> FactMeta:
    """What the store would know of a fact."""
    return FactMeta(
        stream_id=fact.originator_id,
        version=fact.originator_version,
        event_id=named(f"{fact.originator_id} {fact.originator_version}"),
        topic=fact.TOPIC,
        recorded_at=fact.timestamp,
        actor=system_actor("test"),
        correlation_id=fact.originator_id,
        causation_id=None,
    )


async def a_shop(*agents: FiledAgent) -> Shop:
    """A shop with those agents configured; nobody is there yet."""
    shop = Shop()
    await shop.apply(filed(*(agents or (filed_agent("anna"), filed_agent("bram")))))
    return shop
