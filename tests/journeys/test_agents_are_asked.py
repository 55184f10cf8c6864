"""A desk where agents are asked: who is there gets the offer, who does not want it or is not there makes room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.day import Day, codes
from tests.support.shop import Shop, eventually, running_shop
from tests.support.shop_configuration import CONFIGURATION
from tests.support.subscriptions import subscribed

ASKING = """
[routing]
offers = "ask"
offer_seconds_max = 12
silent_offers_max = 1

[[teams]]
ref = "press"
name = "Press desk"

[[agents]]
ref = "piet"
name = "Piet Pers"
team = "press"
"""
VIEWER = """subscription { viewerEvents { __typename
  ... on ViewerChanged { type offer { id case { id subject } } } } }"""
OFFERS = "{ viewer { offers { id case { id } } } }"
EVERYBODY = ("anna", "bram", "carla", "piet")


@pytest.fixture(scope="module")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("asking")
    async with running_shop(folder, configuration=CONFIGURATION + ASKING) as running:
        yield running


@pytest.fixture
def day(asking: Shop, number: str) -> Day:
    return Day(asking, number)


async def desk_of(day: Day, *refs: str) -> list[str]:
    """The tokens of those who are there; nobody else is."""
    await day.shop.token("lead", "lena")  # issued before any offer runs out
    for ref in EVERYBODY:
        await day.shop.online(ref, "ONLINE" if ref in refs else "OFFLINE")
    return [await day.shop.token("agent", ref) for ref in refs]


async def offer_told(items: asyncio.Queue[dict[str, Any]]) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            item = await items.get()
            if item["__typename"] == "ViewerChanged" and item["type"] == "offer.made":
                return dict(item["offer"])


async def offer_to(day: Day, token: str, case_id: str) -> str:
    """The offer of that case to that agent, as soon as there is one."""

    async def look() -> str | None:
        offers = (await day.shop.graphql(token, OFFERS))["data"]["viewer"]["offers"]
        return next((str(each["id"]) for each in offers if each["case"]["id"] == case_id), None)

    found = await eventually(look)
    assert found is not None
    return found


async def accepted(day: Day, token: str, case_id: str) -> dict[str, Any]:
    offer_id = await offer_to(day, token, case_id)
    done = await day.change(token, "offerAccept", "case { assignee { ref } }", offerId=offer_id)
    assert done["errors"] == []
    return dict(done["case"])


async def test_s001_s004_s056_whoever_is_told_of_an_offer_first_and_says_yes_has_the_case(day: Day) -> None:
    anna, bram = await desk_of(day, "anna", "bram")
    async with AsyncExitStack() as stack:
        told = {
            token: await stack.enter_async_context(subscribed(day.shop, token, "", {}, document=VIEWER))
            for token in (anna, bram)
        }
        await day.shop.whatsapp(day.number, f"Who answers {day.number}")
        waiting = {asyncio.create_task(offer_told(items)): token for token, items in told.items()}
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        first = waiting[done.pop()]
        case = await day.shop.case_with_text(f"Who answers {day.number}")
        assert case["assignee"] is None, "nobody has it yet"
        assert case["id"] in {node["id"] for node in await day.shop.inbox(first)}
        offer_id = await offer_to(day, first, case["id"])
        said = await day.change(first, "offerDecline", "offer { id }", offerId=offer_id, reason="BUSY")
        assert said["errors"] == []
        (other,) = {anna, bram} - {first}
        offered = await next(task for task, token in waiting.items() if token == other)
        assert offered["case"]["id"] == case["id"]
    mine = await accepted(day, other, case["id"])
    assert mine["assignee"]["ref"] in {"anna", "bram"}
    late = await day.change(first, "offerAccept", "", offerId=offer_id)
    assert codes(late) == ["ALREADY_ASSIGNED"]
    seen = await day.seen(case["id"])
    reasons = [each["reason"] for each in seen["assignments"]]
    assert reasons[-2:] == ["DECLINED_BY_PREVIOUS", "DECLINED_BY_PREVIOUS"], "asked, and taken"
    rejected = {each["rejected"] for each in seen["assignments"][-2]["candidates"]}
    assert "DECLINED" in rejected


async def test_who_does_not_answer_is_away_and_somebody_else_is_asked(day: Day) -> None:
    (anna,) = await desk_of(day, "anna")
    await day.shop.whatsapp(day.number, f"Anybody there {day.number}")
    case = await day.shop.case_with_text(f"Anybody there {day.number}")
    await offer_to(day, anna, case["id"])
    bram = await day.shop.online("bram")
    await offer_to(day, bram, case["id"])
    me = "{ viewer { agent { presence } } }"
    assert (await day.shop.graphql(anna, me))["data"]["viewer"]["agent"]["presence"] == "AWAY"
    assert (await accepted(day, bram, case["id"]))["assignee"]["ref"] == "bram"


async def test_s009_a_case_goes_to_the_press_desk_and_comes_back(day: Day) -> None:
    (anna,) = await desk_of(day, "anna")
    await day.shop.whatsapp(day.number, f"I am a journalist {day.number}")
    case = await day.shop.case_with_text(f"I am a journalist {day.number}")
    await accepted(day, anna, case["id"])
    piet = await day.shop.online("piet")
    press = (await day.agents())["piet"]["teams"][0]
    handed = await day.shop.done(
        anna, "CaseTransfer", caseId=case["id"], teamId=press["id"], reason="A journalist asks."
    )
    assert handed["case"]["assignee"] is None, "the press desk is asked"
    assert (await accepted(day, piet, case["id"]))["assignee"]["ref"] == "piet"
    carla = await day.shop.online("carla")
    await day.shop.done(
        piet, "CaseTransfer", caseId=case["id"], reroute=True, reason="The statement is out: answer so."
    )
    assert (await accepted(day, carla, case["id"]))["assignee"]["ref"] == "carla", "anna and piet gave it away"


async def test_a_lead_hands_on_all_that_somebody_has_who_fell_ill(day: Day) -> None:
    (anna,) = await desk_of(day, "anna")
    await day.shop.whatsapp(day.number, f"Where is it {day.number}")
    case = await day.shop.case_with_text(f"Where is it {day.number}")
    await accepted(day, anna, case["id"])
    bram, lead = await day.shop.online("bram"), await day.shop.token("lead", "lena")
    ill = {"agentId": (await day.agents())["anna"]["id"], "presence": "OFFLINE", "handOver": True}
    more = "agent { ref presence }"
    assert codes(await day.change(bram, "agentPresenceSet", more, **ill)) == ["FORBIDDEN"]
    done = await day.change(lead, "agentPresenceSet", more, **ill)
    assert (done["errors"], done["agent"]) == ([], {"ref": "anna", "presence": "OFFLINE"})
    assert (await accepted(day, bram, case["id"]))["assignee"]["ref"] == "bram"
    seen = await day.seen(case["id"])
    assert seen["assignments"][-1]["reason"] == "DUTY_ENDED"
