"""Plays routing for tests of the case service alone: agents, money, and an answer to whatever the desk asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from contracts.duty import Roster
from contracts.stored import CommandContext, Record, Row
from contracts.vocabulary import (
    Actor,
    AgentKind,
    AssignmentReason,
    BudgetOwnerKind,
    BudgetPeriod,
    Channel,
    Presence,
    RefusalCode,
    RoutingTier,
    id_of,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.postgres import Pool
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.commands.note_budget import NoteBudget, note_budget
from services.case.commands.record_approval_refused import RecordApprovalRefused, record_approval_refused
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case_facts import Candidate
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.known_budget import KnownBudget
from services.case.domain.known_budget_facts import BudgetStanding
from services.case.domain.policy import CasePolicy
from services.case.graphql.hub import Hub

AGENT_LIMIT_MINOR, TEAM_LIMIT_MINOR = 5_000, 50_000
WEEK_START = datetime(2020, 1, 6, tzinfo=UTC)
WEEK_END = datetime(2100, 1, 4, tzinfo=UTC)


class Desk(Protocol):
    """What it needs of the service it answers."""

    pool: Pool
    record: Record
    hub: Hub

    def context(self, actor: Actor) -> CommandContext: ...

    async def show(self, *rows: Row) -> None: ...


_OPEN_GESTURES = """
SELECT case_id, entry_id, gesture_status, amount_minor, approval_id, requested_by_ref FROM timeline
WHERE gesture_status IN ('REQUESTED', 'PAYING')
"""
_OPEN_TRANSFERS = """
SELECT e.stream_id AS case_id, (f.said ->> 'transfer_id')::uuid AS transfer_id,
  (f.said ->> 'agent_id')::uuid AS agent_id, (f.said ->> 'claimed')::boolean AS claimed
FROM es.events AS e
CROSS JOIN LATERAL (SELECT convert_from(e.clear, 'UTF8')::jsonb AS said) AS f
WHERE e.topic = 'case.transfer-requested.v1'
  AND NOT EXISTS (SELECT FROM timeline AS t WHERE t.entry_id = (f.said ->> 'transfer_id')::uuid)
"""
_OPEN_ANSWERS = """
SELECT e.stream_id AS case_id, (f.said ->> 'answer_id')::uuid AS answer_id, (f.said ->> 'agent_id')::uuid AS agent_id,
  f.said ->> 'reason' AS reason
FROM es.events AS e
CROSS JOIN LATERAL (SELECT convert_from(e.clear, 'UTF8')::jsonb AS said) AS f
WHERE e.topic = 'case.offer-answered.v1'
  AND NOT EXISTS (SELECT FROM timeline AS t WHERE t.entry_id = (f.said ->> 'answer_id')::uuid)
  AND NOT EXISTS (SELECT FROM desk_requests AS r WHERE r.request_id = (f.said ->> 'answer_id')::uuid)
"""
_OPEN_REQUESTS = """
SELECT r.request_id, f.said -> 'agent' ->> 'display_name' AS name, f.said ->> 'presence' AS presence,
  f.said ->> 'roster' AS roster,
  coalesce(f.said ->> 'agent_ref', f.said -> 'agent' ->> 'ref') AS ref
