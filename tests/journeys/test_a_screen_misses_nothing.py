"""Live screens: every change of a case once, in order, also across a dropped connection."""

from __future__ import annotations

import asyncio
import json

import pytest
import websockets

from tests.support.shop import Shop, eventually
from tests.support.subscriptions import next_changes, subscribed


async def test_a_screen_that_reconnects_gets_what_it_missed_once_and_in_order(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Watch this {number}")
    case = await shop.case_with_text(f"Watch this {number}")
    await eventually(lambda: shop.case(anna, case["id"]), lambda seen: bool(seen["assignments"]))

    async with subscribed(shop, anna, "CaseEvents", {"caseId": case["id"], "after": None}) as items:
        await asyncio.sleep(0.3)
        await shop.done(anna, "CaseNoteAdd", caseId=case["id"], text="one")
        first = (await next_changes(items, 1))[-1]
    for text in ("two", "three"):
        await shop.done(anna, "CaseNoteAdd", caseId=case["id"], text=text)

    async with subscribed(shop, anna, "CaseEvents", {"caseId": case["id"], "after": first["cursor"]}) as items:
        missed = await next_changes(items, 2)
        await shop.done(anna, "CaseNoteAdd", caseId=case["id"], text="four")
        live = await next_changes(items, 1)
    versions = [item["version"] for item in (*missed, *live)]
    assert versions == sorted(set(versions))
    assert versions[0] > first["version"]
    steps = await shop.history(await shop.token("auditor", "olga"), case["id"])
    assert [step["version"] for step in steps if step["version"] > first["version"]] == versions
    assert live[0]["case"]["id"] == case["id"]


async def test_an_agents_inbox_hears_of_a_new_case(shop: Shop, number: str) -> None:
    for ref in ("anna", "bram"):
        await shop.online(ref, "OFFLINE")
    carla = await shop.online("carla")
    try:
        async with subscribed(shop, carla, "InboxEvents", {"after": None}) as items:
            await asyncio.sleep(0.3)
            await shop.whatsapp(number, f"For your inbox {number}")
            (change, *_) = await next_changes(items, 1)
        case = await shop.case_with_text(f"For your inbox {number}")
        assert change["case"]["id"] == case["id"]
    finally:
        for ref in ("anna", "bram"):
            await shop.online(ref)


async def test_a_socket_without_a_token_is_refused(shop: Shop) -> None:
    url = f"ws://127.0.0.1:{shop.port}/graphql"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {}}))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
