"""The API on a real Postgres and a real port, with a stand-in for routing: enough to run clients' documents."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import uvicorn
from litestar import Litestar

from contracts.content import ContactContent, HandleContent
from contracts.stored import CommandContext, Committed, Row, Work
from contracts.vocabulary import (
    Actor,
    AssignmentReason,
    CandidateRejection,
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    RefusalCode,
    Role,
    RoutingTier,
    Visibility,
    id_of,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sequencer import Sequencer
from infra.sql import statements
from infra.token_verifier import Identity, RefusedBecause, TokenRefused
from services.case.app import MIGRATIONS, STATEMENTS
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.record_approval_refused import RecordApprovalRefused, record_approval_refused
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.domain.case_facts import Candidate
from services.case.domain.policy import CasePolicy
from services.case.graphql.api import Api
from services.case.graphql.app import routes_of
from services.case.graphql.context import GraphQLDeps
from services.case.graphql.hub import Hub
from services.case.projections import PROJECTIONS
from services.case.queries.directory import PostgresDirectory
from tests.support.documents import operation_text

AGENT_LIMIT_MINOR, TEAM_LIMIT_MINOR = 5_000, 50_000
WEEK_START = datetime(2020, 1, 6, tzinfo=UTC)
WEEK_END = datetime(2100, 1, 4, tzinfo=UTC)


class Tokens:
    """A verifier that believes tokens of the form `role:subject[:name]`."""

    def __init__(self) -> None:
        self.expires_at = SystemClock().now() + timedelta(hours=1)

    async def verify(self, token: str) -> Identity:
        role, _, subject = token.partition(":")
        if role not in Role.__members__ or not subject:
            raise TokenRefused(RefusedBecause.SIGNATURE)
        return Identity(subject=subject, role=Role(role), expires_at=self.expires_at)


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"}


@dataclass
class Desk:
    """One running API, and ways to make things happen around it."""

    pool: Pool
    record: PostgresRecord
    directory: PostgresDirectory
    hub: Hub
    tokens: Tokens
    statements: Counter[str] = field(default_factory=Counter)
    url: str = ""
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=20.0))
    policy: CasePolicy = field(default_factory=CasePolicy)
    answers_gestures: bool = True
    answers_presence: bool = True
    customers: int = 10_000_000
    refuses_approvals: bool = False

    def context(self, actor: Actor) -> CommandContext:
        command_id = SystemIds().new()
        return CommandContext(command_id, actor, SystemClock().now(), command_id)

    # -- clients

    async def post(self, body: Any, token: str | None = "AGENT:anna", **headers: str) -> httpx.Response:
        authorization = {} if token is None else {"authorization": f"Bearer {token}"}
        return await self.http.post(f"{self.url}/graphql", json=body, headers={**authorization, **headers})

    async def graphql(
        self, document: str, variables: dict[str, Any] | None = None, token: str = "AGENT:anna", **headers: str
    ) -> dict[str, Any]:
        response = await self.post({"query": document, "variables": variables or {}}, token, **headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(
        self, operation: str, variables: dict[str, Any] | None = None, token: str = "AGENT:anna", **headers: str
    ) -> Any:
        """The one root field of an operation of the clients' documents; fails on errors."""
        answer = await self.graphql(operation_text(operation), variables, token, **headers)
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    async def do(self, operation: str, token: str = "AGENT:anna", **fields: Any) -> Any:
        """The payload of a mutation of the clients' documents, under a fresh key unless one is given."""
        if operation != "PresenceSet":
            fields.setdefault("idempotencyKey", str(SystemIds().new()))
        return await self.ask(operation, {"input": fields}, token)

    # -- customers

    async def whatsapp(self, number: str, text: str) -> Committed:
        now, ids = SystemClock().now(), SystemIds()
        external_id = f"wamid.{ids.new()}"
        command = AttachContact(
            contact_id=id_of("contact", Channel.WHATSAPP, "waba-1", external_id),
            channel=Channel.WHATSAPP,
            account="waba-1",
            kind=ContactKind.MESSAGE,
            direction=Direction.INBOUND,
            visibility=Visibility.PRIVATE,
            assurance=HandleAssurance.PLATFORM,
            external_id=external_id,
            occurred_at=now,
            received_at=now,
            new_case_id=ids.new(),
            new_customer_id=ids.new(),
            brand="shop",
            content=ContactContent((HandleContent(HandleKind.WHATSAPP, number),), "Sam Bakker", None, text),
        )
        context = self.context(system_actor("channels"))
        return await attach_contact(command, context, record=self.record, directory=self.directory, policy=self.policy)

    async def opened(self, text: str | None = None, ref: str = "anna") -> dict[str, Any]:
        """An agent's case about a message that a new customer just sent, as her inbox shows it."""
        self.customers += 1
        text = text or f"Where is parcel {self.customers}?"
        done = await self.whatsapp(f"+316{self.customers:08}", text)
        await self.assign(UUID(done.outcome["case_id"]), ref)
        found = await self.ask("AgentInbox", {"first": 100}, f"AGENT:{ref}")
        return next(node for node in found["nodes"] if node["subject"] == text)

    # -- routing

    async def show(self, *rows: Row) -> None:
        async def decide() -> Work:
            return Work(rows=rows)

        await self.record.transact(self.context(system_actor("routing")), decide)

    async def assign(self, case_id: UUID, ref: str | None = "anna", *, others: tuple[str, ...] = ("bram",)) -> None:
        rejected = tuple(
            Candidate(id_of("agent", other), RoutingTier.LEAST_LOADED, rejected=CandidateRejection.LOWER_TIER)
            for other in others
        )
        chosen = () if ref is None else (Candidate(id_of("agent", ref), RoutingTier.LEAST_LOADED),)
        command = AssignCase(
            case_id,
            SystemIds().new(),
            AssignmentReason.LEAST_LOADED if ref else AssignmentReason.NOBODY_AVAILABLE,
            "1",
            SystemClock().now(),
            agent_id=None if ref is None else id_of("agent", ref),
            tier=RoutingTier.LEAST_LOADED if ref else None,
            candidates=(*chosen, *rejected),
        )
        await assign_case(command, self.context(system_actor("routing")), record=self.record)

    async def play_routing(self) -> None:
        """Answer what is asked of routing until cancelled."""
        while True:
            if self.answers_gestures:
                for row in await self.pool.fetch(_OPEN_GESTURES):
                    await self._answer_gesture(row)
            if self.answers_presence:
                await self._answer_requests()
            await asyncio.sleep(0.02)

    async def _answer_gesture(self, row: Any) -> None:
        routing, case_id, gesture_id = system_actor("routing"), row["case_id"], row["entry_id"]
        paying = row["gesture_status"] == "PAYING"
        if paying and self.refuses_approvals:
            refused = RecordApprovalRefused(case_id, gesture_id, row["approval_id"], RefusalCode.OVER_OWN_LIMIT)
            await record_approval_refused(refused, self.context(routing), record=self.record)
            return
        if not paying and row["amount_minor"] > AGENT_LIMIT_MINOR:
            await await_approval(AwaitApproval(case_id, gesture_id), self.context(routing), record=self.record)
            return
        account_id = id_of("budget", "care" if paying else row["requested_by_ref"])
        hold = RecordHold(case_id, gesture_id, SystemIds().new(), account_id, row["amount_minor"])
        await record_hold(hold, self.context(routing), record=self.record)
        await self.pool.execute(
            "UPDATE budgets SET spent_minor = spent_minor + $2 WHERE account_id = $1", account_id, row["amount_minor"]
        )
        await self.show(Row("capture_gesture", (gesture_id,)))
        self.hub.notify()

    async def _answer_requests(self) -> None:
        for row in await self.pool.fetch(_OPEN_REQUESTS):
            await self.show(
                Row("upsert_agent", agent_args(row["ref"], row["name"], presence=row["presence"] or "OFFLINE")),
                Row("answer_desk_request", (row["request_id"], None, None, None)),
            )


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