FROM desk_requests AS r
JOIN LATERAL (
  SELECT convert_from(e.clear, 'UTF8')::jsonb AS said FROM es.events AS e WHERE e.stream_id = r.request_id
) AS f ON true
WHERE NOT r.done AND NOT f.said ? 'account_id'
"""


class RoutingStandIn:
    """Holds what an agent may give alone, asks for an approval above that, and believes every request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.answers_gestures = True
        self.refuses_approvals = False
        self.refuses_answers = False

    async def run(self) -> None:
        """Answer what is asked of routing until cancelled."""
        while True:
            if self.answers_gestures:
                for row in await self._desk.pool.fetch(_OPEN_GESTURES):
                    await self._answer_gesture(row)
            await self._answer_requests()
            await self._answer_transfers()
            await self._answer_offers()
            await asyncio.sleep(0.02)

    async def _answer_gesture(self, row: Any) -> None:
        routing, case_id, gesture_id = system_actor("routing"), row["case_id"], row["entry_id"]
        paying = row["gesture_status"] == "PAYING"
        if paying and self.refuses_approvals:
            refused = RecordApprovalRefused(case_id, gesture_id, row["approval_id"], RefusalCode.OVER_OWN_LIMIT)
            await record_approval_refused(refused, self._desk.context(routing), record=self._desk.record)
            self._desk.hub.answered(gesture_id)
            return
        if not paying and row["amount_minor"] > AGENT_LIMIT_MINOR:
            await await_approval(
                AwaitApproval(case_id, gesture_id), self._desk.context(routing), record=self._desk.record
            )
            self._desk.hub.answered(gesture_id)
            return
        account_id = id_of("budget", "care" if paying else row["requested_by_ref"])
        hold = RecordHold(case_id, gesture_id, SystemIds().new(), account_id, row["amount_minor"])
        await record_hold(hold, self._desk.context(routing), record=self._desk.record, policy=CasePolicy())
        known = await self._desk.record.load(KnownBudget, account_id)
        assert known is not None
        spent = msgspec.structs.replace(known.standing, spent_minor=known.standing.spent_minor + row["amount_minor"])
        await note_budget(
            NoteBudget(account_id, spent, gesture_id), self._desk.context(routing), record=self._desk.record
        )
        self._desk.hub.answered(gesture_id)

    async def _answer_requests(self) -> None:
        for row in await self._desk.pool.fetch(_OPEN_REQUESTS):
            presence = Presence(row["presence"] or "OFFLINE")
            known = {"presence": presence, "request_id": row["request_id"], "roster": row["roster"]}
            told = an_agent(row["ref"], row["name"], **known)
            await note_agent(told, self._desk.context(system_actor("routing")), record=self._desk.record)
            self._desk.hub.answered(row["request_id"])

    async def _answer_transfers(self) -> None:
        for row in await self._desk.pool.fetch(_OPEN_TRANSFERS):
            tier = RoutingTier.CLAIMED if row["claimed"] else RoutingTier.MANUAL
            reason = AssignmentReason.CLAIMED if row["claimed"] else AssignmentReason.TRANSFERRED
            agent_id = row["agent_id"]
            candidates = () if agent_id is None else (Candidate(agent_id, tier),)
            now, transfer_id = SystemClock().now(), row["transfer_id"]
            chosen = None if agent_id is None else tier
            decision = RoutedDecision(transfer_id, reason, "", now, agent_id, chosen, candidates)
            routing = self._desk.context(system_actor("routing"))
            await assign_case(AssignCase(row["case_id"], decision), routing, record=self._desk.record)
            self._desk.hub.answered(transfer_id)

    async def _answer_offers(self) -> None:
        for row in await self._desk.pool.fetch(_OPEN_ANSWERS):
            answer_id, taken = row["answer_id"], row["reason"] is None
            if taken and self.refuses_answers:
                refusal = (answer_id, RefusalCode.ALREADY_ASSIGNED, "somebody has the case", ["offerId"])
                await self._desk.show(Row("answer_desk_request", refusal))
            else:
                agent_id = row["agent_id"] if taken else None
                reason = AssignmentReason.LEAST_LOADED if taken else AssignmentReason.NOBODY_AVAILABLE
                decision = RoutedDecision(answer_id, reason, "1", SystemClock().now(), agent_id)
                routing = self._desk.context(system_actor("routing"))
                await assign_case(AssignCase(row["case_id"], decision), routing, record=self._desk.record)
            self._desk.hub.answered(answer_id)


def an_agent(
    ref: str,
    name: str | None = None,
    *,
    presence: Presence = Presence.ONLINE,
    request_id: UUID | None = None,
    roster: str | None = None,
) -> NoteAgent:
    works = None if roster is None else msgspec.json.decode(roster, type=Roster)
    said: dict[str, Any] = {"active": True, "team_ref": "care", "languages": ("nl",), "roster": works}
    card = AgentCard(ref, AgentKind.PERSON, presence, 20, 0, **said)
    return NoteAgent(id_of("agent", ref), card, name or ref.capitalize(), f"{ref}@shop.example", request_id)


def a_budget(kind: BudgetOwnerKind, ref: str, owner_id: UUID, *, granted: int, limit: int) -> NoteBudget:
    period = ("EUR", BudgetPeriod.WEEK, WEEK_START, WEEK_END)
    return NoteBudget(id_of("budget", ref), BudgetStanding(kind, owner_id, *period, granted, 0, 0, limit, open=True))


async def furnish(desk: Desk) -> None:
    """Two agents of one team, their money, a brand and an account."""
    team_id = id_of("team", "care")
    await desk.show(
        Row("upsert_team", (team_id, "care", "Customer care")),
        Row("upsert_brand", ("shop", "The Shop")),
        Row(
            "upsert_channel_account",
            (id_of("account", Channel.WHATSAPP, "waba-1"), "WHATSAPP", "waba-1", "WhatsApp", "shop", True, None, False),
        ),
    )
    routing = system_actor("routing")
    owners = [(BudgetOwnerKind.TEAM, "care", team_id, 100_000, TEAM_LIMIT_MINOR)]
    for ref in ("anna", "bram"):
        await note_agent(an_agent(ref), desk.context(routing), record=desk.record)
        owners.append((BudgetOwnerKind.AGENT, ref, id_of("agent", ref), 25_000, AGENT_LIMIT_MINOR))
    for kind, ref, owner_id, granted, limit in owners:
        told = a_budget(kind, ref, owner_id, granted=granted, limit=limit)
        await note_budget(told, desk.context(routing), record=desk.record)
