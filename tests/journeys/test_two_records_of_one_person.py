"""Two records turn out to be one person, or not after all: one screen meanwhile, and nothing is lost."""

from __future__ import annotations

from typing import Any

from tests.support.day import Day, codes
from tests.support.shop import Shop


async def test_two_records_of_one_person_are_one_screen_until_somebody_knows_better(shop: Shop, number: str) -> None:
    day = Day(shop, number)
    anna, first = await day.case_of("anna", "From my phone")
    mail = f"sam{day.number}@customer.example"
    await shop.form({"email": mail, "message": f"From my laptop {day.number}"})
    second = await shop.case_with_text(f"From my laptop {day.number}")
    phone, laptop = first["customer"]["id"], second["customer"]["id"]
    assert phone != laptop
    before = {each: await shop.customer(anna, each) for each in (phone, laptop)}

    merged = await shop.done(anna, "Merge", sourceId=laptop, targetId=phone, reason="She told me so.")
    assert {handle["kind"] for handle in merged["customer"]["handles"]} == {"WHATSAPP", "EMAIL"}
    whole = await shop.customer(anna, phone)
    assert {case["id"] for case in whole["openCases"]["nodes"]} == {first["id"], second["id"]}
    texts = {entry.get("text") for entry in whole["timeline"]["nodes"]}
    assert {f"From my phone {day.number}", f"From my laptop {day.number}"} <= texts
    assert (await shop.case(anna, second["id"]))["customer"]["id"] == phone
    found = await shop.ask(anna, "FindCustomer", {"kind": "EMAIL", "value": mail})
    assert found["customer"]["id"] == phone
    assert codes(await shop.do(anna, "Merge", sourceId=laptop, targetId=phone, reason="Again")) == ["ALREADY_MERGED"]

    # what comes in meanwhile belongs where it came from
    await shop.form({"email": mail, "message": f"One more thing {day.number}"})
    later = await shop.case_with_text(f"One more thing {day.number}")
    assert later["customer"]["id"] == phone
    parted = await shop.done(anna, "Unmerge", mergeId=merged["merge"]["id"], reason="It is her sister.")
    assert {each["id"] for each in parted["customers"]} == {phone, laptop}
    after = {each: await shop.customer(anna, each) for each in (phone, laptop)}
    assert told(after[phone]) == told(before[phone])
    assert told(after[laptop]) > told(before[laptop]), "and what came in meanwhile"
    assert f"One more thing {day.number}" in {entry.get("text") for entry in after[laptop]["timeline"]["nodes"]}
    again = await shop.do(anna, "Unmerge", mergeId=merged["merge"]["id"], reason="Again")
    assert codes(again) == ["INVALID_INPUT"]


def told(customer: dict[str, Any]) -> set[str]:
    """Everything of a customer that a screen shows, by its ids."""
    listed = [*customer["handles"], *customer["timeline"]["nodes"]]
    listed += customer["openCases"]["nodes"] + customer["closedCases"]["nodes"]
    return {each["id"] for each in listed}
