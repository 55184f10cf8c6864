"""A router on real tables, for tests: its own record, locks and all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.stored import CommandContext
from contracts.vocabulary import (
    BudgetPeriod,
    CaseStatus,
    Channel,
    Presence,
    WaitingFor,
    system_actor,
)
from infra.clock import SystemIds
from infra.event_store import PostgresRecord
from infra.postgres import Pool
from infra.sql import statements
from services.routing.commands.answer_offer import AnswerOffer, answer_offer
from services.routing.commands.apply_configuration import apply_configuration
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.commands.move_case import MoveCase, move_case
from services.routing.commands.see_case import SeeCase, see_case
from services.routing.commands.set_presence import SetPresence, set_presence
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.calendar import Calendar
from services.routing.domain.configuration_state import Filed, FiledAgent, FiledTeam
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.grant import Grant
from services.routing.domain.offer import Offer
from services.routing.projections import floor as floor_rows
from services.routing.projections import purse as purse_rows
from services.routing.queries.floor import TableFloor
from services.routing.queries.purse import TablePurse

ZONE = ZoneInfo("Europe/Amsterdam")
CALENDAR = Calendar(ZONE)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
EUROS = Grant("EUR", 25_000, BudgetPeriod.WEEK, 5_000)
IDS = SystemIds()


@dataclass
class SetClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


class Router:
    """One router's own record, locks and all, on a database it may share with another's."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        sql = statements("services.routing.projections")
        self.record = PostgresRecord(pool, None, (floor_rows.rows, purse_rows.rows), sql, lambda: None)
        self.floor = TableFloor(pool)
        self.purse = TablePurse(pool)
        self.clock = SetClock()

    def context(self) -> CommandContext:
        key = IDS.new()
        return CommandContext(command_id=key, actor=system_actor("test"), at=self.clock.now(), correlation_id=key)

    async def apply(self, *agents: FiledAgent, digest: str = "first") -> None:
        file = Filed(
            digest=digest,
            agents={agent.ref: agent for agent in agents},
            teams={"care": FiledTeam(ref="care", name="Care", grants=(EUROS,))},
        )
        await apply_configuration(file, record=self.record, clock=self.clock, calendar=CALENDAR)

    async def online(self, *refs: str, **fields: Any) -> None:
        for ref in refs:
            command = SetPresence(request_id=IDS.new(), agent_ref=ref, presence=Presence.ONLINE, **fields)
            await set_presence(command, self.context(), record=self.record)

    async def away(self, ref: str, *, hand_over: bool = False) -> None:
        command = SetPresence(IDS.new(), ref, Presence.OFFLINE, hand_over=hand_over)
        await set_presence(command, self.context(), record=self.record)

    async def offer(self, case_id: UUID) -> Offer | None:
        case = await self.record.load(Assignment, assignment_id(case_id))
        assert case is not None
        return case.offer

    async def answer(self, case_id: UUID, offer: Offer) -> None:
        command = AnswerOffer(case_id, offer.offer_id, IDS.new(), offer.agent_id, self.clock.now())
        await answer_offer(command, self.context(), record=self.record, floor=self.floor)

    async def open_case(self, customer_id: UUID | None = None, **fields: Any) -> UUID:
        case_id = IDS.new()
        fields = {"channel": Channel.EMAIL, "units": 1, "opened_at": self.clock.now(), **fields}
        fields.setdefault("due_at", fields["opened_at"] + timedelta(hours=3))
        command = SeeCase(case_id=case_id, customer_id=customer_id or IDS.new(), **fields)
        await see_case(command, self.context(), record=self.record, floor=self.floor)
        return case_id

    async def move(self, case_id: UUID, status: CaseStatus, waiting_for: WaitingFor | None = None) -> None:
        await move_case(MoveCase(case_id, status, waiting_for), self.context(), record=self.record, floor=self.floor)

    async def assignee(self, case_id: UUID) -> UUID | None:
        case = await self.record.load(Assignment, assignment_id(case_id))
        assert case is not None
        return case.agent_id

    async def ask(self, amount: int, ref: str = "anna") -> GestureMoney:
        gesture_id = IDS.new()
        command = HoldMoney(gesture_id, IDS.new(), ref, amount, "EUR")
        await hold_money(command, self.context(), record=self.record, calendar=CALENDAR)
        money = await self.record.load(GestureMoney, gesture_money_id(gesture_id))
        assert money is not None
        return money

    async def balance(self, ref: str) -> tuple[int, int, int]:
        row = await self.pool.fetchrow(
            "SELECT granted_minor, reserved_minor, spent_minor FROM budget_balances WHERE owner_ref = $1 AND open", ref
        )
        assert row is not None
        return tuple(row)


def filed(ref: str, **fields: Any) -> FiledAgent:
    fields = {"display_name": ref, "capacity_units": 20, "team_ref": "care", "grants": (EUROS,), **fields}
    return FiledAgent(ref=ref, **fields)
