"""An agent who left is let in no more, however long the token is good, and what they follow ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from contracts.vocabulary import system_actor
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.note_agent import note_agent
from services.case.graphql import api as apis
from services.case.graphql import leavers
from services.case.graphql import socket as sockets
from tests.integration.graphql_clients import closed_with, connected
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.routing_stand_in import an_agent
from tests.support.documents import operation_text

VIEWER = {"query": "{ viewer { kind } }"}
UNAUTHORIZED = 401


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (leavers, apis):
        monkeypatch.setattr(module, "CHECKED_EVERY_S", 0.05)
    monkeypatch.setattr(sockets, "PING_S", 0.2)


async def note(desk: Desk, ref: str, *, active: bool) -> None:
    told = an_agent(ref)
    card = msgspec.structs.replace(told.card, active=active)
    await note_agent(
        msgspec.structs.replace(told, card=card), desk.context(system_actor("routing")), record=desk.record
    )


async def status(desk: Desk, token: str) -> int:
    await asyncio.sleep(0.06)
    return (await desk.post(VIEWER, token)).status_code


async def test_who_left_is_refused_and_who_comes_back_is_let_in(desk: Desk) -> None:
    for active, expected in ((True, 200), (False, UNAUTHORIZED), (True, 200)):
        await note(desk, "leo", active=active)
        assert await status(desk, "AGENT:leo") == expected


async def test_leads_and_who_is_no_agent_that_is_known_are_let_in_by_their_tokens(desk: Desk) -> None:
    await note(desk, "lou", active=False)
    assert [await status(desk, token) for token in ("LEAD:lou", "AGENT:nobody", "AUDITOR:olga")] == [200] * 3


async def test_the_attempt_of_who_left_is_on_record(desk: Desk) -> None:
    await note(desk, "lea", active=False)
    assert await status(desk, "AGENT:lea") == UNAUTHORIZED
    found = "SELECT count(*) FROM access.entries WHERE action = 'DENIED' AND actor_ref = $1"
    async with asyncio.timeout(10):
        while not await desk.pool.fetchval(found, "lea"):  # noqa: ASYNC110  (it is written in groups)
            await asyncio.sleep(0.05)


async def test_a_socket_ends_once_its_agent_has_left(desk: Desk) -> None:
    await note(desk, "lars", active=True)
    async with connected(desk, "AGENT:lars") as client:
        await client.subscribe(operation_text("InboxEvents"))
        await note(desk, "lars", active=False)
        assert await closed_with(client.socket) == 4403


async def test_server_sent_events_end_once_their_agent_has_left(desk: Desk) -> None:
    await note(desk, "lien", active=True)
    headers = {"authorization": "Bearer AGENT:lien", "accept": "text/event-stream"}
    body = {"query": operation_text("InboxEvents")}
    following = asyncio.create_task(desk.http.post(f"{desk.url}/graphql", json=body, headers=headers))
    await asyncio.sleep(0.3)
    assert not following.done()
    await note(desk, "lien", active=False)
    *_, told, complete, _ = (await following).text.split("\n\n")
    assert '"code":"UNAUTHENTICATED"' in told
    assert complete == "event: complete\ndata: "
