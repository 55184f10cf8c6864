"""A desk of the case record: who works there, what they may spend, and customers who are restricted or forgotten."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from contracts.stored import CommandContext, Row, SealingScope, Work
from contracts.targets import ServiceLevels, Target
from contracts.vocabulary import (
    NAMESPACE,
    Actor,
    ActorKind,
    AgentKind,
    BudgetOwnerKind,
    BudgetPeriod,
    Presence,
    Role,
    id_of,
    system_actor,
)
from infra.event_store import PostgresRecord
from infra.postgres import Pool
from infra.sealing import KeyRing
from infra.sequencer import Sequencer
from infra.sql import statements
from services.case.app import STATEMENTS
from services.case.commands.approve_erasure import ApproveErasure, approve_erasure
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.commands.erase_customer import EraseCustomer, erase_customer
from services.case.commands.expire_case_content import ExpireCaseContent, expire_case_content
from services.case.commands.keeping_clocks import ClockedRecord
from services.case.commands.lift_restriction import LiftRestriction, lift_restriction
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.commands.note_budget import NoteBudget, note_budget
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.record_token import RecordToken, record_token
from services.case.commands.redact_entry import RedactEntry, redact_entry
from services.case.commands.request_erasure import RequestErasure, request_erasure
from services.case.domain.erasure_words import ErasureGround, RestrictionKind
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.known_budget_facts import BudgetStanding
from services.case.domain.policy import CasePolicy
from services.case.projections import PROJECTIONS
from services.case.queries.directory import PostgresDirectory

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Actor(ActorKind.AGENT, "anna", Role.AGENT)
LEA = Actor(ActorKind.STAFF, "lea", Role.LEAD)
PAM = Actor(ActorKind.STAFF, "pam", Role.PRIVACY)
PIM = Actor(ActorKind.STAFF, "pim", Role.PRIVACY)
CASE = system_actor("case")
ROUTING = system_actor("routing")
CHANNELS = system_actor("channels")
KEK = bytes(range(32))
TARGETS = (
    Target(acknowledge_min=2, first_answer_min=7, next_answer_min=5, resolve_min=20),
    Target(team="sales", acknowledge_min=0, first_answer_min=3),
    Target(priority_word="urgent", resolve_min=9),
)
"""In the minutes in which a history goes on, so that clocks run out."""


class CaseDesk:
    """A record with its tables, what routing tells it, and what becomes of its customers."""

    def __init__(self, pool: Pool, keys: KeyRing) -> None:
        self.pool = pool
        self.keys = keys
        kept = PostgresRecord(pool, keys, PROJECTIONS, statements(*STATEMENTS), lambda: None)
        self.at = AT
        self._sequencer = Sequencer(pool, asyncio.Event(), lambda _position: None)
        self._directory = PostgresDirectory(pool)
        self._policy = CasePolicy(levels=ServiceLevels(targets=TARGETS))
        self.record = ClockedRecord(kept, self._directory, self._policy.levels)
        self._numbers = count(1)

    async def sequence(self) -> None:
        """Give everything its position."""
        await self._sequencer.catch_up()

    async def forget(self, number: int) -> None:
        """Destroy the keys of one of the customers there are."""
        if customer_id := await self._customer(number):
            await self.keys.destroy_subject(customer_id, self.at)

    async def _move(self, number: int) -> None:
        await self._agent(("anna", "bob")[number % 2], ("care", "sales", None)[number % 3])

    async def _agent(self, ref: str, team: str | None) -> None:
        card = AgentCard(ref, AgentKind.PERSON, Presence.ONLINE, 20, 0, True, team, ("nl",), ())
        await note_agent(NoteAgent(id_of("agent", ref), card, ref.title()), self._by(ROUTING), record=self.record)

    async def _budget(self, spent: int, gesture_id: UUID | None) -> None:
        standing = BudgetStanding(
            owner_kind=BudgetOwnerKind.AGENT,
            owner_id=id_of("agent", "anna"),
            currency="EUR",
            period=BudgetPeriod.WEEK,
            period_start=AT,
            period_end=AT + timedelta(days=7),
            granted_minor=25000,
            reserved_minor=0,
            spent_minor=spent,
            item_limit_minor=5000,
            open=True,
        )
        command = NoteBudget(id_of("budget", "a"), standing, gesture_id)
        await note_budget(command, self._by(ROUTING), record=self.record)

    async def _restrict(self, number: int) -> None:
        if customer_id := await self._customer(number):
            kind = tuple(RestrictionKind)[number % len(RestrictionKind)]
            command = PlaceRestriction(self._new(), customer_id, kind, f"asked, {number}")
            await place_restriction(command, self._by(PAM), record=self.record)

    async def _lift(self, number: int) -> None:
        restriction_id = await self._one_of("SELECT restriction_id FROM restrictions ORDER BY 1", number)
        if restriction_id is not None:
            command = LiftRestriction(restriction_id, "settled")
            await lift_restriction(command, self._by(PAM), record=self.record, directory=self._directory)

    async def _erase(self, number: int) -> None:
        """Asked by one, approved by another, carried out: the streams are closed and the keys are destroyed."""
        if customer_id := await self._customer(number):
            request_id = self._new()
            request = RequestErasure(request_id, customer_id, ErasureGround.OBJECTION, f"by mail, {number}")
            await request_erasure(request, self._by(PAM), record=self.record)
            await approve_erasure(ApproveErasure(request_id), self._by(PIM), record=self.record)
            await erase_customer(EraseCustomer(request_id), self._by(CASE), record=self.record)
            for row in await self.pool.fetch("SELECT case_id FROM cases WHERE customer_id = $1", customer_id):
                command = EraseCaseContent(row["case_id"], request_id)
                await erase_case_content(command, self._by(CASE), record=self.record)
            await self.keys.destroy_subject(customer_id, self.at)

    async def _redact(self, number: int) -> None:
        """What stands in one entry is withheld; copies elsewhere are others' business."""
        sql = "SELECT entry_id FROM timeline WHERE kind IN ('CONTACT', 'NOTE', 'GESTURE') ORDER BY 1"
        entry_id = await self._one_of(sql, number)
        if entry_id is not None:
            command = RedactEntry(self._new(), entry_id, f"a card number, {number}")
            await redact_entry(command, self._by(PAM), record=self.record, directory=self._directory)

    async def _expire(self, number: int) -> None:
        """A case was kept long enough, should it be resolved: its words are withheld, its key is destroyed."""
        if case_id := await self._case(number):
            command = ExpireCaseContent(case_id, self.at)
            done = await expire_case_content(command, self._by(CASE), record=self.record)
            if done.outcome["expired"]:
                sql = "SELECT customer_id FROM cases WHERE case_id = $1"
                scope = SealingScope(await self.pool.fetchval(sql, case_id), case_id)
                await self.keys.destroy_scope(scope, self.at)

    async def _own(self, number: int) -> None:
        if customer_id := await self._customer(number):
            await self._show(Row("set_duo", (customer_id, id_of("agent", "anna"), id_of("agent", "bob"))))

    async def _token(self, number: int) -> None:
        role, ref = (Role.LEAD, Role.AUDITOR, Role.ADMIN)[number % 3], ("lea", "ada")[number % 2]
        command = RecordToken(self._new(), role, ref, f"{ref} {number}", self.at + timedelta(hours=8))
        await record_token(command, self._by(system_actor("console")), record=self.record)

    def _new(self) -> UUID:
        return uuid5(NAMESPACE, f"history {next(self._numbers)}")

    def _by(self, actor: Actor = ANNA) -> CommandContext:
        command_id = self._new()
        return CommandContext(command_id, actor, self.at, command_id)

    async def _show(self, *rows: Row) -> None:
        async def decide() -> Work:
            return Work(rows=rows)

        await self.record.transact(self._by(ROUTING), decide)

    async def _case(self, number: int) -> UUID | None:
        found: UUID | None = await self._one_of("SELECT case_id FROM cases ORDER BY number", number)
        return found

    async def _customer(self, number: int) -> UUID | None:
        found: UUID | None = await self._one_of("SELECT customer_id FROM customers ORDER BY 1", number)
        return found

    async def _contact(self, number: int, direction: str) -> UUID | None:
        sql = f"SELECT entry_id FROM timeline WHERE kind = 'CONTACT' AND direction = '{direction}' ORDER BY 1"
        found: UUID | None = await self._one_of(sql, number)
        return found

    async def _gesture(self, number: int) -> tuple[UUID, UUID] | None:
        gesture_id = await self._one_of("SELECT entry_id FROM timeline WHERE kind = 'GESTURE' ORDER BY 1", number)
        if gesture_id is None:
            return None
        return await self.pool.fetchval("SELECT case_id FROM timeline WHERE entry_id = $1", gesture_id), gesture_id

    async def _one_of(self, sql: str, number: int) -> Any:
        found = await self.pool.fetch(sql)
        return found[number % len(found)][0] if found else None
