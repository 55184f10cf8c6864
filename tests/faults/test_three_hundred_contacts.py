"""A bounded load of numbered contacts, doubled and shuffled, while every service and NATS are killed in turn."""

from __future__ import annotations

import asyncio
import contextlib
import random  # noqa: TID251  (seeded: the same load comes again)
import time

import httpx

from tests.support.killing import kill_in_turn
from tests.support.shop import Shop, eventually

CONTACTS = 300
SENDERS = 30
SEED = 20261121
SEND_ATTEMPTS_MAX = 60
FIRST_NUMBER = 31613000000
VICTIMS = ("channels", "case", "routing", "nats", "case", "channels")


async def post_until_accepted(shop: Shop, number: str, text: str, message_id: str, at: int) -> None:
    """As a platform does: the same payload again until it is answered with 2xx."""
    payload = shop.whatsapp_payload(number, text, message_id=message_id, at=at)
    for _ in range(SEND_ATTEMPTS_MAX):
        with contextlib.suppress(httpx.HTTPError):
            if (await shop.webhook(payload)).status_code == 200:
                return
        await asyncio.sleep(0.25)
    raise AssertionError(f"{message_id} was never accepted")


async def test_each_accepted_contact_is_on_one_timeline_once_and_in_order(shop: Shop) -> None:
    start = int(time.time()) - 3600
    contacts = [
        (str(FIRST_NUMBER + index % SENDERS), f"contact {index:03d}", f"wamid.LOAD{index:03d}", start + index)
        for index in range(CONTACTS)
    ]
    order = random.Random(SEED)  # noqa: S311  (a seed, so that the same load comes again)
    load = [*contacts, *order.sample(contacts, CONTACTS // 3)]
    # Shuffled within a window, as platforms do; a sender's messages may overtake each other.
    for first in range(0, len(load), 40):
        window = load[first : first + 40]
        order.shuffle(window)
        load[first : first + 40] = window

    pending = asyncio.Queue[tuple[str, str, str, int]]()
    for item in load:
        pending.put_nowait(item)

    async def sender() -> None:
        while not pending.empty():
            number, text, message_id, at = pending.get_nowait()
            await post_until_accepted(shop, number, text, message_id, at)
            await asyncio.sleep(0.08)

    killing = asyncio.create_task(kill_in_turn(shop, VICTIMS))
    await asyncio.gather(*(sender() for _ in range(6)))
    killed = await killing
    assert killed == list(VICTIMS)

    lead = await shop.token("lead", "lena")

    async def timelines() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        with contextlib.suppress(httpx.HTTPError, KeyError, AssertionError):
            for offset in range(SENDERS):
                number = str(FIRST_NUMBER + offset)
                data = await shop.ask(lead, "FindCustomer", {"kind": "WHATSAPP", "value": f"+{number}"})
                if data["customer"] is None:
                    continue
                customer = await shop.customer(lead, data["customer"]["id"])
                texts = [e["text"] for e in customer["timeline"]["nodes"] if e["__typename"] == "Contact"]
                found[number] = texts[::-1]
        return found

    seen = await eventually(
        timelines, lambda found: sum(len(texts) for texts in found.values()) >= CONTACTS, wait_s_max=60
    )
    await asyncio.sleep(2)
    seen = await timelines()
    for offset in range(SENDERS):
        number = str(FIRST_NUMBER + offset)
        assert seen[number] == [text for sender_number, text, _, _ in contacts if sender_number == number]
