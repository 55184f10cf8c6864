"""The API on a real Postgres and a real port, with a stand-in for routing: enough to run clients' documents."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import uvicorn
from litestar import Litestar

from contracts.content import AttachmentContent
from contracts.stored import CommandContext, Committed, Record, Row, Work
from contracts.targets import ServiceLevels
from contracts.vocabulary import (
    Actor,
    AssignmentReason,
    CandidateRejection,
    RoutingTier,
    id_of,
    system_actor,
)
from infra.checkpointer import Checkpointer
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import PostgresRecord
from infra.journal import Journal
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sequencer import Sequencer
from infra.signed_links import LinkSigner
from infra.sql import statements
from infra.token_verifier import TokenRefused
from services.case.app import MIGRATIONS, STATEMENTS
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.attach_contact import attach_contact
from services.case.commands.keeping_clocks import ClockedRecord
from services.case.domain.access import AccessEntry
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case_facts import Candidate
from services.case.domain.policy import CasePolicy
from services.case.graphql.api import Api
from services.case.graphql.app import GraphQLFirst
from services.case.graphql.attachment_links import AttachmentLinks
from services.case.graphql.context import GraphQLDeps
from services.case.graphql.explorer import explorer_routes
from services.case.graphql.gate import GateRules
from services.case.graphql.hub import Hub
from services.case.graphql.screens import open_screens
from services.case.projections import PROJECTIONS
from services.case.queries.access_log import append_access
from services.case.queries.directory import PostgresDirectory
from tests.integration.routing_stand_in import RoutingStandIn, furnish
from tests.support.believed_tokens import Tokens
from tests.support.documents import operation_text
from tests.support.whatsapp_message import sent_by_whatsapp

LINK_KEK = b"l" * 32


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"}


@dataclass
class Desk:
    """One running API, and ways to make things happen around it."""

    pool: Pool
    record: Record
    directory: PostgresDirectory
    hub: Hub
    tokens: Tokens
    keys: KeyRing
    api: Api = field(init=False)
    statements: Counter[str] = field(default_factory=Counter)
    url: str = ""
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=20.0))
    policy: CasePolicy = field(default_factory=CasePolicy)
    customers: int = 10_000_000
    routing: RoutingStandIn = field(init=False)

    def __post_init__(self) -> None:
        self.routing = RoutingStandIn(self)

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

    async def whatsapp(self, number: str, text: str, files: tuple[AttachmentContent, ...] = ()) -> Committed:
        command = sent_by_whatsapp(number, text, files)
        context = self.context(system_actor("channels"))
        return await attach_contact(command, context, record=self.record, directory=self.directory, policy=self.policy)

    async def opened(
        self, text: str | None = None, ref: str = "anna", files: tuple[AttachmentContent, ...] = ()
    ) -> dict[str, Any]:
        """An agent's case about a message that a new customer just sent, as her inbox shows it."""
        self.customers += 1
        text = text or f"Where is parcel {self.customers}?"
        done = await self.whatsapp(f"+316{self.customers:08}", text, files)
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
        decision = RoutedDecision(
            SystemIds().new(),
            AssignmentReason.LEAST_LOADED if ref else AssignmentReason.NOBODY_AVAILABLE,
            "1",
            SystemClock().now(),
            agent_id=None if ref is None else id_of("agent", ref),
            tier=RoutingTier.LEAST_LOADED if ref else None,
            candidates=(*chosen, *rejected),
        )
        await assign_case(AssignCase(case_id, decision), self.context(system_actor("routing")), record=self.record)

    async def offer(self, case_id: UUID, ref: str = "anna", *, seconds: float = 60) -> UUID:
        """Ask an agent to take a case, as routing would; the offer's id."""
        now, offer_id = SystemClock().now(), SystemIds().new()
        agent_id, tier = id_of("agent", ref), RoutingTier.LEAST_LOADED
        decision = RoutedDecision(
            offer_id,
            AssignmentReason.LEAST_LOADED,
            "1",
            now,
            tier=tier,
            candidates=(Candidate(agent_id, tier),),
            offered_to=agent_id,
            offered_until=now + timedelta(seconds=seconds),
        )
        await assign_case(AssignCase(case_id, decision), self.context(system_actor("routing")), record=self.record)
        return offer_id


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
    database: str,
    keys_database: str,
    *,
    heartbeat_s: float = 20.0,
    mutation_wait_ms_max: int = 5_000,
    policy: CasePolicy | None = None,
    gate: GateRules | None = None,
    federated: bool = False,
) -> AsyncIterator[Desk]:
    """The API behind uvicorn on a free port, its sequencer and the stand-in for routing beside it."""
    pool = await open_pool(database, application_name="test")
    keys_pool = await open_pool(keys_database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    await migrate_keys(keys_pool)
    screens = await open_screens(database)
    appended, keys, hub = asyncio.Event(), KeyRing(keys_pool, os.urandom(32)), Hub()
    kept = PostgresRecord(pool, keys, PROJECTIONS, statements(*STATEMENTS), appended.set)
    record = ClockedRecord(kept, PostgresDirectory(pool), ServiceLevels())
    desk = Desk(pool, record, PostgresDirectory(pool), hub, Tokens(), keys)
    desk.policy = policy or desk.policy
    access: Journal[AccessEntry] = Journal(partial(append_access, pool, SystemClock()), group_delay_ms=10)
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
        access=access,
        links=AttachmentLinks(LinkSigner(LINK_KEK), base_url="https://files.shop.example", seconds=300),
        checkpoints=Checkpointer(pool, "case", None),
        keys=keys,
        screens=screens,
        gate=gate or GateRules(),
        federated=federated,
        purposes=("audit",),
        bots={"svc-bram": "bram"},
        allowed_origins=("https://desk.shop.example",),
        heartbeat_s=heartbeat_s,
        mutation_wait_ms_max=mutation_wait_ms_max,
    )
    desk.api = Api(deps, observe=lambda name: desk.statements.update([name]))
    app = GraphQLFirst(desk.api, Litestar(explorer_routes(), openapi_config=None, logging_config=None))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio"))
    works = [
        asyncio.create_task(server.serve()),
        asyncio.create_task(Sequencer(pool, appended, hub.sequenced).run()),
        asyncio.create_task(desk.routing.run()),
        asyncio.create_task(access.run()),
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
        await screens.close()
        await pool.close()
        await keys_pool.close()
