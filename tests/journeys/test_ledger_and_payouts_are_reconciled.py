"""What was spent is what was paid: compared by one command; and a shop that looks at its gestures afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.journeys.test_money_is_paid_out import give, say, settled
from tests.support.payer_stand_in import SECRET, PayerStandIn
from tests.support.shop import Shop, eventually, running_shop
from tests.support.shop_configuration import CONFIGURATION

RULES = """
[controls]
second_read_percent = 100
customer_caps = [{{ amount = "1.00", currency = "EUR" }}]

[staff_privacy]
group_size_min = 1

[reports]
contact_cost = {{ whatsapp = "2.50" }}
"""
REVIEWS = "{ gestureReviews(first: 100) { nodes { sampled signs gesture { id status amount { amount } } } } }"
NOBODY = re.compile(r"[0-9a-f]{8}-")


@pytest.fixture
def payer() -> Any:
    stand_in = PayerStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
async def shop(tmp_path_factory: pytest.TempPathFactory, payer: PayerStandIn) -> AsyncIterator[Shop]:
    payouts = f'\n[payouts]\nurl = "{payer.url}"\nsecret = "{SECRET}"\n' + RULES
    async with running_shop(tmp_path_factory.mktemp("reconciled"), configuration=CONFIGURATION + payouts) as running:
        yield running


def reconciled(shop: Shop) -> tuple[int, dict[str, Any]]:
    done = shop.eender("reconcile", "--settle-seconds", "1", "--json", check=False)
    return done.returncode, json.loads(done.stdout)


async def alter(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        assert await connection.execute(sql) != "UPDATE 0"
    finally:
        await connection.close()


async def test_s003_money_is_spent_at_once_looked_at_afterwards_and_fits_what_was_paid(
    shop: Shop, payer: PayerStandIn
) -> None:
    paid, _ = await give(shop, "31614300001", "12.50")
    await give(shop, "31614300002", "7.25", kind="GIFT", reference=None)
    payer.plan = ["refused"]
    await give(shop, "31614300003", "3.00")
    await settled(shop)
    (order,) = [post for post in payer.posts if post["amount"] == "12.50"]
    returned = {"status": "returned", "hold_id": order["hold_id"], "return_id": "r-1", "amount_minor": 250}
    assert (await say(shop, returned)).status_code == 200

    code, told = await eventually(lambda: _later(shop), lambda done: done[0] == 0)
    assert (code, told) == (0, {"captures": 2, "gestures": 2, "found": 0, "differences": []})
    assert "2 captures of the ledger, 2 gestures given: as many as fit" in shop.eender("reconcile").stdout

    await _is_looked_at(shop)
    _is_reported(shop)

    routing, case = (shop.run()["databases"][name] for name in ("routing", "case"))
    captured = "topic = 'routing.hold-captured.v1' AND convert_from(clear, 'UTF8') LIKE"
    swap = "UPDATE es.events SET clear = convert_to(replace(convert_from(clear, 'UTF8'), '{}', '{}'), 'UTF8') WHERE {}"
    await alter(routing, swap.format('"captured_minor":725', '"captured_minor":726', f"{captured} '%:725%'"))
    await alter(case, "UPDATE es.events SET topic = 'case.payout-tried.v1' WHERE topic = 'case.payout-paid.v1'")
    code, told = reconciled(shop)
    assert code == 1
    kinds = sorted((each["kind"], each.get("ledger_minor"), each.get("record_minor")) for each in told["differences"])
    assert kinds == [("NOT_CONFIRMED", None, None), ("OTHER_AMOUNT", 726, 725)]
    assert paid


async def _later(shop: Shop) -> tuple[int, dict[str, Any]]:
    return reconciled(shop)


async def _is_looked_at(shop: Shop) -> None:
    olga = await shop.token("auditor", "olga")

    async def seen() -> list[dict[str, Any]]:
        return list((await shop.graphql(olga, REVIEWS))["data"]["gestureReviews"]["nodes"])

    found = await eventually(seen, lambda nodes: len(nodes) == 2)
    assert [(each["sampled"], each["signs"]) for each in found] == [(True, ["CUSTOMER_OVER_CAP"])] * 2


def _is_reported(shop: Shop) -> None:
    effect = json.loads(shop.eender("report", "effect", "--json").stdout)
    (row,) = effect["rows"]
    assert (effect["kind"], effect["group_size_min"]) == ("effect", 1)
    assert (row["reason"], row["channel"], row["visibility"]) == ("damaged", "WHATSAPP", "PRIVATE")
    assert (row["gestures"], row["amount_minor"], row["recontact_known"]) == (2, 1250 + 725 - 250, 0)
    for kind in ("loudness", "channels", "causes", "quality"):
        assert json.loads(shop.eender("report", kind, "--json").stdout)["kind"] == kind
    (channel,) = json.loads(shop.eender("report", "channels", "--json").stdout)["rows"]
    assert (channel["channel"], channel["share_permille"], channel["suppressed"]) == ("WHATSAPP", 1000, False)
    printed = shop.eender("report", "effect").stdout
    assert "damaged" in printed
    assert not NOBODY.search(printed)
