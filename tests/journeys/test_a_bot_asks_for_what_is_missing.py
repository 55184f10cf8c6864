"""A machine asks for the basics that a playbook needs, a person gets what is complete, and what is complex at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.shop import Shop, eventually, running_shop
from tests.support.shop_configuration import CONFIGURATION

BOT = """
[[teams]]
ref = "front"
name = "Front desk"

[[agents]]
ref = "robo"
name = "Robo"
kind = "bot"
principal = "svc-robo"
team = "front"
capacity_units = 500

[guards]
order_numbers = ["NL-####-######"]

[[playbooks]]
situation = "A parcel is late"
found = ["complaint"]
visibility = "private"
answer = "Say what happened and by when it comes."
tone = "Sorry once, then facts."
action = "Ask the carrier."
needs = ["order"]
"""
WORK = """{ inbox(first: 50) { nodes { id awaitingUs missing customer { displayName }
  playbooks { situation needs } } } }"""
ADVICE = """query($id: ID!) { case(by: { id: $id }) { status assignee { ref } missing
  playbooks { situation answer tone action needs }
  contacts(first: 20) { nodes { direction text class actor { displayName } recognised { kind value } } } } }"""
QUESTION = "Wat is je bestelnummer? Het ziet eruit als NL-2026-000000."


@pytest.fixture
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    first = CONFIGURATION.replace('name = "The Shop"\n', 'name = "The Shop"\nteam = "front"\n')
    async with running_shop(tmp_path_factory.mktemp("front-desk"), configuration=first + BOT) as running:
        yield running


class Robo:
    """A bot of the shop's own: it knows the API, and of the shop nothing but what the API tells."""

    def __init__(self, shop: Shop, token: str, expert: str) -> None:
        self.shop, self.token, self.expert = shop, token, expert
        self.asked: list[str] = []

    async def round(self) -> None:
        """Look at what it has: ask for what is missing, hand over what is complete, and what no playbook is about."""
        answer = await self.shop.graphql(self.token, WORK)
        assert "errors" not in answer, answer
        for case in answer["data"]["inbox"]["nodes"]:
            if not case["awaitingUs"]:
                continue
            if "ORDER" in case["missing"]:
                await self.shop.done(self.token, "CaseReply", caseId=case["id"], text=QUESTION)
                self.asked.append(case["id"])
            else:
                known = "all is told" if case["playbooks"] else "not a matter for a machine"
                await self.shop.done(self.token, "CaseTransfer", caseId=case["id"], agentId=self.expert, reason=known)

    async def until(self, case_id: str, ref: str) -> dict[str, Any]:
        """Go round until this agent has the case; how it looks then."""

        async def look() -> dict[str, Any]:
            await self.round()
            return await advice(self.shop, self.token, case_id)

        return await eventually(look, lambda case: case["assignee"] is not None and case["assignee"]["ref"] == ref)


async def advice(shop: Shop, token: str, case_id: str) -> dict[str, Any]:
    answer = await shop.graphql(token, ADVICE, {"id": case_id})
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["case"]
    return found


def said(case: dict[str, Any]) -> list[tuple[str, str]]:
    return [(contact["direction"], contact["text"]) for contact in case["contacts"]["nodes"]]


async def test_s080_s090_s074_a_bot_asks_for_the_order_number_and_an_expert_gets_the_case_with_it(
    shop: Shop, number: str
) -> None:
    robo = await shop.token("integration", "svc-robo")
    await shop.done(robo, "PresenceSet", presence="ONLINE")
    anna = await shop.online("anna")
    agents = (await shop.ask(await shop.token("lead", "lena"), "Team"))["agents"]["nodes"]
    expert = next(agent["id"] for agent in agents if agent["displayName"] == "Anna de Vries")
    bot = Robo(shop, robo, expert)

    late = "Mijn pakket is weer te laat, wat een slechte service!"
    await shop.whatsapp(number, late)
    case_id = (await shop.case_with_text(late))["id"]
    waiting = await eventually(lambda: advice(shop, robo, case_id), lambda case: case["assignee"] is not None)
    assert (waiting["assignee"]["ref"], waiting["missing"]) == ("robo", ["ORDER"])
    (book,) = waiting["playbooks"]
    assert (book["situation"], book["tone"], book["action"]) == (
        "A parcel is late",
        "Sorry once, then facts.",
        "Ask the carrier.",
    )
    assert said(waiting) == [("INBOUND", late)], "nothing is answered by itself: the bot decides, and only it speaks"

    for _ in range(3):
        await bot.round()
    assert bot.asked == [case_id], "once: it is the customer who is to move now"
    assert (await advice(shop, robo, case_id))["missing"] == ["ORDER"], "an example of ours is no order of theirs"

    await shop.whatsapp(number, "Sorry, het is nl-2026-001234 hoor")
    handed = await bot.until(case_id, "anna")
    assert handed["missing"] == []
    assert bot.asked == [case_id]
    told = handed["contacts"]["nodes"][-1]
    assert told["recognised"] == [{"kind": "ORDER", "value": "NL-2026-001234"}]
    assert [contact["actor"]["displayName"] for contact in handed["contacts"]["nodes"]][1] == "Robo"
    assert handed["contacts"]["nodes"][0]["class"] == "COMPLAINT"
    assert case_id in {case["id"] for case in await shop.inbox(anna)}

    question = "Kunnen jullie bij de verhuizing van ons kantoor alle contracten samenvoegen?"
    await shop.form({"name": "Kim", "email": "kim@home.example", "message": question})
    complex_id = (await shop.case_with_text(question))["id"]
    straight = await bot.until(complex_id, "anna")
    assert (straight["playbooks"], straight["missing"], bot.asked) == ([], [], [case_id])
    assert said(straight) == [("INBOUND", question)], "nobody asked for anything"


async def test_s090_nobody_is_asked_for_what_a_form_told_in_a_field_of_its_own(shop: Shop) -> None:
    robo = await shop.token("integration", "svc-robo")
    await shop.done(robo, "PresenceSet", presence="ONLINE")
    message = "Weer te laat, waardeloos!"
    body = {"message": message, "email": "noa@home.example", "fields": {"bestelnummer": "NL-2026-007777"}}
    assert (await shop.form(body)).status_code == 202
    case_id = (await shop.case_with_text(message))["id"]
    case = await advice(shop, robo, case_id)
    assert ([each["situation"] for each in case["playbooks"]], case["missing"]) == (["A parcel is late"], [])
    assert case["contacts"]["nodes"][0]["recognised"] == [{"kind": "ORDER", "value": "NL-2026-007777"}]
