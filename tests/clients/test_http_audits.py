"""GraphQL over HTTP as its working group audits it: every audit passes, the optional ones too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.npm import FETCH_AND_RUN_S_MAX, fetched_or_skip, run_node

AUDITS = 61


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


@pytest.mark.timeout(FETCH_AND_RUN_S_MAX)
async def test_every_audit_of_graphql_over_http_passes(desk: Desk) -> None:
    folder = await asyncio.to_thread(fetched_or_skip, Path(__file__).parent / "suites")
    environment = {"URL": f"{desk.url}/graphql", "TOKEN": "AGENT:anna"}
    said = await asyncio.to_thread(run_node, folder, "audit.mjs", environment=environment)
    audits = [json.loads(line) for line in said.splitlines()]
    assert [(audit["name"], audit["reason"]) for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == AUDITS