_databases = count(1)


@asynccontextmanager
async def own_desk(server: EmbeddedPostgres, **options: Any) -> AsyncIterator[Desk]:
    """A desk with databases of its own, for a whole module of tests."""
    admin = await asyncpg.connect(server.url("tests"))
    names = [f"graphql_{kind}_{next(_databases)}" for kind in ("case", "keys")]
    try:
        for name in names:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log")
        base = server.url("tests").rsplit("/", 1)[0]
        async with running_desk(*(f"{base}/{name}" for name in names), **options) as desk:
            yield desk
        for name in names:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@asynccontextmanager
async def running_desk(
    database: str, keys_database: str, *, heartbeat_s: float = 20.0, mutation_wait_ms_max: int = 5_000
) -> AsyncIterator[Desk]:
    """The API behind uvicorn on a free port, its sequencer and the stand-in for routing beside it."""
    pool = await open_pool(database, application_name="test")
    keys_pool = await open_pool(keys_database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    await migrate_keys(keys_pool)
    appended, keys, hub = asyncio.Event(), KeyRing(keys_pool, os.urandom(32)), Hub()
    record = PostgresRecord(pool, keys, PROJECTIONS, statements(*STATEMENTS), appended.set)
    desk = Desk(pool, record, PostgresDirectory(pool), hub, Tokens())
    deps = GraphQLDeps(
        pool=pool,
        record=record,
        directory=desk.directory,
        policy=desk.policy,
        verifier=desk.tokens,
        refused_token=TokenRefused,
        clock=SystemClock(),
        ids=SystemIds(),
        hub=hub,
        keys=keys,
        purposes=("audit",),
        allowed_origins=("https://desk.shop.example",),
        heartbeat_s=heartbeat_s,
        mutation_wait_ms_max=mutation_wait_ms_max,
    )
    api = Api(deps, observe=lambda name: desk.statements.update([name]))
    app = Litestar(routes_of(api), openapi_config=None, logging_config=None)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio"))
    works = [
        asyncio.create_task(server.serve()),
        asyncio.create_task(Sequencer(pool, appended, hub.sequenced).run()),
        asyncio.create_task(desk.play_routing()),
    ]
    try:
        while not server.started:  # noqa: ASYNC110  (uvicorn sets no event)
            await asyncio.sleep(0.01)
        desk.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        await furnish(desk)
        yield desk
    finally:
        server.should_exit = True
        await works[0]
        for work in works[1:]:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
        await desk.http.aclose()
        await pool.close()
        await keys_pool.close()
