"""Plays routing for tests of the case service alone: agents, money, and an answer to whatever the desk asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from contracts.stored import CommandContext, Row
from contracts.vocabulary import Actor, Channel, RefusalCode, id_of, system_actor
from infra.clock import SystemIds
from infra.event_store import PostgresRecord
from infra.postgres import Pool
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.record_approval_refused import RecordApprovalRefused, record_approval_refused
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.graphql.hub import Hub

AGENT_LIMIT_MINOR, TEAM_LIMIT_MINOR = 5_000, 50_000
WEEK_START = datetime(2020, 1, 6, tzinfo=UTC)
WEEK_END = datetime(2100, 1, 4, tzinfo=UTC)


class Desk(Protocol):
    """What it needs of the service it answers."""

    pool: Pool
    record: PostgresRecord
    hub: Hub

    def context(self, actor: Actor) -> CommandContext: ...

    async def show(self, *rows: Row) -> None: ...


_OPEN_GESTURES = """
SELECT case_id, entry_id, gesture_status, amount_minor, approval_id, requested_by_ref FROM timeline
WHERE gesture_status IN ('REQUESTED', 'PAYING')
"""
_OPEN_REQUESTS = """
SELECT r.request_id, f.said -> 'agent' ->> 'display_name' AS name, f.said ->> 'presence' AS presence,
  coalesce(f.said ->> 'agent_ref', f.said -> 'agent' ->> 'ref') AS ref
FROM desk_requests AS r
JOIN LATERAL (
  SELECT convert_from(e.clear, 'UTF8')::jsonb AS said FROM es.events AS e WHERE e.stream_id = r.request_id
) AS f ON true
WHERE NOT r.done
"""


class RoutingStandIn:
    """Holds what an agent may give alone, asks for an approval above that, and believes every request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.answers_gestures = True
        self.refuses_approvals = False

    async def run(self) -> None:
        """Answer what is asked of routing until cancelled."""
        while True:
            if self.answers_gestures:
                for row in await self._desk.pool.fetch(_OPEN_GESTURES):
                    await self._answer_gesture(row)
            await self._answer_requests()
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
        await record_hold(hold, self._desk.context(routing), record=self._desk.record)
        await self._desk.pool.execute(
            "UPDATE budgets SET spent_minor = spent_minor + $2 WHERE account_id = $1", account_id, row["amount_minor"]
        )
        await self._desk.show(Row("capture_gesture", (gesture_id,)))
        self._desk.hub.answered(gesture_id)

    async def _answer_requests(self) -> None:
        for row in await self._desk.pool.fetch(_OPEN_REQUESTS):
            await self._desk.show(
                Row("upsert_agent", agent_args(row["ref"], row["name"], presence=row["presence"] or "OFFLINE")),
                Row("answer_desk_request", (row["request_id"], None, None, None)),
            )
            self._desk.hub.answered(row["request_id"])


def agent_args(ref: str, name: str | None = None, *, presence: str = "ONLINE") -> tuple[Any, ...]:
    name = name or ref.capitalize()
    return (id_of("agent", ref), ref, "PERSON", name, f"{ref}@shop.example", presence, 20, 0, True, ["nl"], [], "care")


def budget_args(kind: str, ref: str, owner_id: UUID, *, granted: int, limit: int) -> tuple[Any, ...]:
    period = ("EUR", "WEEK", WEEK_START, WEEK_END)
    return (id_of("budget", ref), kind, owner_id, *period, granted, 0, 0, limit, True)


async def furnish(desk: Desk) -> None:
    """Two agents of one team, their money, a brand and an account."""
    team_id = id_of("team", "care")
    await desk.show(
        Row("upsert_team", (team_id, "care", "Customer care")),
        Row("upsert_brand", ("shop", "The Shop")),
        Row(
            "upsert_channel_account",
            (id_of("account", Channel.WHATSAPP, "waba-1"), "WHATSAPP", "waba-1", "WhatsApp", "shop", True),
        ),
        Row("upsert_budget", budget_args("TEAM", "care", team_id, granted=100_000, limit=TEAM_LIMIT_MINOR)),
        *(Row("upsert_agent", agent_args(ref)) for ref in ("anna", "bram")),
        *(
            Row(
                "upsert_budget",
                budget_args("AGENT", ref, id_of("agent", ref), granted=25_000, limit=AGENT_LIMIT_MINOR),
            )
            for ref in ("anna", "bram")
        ),
    )
