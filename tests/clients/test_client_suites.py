"""Other people's clients against this API: their compilers take every document, their caches and sockets work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import DOCUMENTS, operation_text
from tests.support.npm import FETCH_AND_RUN_S_MAX, fetched_or_skip, run_node

SUITES = Path(__file__).parent / "suites"
CHECKOUT = Path(__file__).parents[2]
SCHEMA = CHECKOUT / "contracts" / "schema.graphql"
CASES = 7
OPERATIONS = ("Me", "AgentInbox", "CaseScreen", "CustomerScreen", "CaseNoteAdd", "CaseEvents")

pytestmark = pytest.mark.timeout(FETCH_AND_RUN_S_MAX)


@pytest.fixture(scope="module")
def suites() -> Path:
    return fetched_or_skip(SUITES)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, heartbeat_s=0.5) as running:
        for _ in range(CASES):
            await running.opened()
        yield running


@pytest.mark.parametrize("way", ["codegen", "relay", "tada"])
def test_a_compiler_of_clients_takes_every_document(suites: Path, tmp_path: Path, way: str) -> None:
    environment = {"OUT": str(tmp_path), "SCHEMA": str(SCHEMA), "DOCUMENTS": str(DOCUMENTS)}
    said = json.loads(run_node(suites, "compile.mjs", way, environment=environment))
    assert said["compiled"] == {way: said["operations"]}
    assert said["operations"] >= 30


@pytest.mark.parametrize("client", ["apollo", "urql", "relay", "ws", "sse"])
async def test_a_client_runs_the_desk(suites: Path, desk: Desk, tmp_path: Path, client: str) -> None:
    inbox = await desk.ask("AgentInbox", {"first": 1})
    environment = {
        "URL": f"{desk.url}/graphql",
        "TOKEN": "AGENT:anna",
        "CASE_ID": inbox["nodes"][0]["id"],
        "CASES": str(CASES),
        "SCHEMA": str(SCHEMA),
        "OUT": str(tmp_path),
        "OPERATIONS": json.dumps({name: operation_text(name) for name in OPERATIONS}),
    }
    assert await asyncio.to_thread(run_node, suites, f"{client}.mjs", environment=environment) == "ok\n"


async def test_the_guide_leads_from_a_clone_to_a_customers_screen(suites: Path, desk: Desk, tmp_path: Path) -> None:
    environment = {
        "CHECKOUT": str(CHECKOUT),
        "OUT": str(tmp_path),
        "EENDER_URL": f"{desk.url}/graphql",
        "EENDER_TOKEN": "AGENT:anna",
    }
    printed = json.loads(await asyncio.to_thread(run_node, suites, "guide.mjs", environment=environment))
    assert printed["commands"] == ["graphql-codegen", "tsc", "tsc"]
    assert ": 1 open\n" in printed["said"]
    assert "INBOUND by WHATSAPP: Where is parcel" in printed["said"]
