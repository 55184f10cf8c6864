"""Routing at work: histories of files, presences, cases and money, written by its own commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from contracts.stored import CommandContext
from contracts.vocabulary import (
    NAMESPACE,
    BudgetPeriod,
    CaseStatus,
    Channel,
    Presence,
    Refusal,
    WaitingFor,
    id_of,
    system_actor,
)
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sql import statements
from services.routing.commands.apply_configuration import apply_configuration
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.decide_again import decide_again
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.commands.hold_team_money import HoldTeamMoney, hold_team_money
from services.routing.commands.keep_hours import keep_hours
from services.routing.commands.move_case import MoveCase, move_case
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.commands.release_money import ReleaseMoney, release_money
from services.routing.commands.see_case import SeeCase, see_case
from services.routing.commands.set_presence import SetPresence, set_presence
from services.routing.domain.calendar import Calendar
from services.routing.domain.configuration_state import Filed, FiledAgent, FiledTeam
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.grant import Grant
from services.routing.projections import PROJECTIONS
from services.routing.queries.floor import TableFloor
from services.routing.queries.purse import TablePurse
from tests.support.emptied import empty

CALENDAR = Calendar(ZoneInfo("Europe/Amsterdam"))
AGENTS = ("anna", "bram", "cleo")
KINDS = (
    "file",
    "present",
    "case",
    "case",
    "contact",
    "move",
    "again",
    "ask",
    "ask",
    "approve",
    "capture",
    "release",
    "wait",
)


class RoutingHistory:
    """Every step of a history is told by a kind and a number that picks what it is about."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.record = PostgresRecord(pool, None, PROJECTIONS, statements("services.routing.projections"), lambda: None)
        self._floor = TableFloor(pool)
        self._purse = TablePurse(pool)
        self._at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self._numbers = count(1)
        self._cases: list[UUID] = []
        self._gestures: list[UUID] = []

    def now(self) -> datetime:
        """As a clock."""
        return self._at

    def new(self) -> UUID:
        """As a source of ids."""
        return uuid5(NAMESPACE, f"routing history {next(self._numbers)}")

    async def step(self, kind: str, number: int) -> None:
        """Let it happen; what the domain refuses did not happen."""
        self._at += timedelta(minutes=1 + number % 7)
        try:
            await getattr(self, f"_{kind}")(number)
        except Refusal:
            return

    async def _file(self, number: int) -> None:
        """Agents come and go, and their money changes."""
        grants = (
            Grant("EUR", 10_000 + number * 500, BudgetPeriod.WEEK, 5_000),
            Grant("GBP", 2_000, BudgetPeriod.DAY, 900),
        )
        agents = {
            ref: FiledAgent(
                ref=ref, display_name=ref, capacity_units=number % 5, team_ref="care", languages=("nl",) * (at % 2),
                skills=("billing", "vip")[: number % 3], grants=grants[: number % 3],
            )
            for at, ref in enumerate(AGENTS) if (number + at) % 4
        }  # fmt: skip
        teams = {"care": FiledTeam(ref="care", name="Care", grants=grants[: 1 + number % 2])}
        filed = Filed(digest=f"file {self._at}", agents=agents, teams=teams)
        await apply_configuration(filed, record=self.record, clock=self, calendar=CALENDAR)

    async def _present(self, number: int) -> None:
        until = self._at + timedelta(hours=number) if number % 3 else None
        command = SetPresence(self.new(), AGENTS[number % 3], tuple(Presence)[number % len(Presence)], until)
        await set_presence(command, self._by(), record=self.record)

    async def _case(self, number: int) -> None:
        case_id = self.new()
        skills = ("billing",) if number % 2 else ()
        command = SeeCase(
            case_id, id_of("customer", str(number % 4)), Channel.EMAIL, number % 3, self._at, skills=skills
        )
        await see_case(command, self._by(), record=self.record, floor=self._floor)
        self._cases.append(case_id)

    async def _contact(self, number: int) -> None:
        if self._cases:
            ref = AGENTS[number % 3] if number % 2 else None
            command = NoteContact(
                self._one_of(self._cases, number), id_of("customer", str(number % 4)), ref, answer=ref is not None
            )
            await note_contact(command, self._by(), record=self.record, floor=self._floor)

    async def _move(self, number: int) -> None:
        if self._cases:
            status = tuple(CaseStatus)[number % len(CaseStatus)]
            waiting_for = WaitingFor.CUSTOMER if status is CaseStatus.WAITING else None
            command = MoveCase(self._one_of(self._cases, number), status, waiting_for, reopened=number % 5 == 0)
            await move_case(command, self._by(), record=self.record, floor=self._floor)

    async def _again(self, _number: int) -> None:
        await decide_again(record=self.record, floor=self._floor, clock=self, ids=self)

    async def _ask(self, number: int) -> None:
        gesture_id = self.new()
        command = HoldMoney(gesture_id, self.new(), AGENTS[number % 3], 700 * (1 + number % 8), "EUR")
        await hold_money(command, self._by(), record=self.record, calendar=CALENDAR)
        self._gestures.append(gesture_id)

    async def _approve(self, number: int) -> None:
        if self._gestures:
            gesture_id = self._one_of(self._gestures, number)
            command = HoldTeamMoney(gesture_id, self.new(), self.new(), AGENTS[number % 3], "lea", 3_000, "EUR")
            await hold_team_money(command, self._by(), record=self.record, calendar=CALENDAR)

    async def _capture(self, number: int) -> None:
        if self._gestures:
            gesture_id = self._one_of(self._gestures, number)
            money = await self.record.load(GestureMoney, gesture_money_id(gesture_id))
            if money is not None and money.hold_id is not None:
                await capture_money(CaptureMoney(gesture_id, money.hold_id), self._by(), record=self.record)

    async def _release(self, number: int) -> None:
        if self._gestures:
            command = ReleaseMoney(self._one_of(self._gestures, number), "declined")
            await release_money(command, self._by(), record=self.record)

    async def _wait(self, number: int) -> None:
        """Days pass: presences end, and periods of budgets."""
        self._at += timedelta(days=number % 9)
        await keep_hours(
            record=self.record, attendance=self._floor, purse=self._purse, clock=self, ids=self, calendar=CALENDAR
        )

    def _by(self) -> CommandContext:
        command_id = self.new()
        return CommandContext(command_id, system_actor("case"), self._at, command_id)

    @staticmethod
    def _one_of(known: list[UUID], number: int) -> UUID:
        return known[number % len(known)]


@asynccontextmanager
async def routing_history(database: str) -> AsyncIterator[RoutingHistory]:
    """A fresh one in an empty database."""
    pool = await open_pool(database, application_name="history")
    try:
        await migrate(pool, "services.routing.migrations")
        yield RoutingHistory(pool)
    finally:
        await pool.close()


async def emptied(history: RoutingHistory) -> RoutingHistory:
    """The same database with nothing in it, for the next example."""
    await empty(history.pool)
    return RoutingHistory(history.pool)
