"""Connections that listen: who may begin one, what keeps it alive, and how it ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import websockets

from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql import socket as sockets
from tests.integration.graphql_clients import PROTOCOL, Client, closed_with, connected
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import operation_text


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense"])
async def test_a_socket_without_a_good_token_is_closed_with_4403(desk: Desk, authorization: str | None) -> None:
    said = {} if authorization is None else {"authorization": authorization}
    async with connected(desk, None, **said) as client:
        assert await closed_with(client.socket) == 4403


async def test_a_socket_that_subscribes_before_it_is_known_is_closed(desk: Desk) -> None:
    url = desk.url.replace("http", "ws", 1) + "/graphql"
    async with websockets.connect(url, subprotocols=[PROTOCOL]) as socket:
        await Client(socket).subscribe(operation_text("InboxEvents"))
        assert await closed_with(socket) == 4401


async def test_another_protocol_is_not_spoken(desk: Desk) -> None:
    url = desk.url.replace("http", "ws", 1) + "/graphql"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-ws")]) as socket:
        assert await closed_with(socket) == 4406


async def test_a_page_of_a_foreign_origin_opens_no_socket(desk: Desk) -> None:
    url = desk.url.replace("http", "ws", 1) + "/graphql"
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(url, subprotocols=[PROTOCOL], origin=websockets.Origin("https://evil.example"))


async def test_a_socket_ends_with_its_token(desk: Desk) -> None:
    kept, desk.tokens.expires_at = desk.tokens.expires_at, SystemClock().now() + timedelta(seconds=1)
    try:
        async with connected(desk) as client:
            await client.subscribe(operation_text("InboxEvents"))
            assert await closed_with(client.socket) == 4403
    finally:
        desk.tokens.expires_at = kept


async def test_nobody_has_all_sockets_and_one_that_is_closed_makes_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SOCKETS_OF_ONE_MAX", 2)
    who = "LEAD:lonely"
    async with connected(desk, who), connected(desk, "LEAD:other"):
        async with connected(desk, who), connected(desk, who) as third:
            assert await closed_with(third.socket) == 1013
        async with connected(desk, who) as again:
            await again.say(id="1", type="subscribe", payload={"query": "{ viewer { kind } }"})
            assert (await again.item())["kind"] == "PERSON"


async def test_a_mistake_in_one_document_spares_the_other_operations_of_a_socket(desk: Desk) -> None:
    async with connected(desk) as client:
        for query in ("{ viewer {", "{ nothing }"):
            await client.say(id="1", type="subscribe", payload={"query": query})
            message = await client.hear()
            assert (message["type"], message["id"]) == ("error", "1")
            assert message["payload"][0]["extensions"]["code"].startswith("GRAPHQL_")
        await client.say(id="2", type="subscribe", payload={"query": "{ viewer { kind } }"})
        assert (await client.item())["kind"] == "PERSON"
        assert (await client.hear())["type"] == "complete"


async def test_who_may_not_read_may_not_follow_either(desk: Desk) -> None:
    case = await desk.opened()
    async with connected(desk, "PRIVACY:pia") as client:
        await client.subscribe(operation_text("CaseEvents"), caseId=case["id"])
        message = await client.hear()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_auditor_says_the_purpose_when_connecting(desk: Desk) -> None:
    case = await desk.opened("Sealed subject")
    query = "query($id: ID!) { case(by: {id: $id}) { subject } }"
    for said, subject in (({}, None), ({"Eender-Purpose": "audit"}, "Sealed subject")):
        async with connected(desk, "AUDITOR:olga", **said) as client:
            await client.subscribe(query, id=case["id"])
            assert (await client.item())["subject"] == subject


async def test_server_sent_events_end_with_their_token_and_say_so(desk: Desk) -> None:
    kept, desk.tokens.expires_at = desk.tokens.expires_at, SystemClock().now() + timedelta(seconds=1)
    headers = {"authorization": "Bearer AGENT:anna", "accept": "text/event-stream"}
    try:
        body = {"query": operation_text("InboxEvents")}
        answer = await desk.http.post(f"{desk.url}/graphql", json=body, headers=headers)
    finally:
        desk.tokens.expires_at = kept
    *_, told, complete, _ = answer.text.split("\n\n")
    assert '"code":"UNAUTHENTICATED"' in told
    assert complete == "event: complete\ndata: "


async def test_a_socket_is_pinged_and_one_that_does_not_answer_is_closed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "PING_S", 0.05)
    async with connected(desk) as client:
        for _ in range(sockets.PONGS_MISSED_MAX + 1):
            assert json.loads(await client.socket.recv()) == {"type": "ping"}
            await client.say(type="pong")
        assert await closed_with(client.socket) == 4408
