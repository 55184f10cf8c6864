"""An agent gets the time to study person, case and situation: the customer is told at once, the answer may be right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from infra.clock import SystemClock
from tests.support.shop import Shop, eventually, running_shop
from tests.support.shop_configuration import CONFIGURATION

TIME = """
[[targets]]
acknowledge_min = 15
first_answer_min = 240

[staff_privacy]
group_size_min = 1

[[playbooks]]
situation = "Something broke"
found = ["complaint", "question"]
answer = "What we found out, and what we do about it."
action = "Look the product up before you write."
"""
STUDY = """query($id: ID!) { case(by: { id: $id }) { status assignee { ref } clocks { kind state }
  commitments { status dueAt }
  playbooks { situation action }
  customer { timeline(first: 20) { nodes { __typename occurredAt } } cases(first: 5) { nodes { id } } } } }"""
PACE = "{ report(kind: PACE) { rows } }"


@pytest.fixture
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    one_at_a_time = CONFIGURATION.replace("capacity_units = 200", "capacity_units = 1")
    async with running_shop(tmp_path_factory.mktemp("unhurried"), configuration=one_at_a_time + TIME) as running:
        yield running


async def studied(shop: Shop, token: str, case_id: str) -> dict[str, Any]:
    answer = await shop.graphql(token, STUDY, {"id": case_id})
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["case"]
    found["states"] = {clock["kind"]: clock["state"] for clock in found["clocks"]}
    return found


async def test_s078_an_agent_has_time_for_the_right_answer_and_is_not_pressed_meanwhile(
    shop: Shop, number: str
) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, "Is mijn fiets nog te repareren? De trapas is kapot")
    case_id = (await shop.case_with_text("Is mijn fiets nog te repareren? De trapas is kapot"))["id"]

    def hers(case: dict[str, Any]) -> bool:
        return case["assignee"] is not None

    case = await eventually(lambda: studied(shop, anna, case_id), hers)
    assert case["playbooks"] == [{"situation": "Something broke", "action": "Look the product up before you write."}]
    assert (len(case["customer"]["cases"]["nodes"]), case["customer"]["timeline"]["nodes"] != []) == (1, True)

    by = (SystemClock().now() + timedelta(hours=3)).isoformat()
    await shop.done(anna, "CaseReply", caseId=case_id, text="Ik zoek het voor je uit.", answerBy=by)
    case = await studied(shop, anna, case_id)
    assert (case["states"]["ACKNOWLEDGE"], case["states"]["FIRST_ANSWER"]) == ("MET", "RUNNING")
    assert ([each["status"] for each in case["commitments"]], case["status"]) == (["OPEN"], "OPEN")

    other = "Waar blijft mijn helm?"
    await shop.whatsapp(str(int(number) + 500_000), other)
    next_id = (await shop.case_with_text(other))["id"]

    def decided(facts: list[dict[str, Any]]) -> bool:
        return any(each["type"] == "case.assigned.v1" for each in facts)

    await eventually(lambda: shop.history(anna, next_id), decided)
    assert (await studied(shop, anna, next_id))["assignee"] is None, "she is at work: nobody hands her more"

    await shop.done(anna, "CaseReply", caseId=case_id, text="Ja: de trapas is leverbaar, het kost een uur werk.")
    case = await studied(shop, anna, case_id)
    assert case["states"]["FIRST_ANSWER"] == "MET"
    taken = await eventually(lambda: studied(shop, anna, next_id), hers)
    assert taken["assignee"]["ref"] == "anna"

    answer = await shop.graphql(await shop.token("lead", "lena"), PACE)
    (row,) = answer["data"]["report"]["rows"]
    assert (row["answered_within"], row["cases"], row["acknowledged"]) == ("15 min", 1, 1)
