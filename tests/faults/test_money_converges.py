"""Gestures while the record and the ledger are killed in turn: afterwards both agree to the cent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.killing import kill_in_turn
from tests.support.payer_stand_in import SECRET, PayerStandIn
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.whatsapp_stand_in import WhatsAppStandIn

VICTIMS = ("routing", "case", "routing", "nats", "case", "routing")
GESTURES = 45
AMOUNT = Decimal("10.00")
GRANT = Decimal("250.00")
ASK_ATTEMPTS_MAX = 240
NUMBER = "31614000001"


async def give_until_answered(shop: Shop, token: str, case_id: str, key: str) -> None:
    """As a client does: the same key again until there is an answer."""
    for _ in range(ASK_ATTEMPTS_MAX):
        with contextlib.suppress(httpx.HTTPError, ValueError, AssertionError):
            payload = await shop.do(
                token,
                "GestureGive",
                caseId=case_id,
                kind="REFUND",
                reference={"kind": "ORDER", "value": "7"},
                amount={"amount": str(AMOUNT), "currencyCode": "EUR"},
                reason="goodwill",
                idempotencyKey=key,
            )
            if payload["gesture"] is not None:
                return
        await asyncio.sleep(0.25)
    raise AssertionError(f"{key} was never answered")


async def test_every_gesture_is_decided_once_and_the_ledger_holds_what_was_given(shop: Shop) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(NUMBER, "Everything is broken")
    case = await shop.case_with_text("Everything is broken")
    pending = asyncio.Queue[str]()
    for index in range(GESTURES):
        pending.put_nowait(f"gesture-{index:02d}")

    async def giver() -> None:
        while not pending.empty():
            await give_until_answered(shop, anna, case["id"], pending.get_nowait())
            await asyncio.sleep(0.2)

    killing = asyncio.create_task(kill_in_turn(shop, VICTIMS, pause_s=0.5))
    await asyncio.gather(*(giver() for _ in range(5)))
    assert await killing == list(VICTIMS)

    async def gestures() -> list[dict[str, Any]]:
        with contextlib.suppress(httpx.HTTPError, ValueError, AssertionError):
            return list((await shop.case(anna, case["id"]))["gestures"])
        return []

    decided = {"GIVEN", "AWAITING_APPROVAL"}
    all_of_them = await eventually(
        gestures,
        lambda seen: len(seen) >= GESTURES and {one["status"] for one in seen} <= decided,
        wait_s_max=60,
    )
    assert len(all_of_them) == GESTURES
    given = [one for one in all_of_them if one["status"] == "GIVEN"]
    assert len(given) == GRANT // AMOUNT

    async def budget() -> dict[str, Any]:
        (bar,) = (await shop.ask(anna, "Me"))["viewer"]["agent"]["budgets"]
        return dict(bar)

    settled = await eventually(budget, lambda bar: bar["reserved"]["amount"] == "0.00", wait_s_max=30)
    assert Decimal(settled["spent"]["amount"]) == AMOUNT * len(given)
    assert Decimal(settled["available"]["amount"]) == GRANT - AMOUNT * len(given)


MANY = 200
AT_ONCE = 40
CASES = 20
FAILURES = ["error", "paid", "lost", "garbage", "broken", "lost", "paid", "error"] * 2


@pytest.fixture
async def paying(tmp_path: Path) -> AsyncIterator[tuple[Shop, PayerStandIn]]:
    """A shop whose refunds are paid out by a payer that fails in every way at first."""
    stand_in, payer = WhatsAppStandIn(), PayerStandIn()
    payouts = f'\n[payouts]\nurl = "{payer.url}"\nsecret = "{SECRET}"\n'
    running = Shop(tmp_path, stand_in, configuration=CONFIGURATION + payouts)
    running.start()
    try:
        yield running, payer
    finally:
        await running.http.aclose()
        running.stop()
        stand_in.close()
        payer.close()


async def test_of_two_hundred_gestures_at_once_none_is_overspent_lost_or_paid_twice(
    paying: tuple[Shop, PayerStandIn],
) -> None:
    shop, payer = paying
    payer.plan = list(FAILURES)
    anna = await shop.online("anna")
    cases = []
    for index in range(CASES):
        await shop.whatsapp(str(int(NUMBER) + index), f"Nothing works {index}")
        cases.append((await shop.case_with_text(f"Nothing works {index}"))["id"])
    pending = asyncio.Queue[int]()
    for index in range(MANY):
        pending.put_nowait(index)

    async def giver() -> None:
        while not pending.empty():
            index = pending.get_nowait()
            await give_until_answered(shop, anna, cases[index % CASES], f"one of many {index:03d}")

    killing = asyncio.create_task(kill_in_turn(shop, ("routing", "case", "routing", "case"), pause_s=0.5))
    await asyncio.gather(*(giver() for _ in range(AT_ONCE)))
    await killing

    async def budget() -> dict[str, Any]:
        with contextlib.suppress(httpx.HTTPError, ValueError, AssertionError):
            (bar,) = (await shop.ask(anna, "Me"))["viewer"]["agent"]["budgets"]
            return {name: Decimal(bar[name]["amount"]) for name in ("reserved", "spent", "available")}
        return {}

    wanted = {"reserved": Decimal(0), "spent": GRANT, "available": Decimal(0)}
    await eventually(budget, lambda seen: seen == wanted, wait_s_max=90)
    seen = [one["status"] for case_id in cases for one in (await shop.case(anna, case_id))["gestures"]]
    count = int(GRANT // AMOUNT)
    assert (seen.count("GIVEN"), seen.count("AWAITING_APPROVAL"), len(seen)) == (count, MANY - count, MANY)
    assert len(payer.paid) == len(payer.payments) == count
    assert set(payer.payments.values()) == {1}
    assert sum(payer.paid.values()) == int(GRANT * 100)
    waiting = await shop.graphql(await shop.token("lead", "lena"), "{ approvals(first: 1) { totalCount } }")
    assert waiting["data"]["approvals"]["totalCount"] == MANY - count
