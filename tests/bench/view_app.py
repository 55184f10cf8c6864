"""The desk's API in a process of its own: compiled, by Strawberry alone, and the same SQL by REST.

`python -m tests.bench.view_app CASE_DATABASE KEYS_DATABASE` prints its port and a token, and serves until it is ended.
Tokens are signed and verified, rows are seen by role, and who saw what is written down, as in production.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import uvloop
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send

from contracts.vocabulary import Role
from infra.checkpointer import Checkpointer
from infra.clock import SystemClock, SystemIds
from infra.event_store import PostgresRecord
from infra.http_tracing import HttpTracing
from infra.issuer import Issuer, TokenClaims
from infra.journal import Journal
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing
from infra.sequencer import Sequencer
from infra.serving import serving
from infra.sql import statements
from infra.token_verifier import TokenRefused, TokenVerifier
from services.case.app import STATEMENTS
from services.case.domain.access import AccessEntry
from services.case.domain.policy import CasePolicy
from services.case.graphql.api import Api
from services.case.graphql.app import GraphQLFirst
from services.case.graphql.compiled.executor import shown_by
from services.case.graphql.context import GraphQLDeps
from services.case.graphql.endpoint import Endpoint
from services.case.graphql.gate import GateRules
from services.case.graphql.hub import Hub
from services.case.graphql.responses import respond
from services.case.graphql.screens import open_screens
from services.case.projections import PROJECTIONS
from services.case.queries.access_log import append_access
from services.case.queries.directory import PostgresDirectory
from tests.bench.stand import KEK
from tests.bench.view_matter import customer_of, planned, variables_of
from tests.bench.view_parts import measured

AGENT = "anna"
POINTS_MAX = 10**12


def rest_of(api: Api, screens: Any) -> Any:
    """What a handler of one's own would be: the same token, the same statement, the same entries of the access log."""
    document, plan, values = planned("CustomerScreen", variables_of("CustomerScreen", 0))
    place = values.index(customer_of(0))

    @asgi("/rest", copy_scope=True)
    async def rest(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        principal = await api.authenticate(headers.get("authorization"), None)
        context = api.context(principal)
        await api.deps.access.room()
        context.accessed.begin(document.asked, ({}, ""))
        found = await screens.fetch(plan.sql, [*values[:place], UUID(headers["customer"]), *values[place + 1 :]])
        json, shown = found[0]
        context.accessed.end_with(shown_by(shown))
        await respond(send, 200, b'{"data":' + json + b"}", {})

    return rest


def parts_of(api: Api, pool: Pool) -> Any:
    """Where a view's processor time goes, measured in the process that serves it."""

    @asgi("/parts", copy_scope=True)
    async def parts(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        found = await measured(api, pool, headers["authorization"].removeprefix("Bearer "))
        await respond(send, 200, msgspec.json.encode(found), {})

    return parts


async def serve(database: str, keys_database: str) -> None:
    pool = await open_pool(database, application_name="bench")
    keys_pool = await open_pool(keys_database, application_name="bench", size_max=4)
    screens = await open_screens(database)
    clock, issuer = SystemClock(), Issuer(keys_pool, KEK)
    await issuer.ensure_key()
    keys, hub, appended = KeyRing(keys_pool, KEK), Hub(), asyncio.Event()
    access: Journal[AccessEntry] = Journal(partial(append_access, pool, clock))
    deps = GraphQLDeps(
        pool=pool,
        record=PostgresRecord(pool, keys, PROJECTIONS, statements(*STATEMENTS), appended.set),
        directory=PostgresDirectory(pool),
        policy=CasePolicy(),
        verifier=TokenVerifier(issuer.public_keys, clock),
        refused_token=TokenRefused,
        clock=clock,
        ids=SystemIds(),
        hub=hub,
        access=access,
        checkpoints=Checkpointer(pool, "case", None),
        keys=keys,
        screens=screens,
        gate=GateRules(points_per_minute_max=POINTS_MAX),
        mutation_wait_ms_max=0,
    )
    api = Api(deps)
    alone = Endpoint(Api(dataclasses.replace(deps, screens=None)))

    @asgi("/strawberry", copy_scope=True)
    async def strawberry(scope: Scope, receive: Receive, send: Send) -> None:
        await alone(scope, receive, send)

    beside = [strawberry, rest_of(api, screens), parts_of(api, pool)]
    app = HttpTracing(GraphQLFirst(api, Litestar(beside, openapi_config=None, logging_config=None)))
    server = serving(app, port=0, log_level="error", lifespan="off", timeout_keep_alive=600)
    answering, writing = asyncio.create_task(server.serve()), asyncio.create_task(access.run())
    sequencing = asyncio.create_task(Sequencer(pool, appended, hub.sequenced).run())
    while not server.started:  # noqa: ASYNC110  (uvicorn sets no event)
        await asyncio.sleep(0.01)
    now = clock.now()
    token = await issuer.sign(
        TokenClaims(
            subject=AGENT,
            role=Role.AGENT,
            issued_at=now,
            expires_at=now + timedelta(hours=8),
            token_id=SystemIds().new(),
        )
    )
    port = server.servers[0].sockets[0].getsockname()[1]
    sys.stdout.write(f"{port} {token}\n")
    sys.stdout.flush()
    await answering
    for task in (writing, sequencing):
        task.cancel()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], sys.argv[2]))
