"""One trace from the webhook through three services, and no name, address or text where operators look."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import nats

from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import APP_SECRET
from tests.support.subscriptions import next_changes, subscribed

CANARIES = ("Canary Birdsong", "canary.birdsong", "feathers and seeds")


def spans(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(shop.folder.glob("spans.jsonl*")):
        found.extend(json.loads(line) for line in path.read_text().splitlines() if line.strip())
    return found


async def test_one_trace_runs_from_the_webhook_to_the_screen(shop: Shop, number: str) -> None:
    for ref in ("bram", "carla"):
        await shop.online(ref, "OFFLINE")
    anna = await shop.online("anna")
    text = f"feathers and seeds {number}"
    raw = json.dumps(shop.whatsapp_payload(number, text, name="Canary Birdsong")).encode()
    trace_id = f"{int(number):032x}"
    async with subscribed(shop, anna, "InboxEvents", {"after": None}) as items:
        await asyncio.sleep(0.3)
        answer = await shop.http.post(
            f"http://127.0.0.1:{shop.port + 1}/channels/whatsapp/waba-1",
            content=raw,
            headers={
                "X-Hub-Signature-256": "sha256=" + hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest(),
                "traceparent": f"00-{trace_id}-00f067aa0ba902b7-01",
            },
        )
        assert answer.status_code == 200

        async def steps_in_trace() -> set[tuple[str, str]]:
            return {(span["service"], span["name"]) for span in spans(shop) if span["trace_id"] == trace_id}

        await next_changes(items, 1)
        await eventually(steps_in_trace, lambda seen: ("case", "graphql.push") in seen)
    for ref in ("bram", "carla"):
        await shop.online(ref)
    await eventually(steps_in_trace, lambda seen: {service for service, _ in seen} == {"channels", "case", "routing"})


async def test_no_span_log_metric_subject_or_header_carries_a_canary(shop: Shop, number: str) -> None:
    text = f"feathers and seeds again {number}"
    await shop.whatsapp(number, text, name="Canary Birdsong")
    await shop.form({"name": "Canary Birdsong", "email": "canary.birdsong@customer.example", "message": text + "!"})
    await shop.case_with_text(text)
    await shop.case_with_text(text + "!")
    watched: dict[str, str] = {}
    for path in sorted(shop.folder.glob("spans.jsonl*")):
        watched[f"spans {path.name}"] = path.read_text()
    watched |= logs(shop)
    for service, offset in (("case", 0), ("channels", 1), ("routing", 2)):
        response = await shop.http.get(f"http://127.0.0.1:{shop.port + offset}/metrics")
        assert response.status_code == 200
        watched[f"metrics {service}"] = response.text
    watched["messages"] = await messages(shop)
    for place, content in watched.items():
        for canary in (*CANARIES, number):
            assert canary not in content, f"{canary!r} stands in {place}"


def logs(shop: Shop) -> dict[str, str]:
    files = [path for path in sorted((shop.data / "logs").rglob("*")) if path.is_file()]
    assert files
    return {f"log {path.name}": path.read_text(errors="replace") for path in files}


async def messages(shop: Shop) -> str:
    """Subject, headers and payload of everything on the bus: texts travel sealed."""
    client = await nats.connect(shop.run()["nats"])
    lines = []
    try:
        stream = client.jetstream()
        for name in ("CHANNELS", "CASE", "ROUTING"):
            info = await stream.stream_info(name)
            last = info.state.last_seq
            for sequence in range(max(1, last - 300), last + 1):
                message = await stream.get_msg(name, sequence)
                lines.append(f"{message.subject} {message.headers} {message.data!r}")
    finally:
        await client.close()
    assert lines
    return "\n".join(lines)
