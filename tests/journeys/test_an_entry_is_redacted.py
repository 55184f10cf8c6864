"""A card number was said where it must not stay: redacted, it is found on no disk, and everything still verifies."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra.embedded.postgres import SUPERUSER
from tests.journeys.test_a_customer_is_forgotten import SWITCHES
from tests.journeys.test_bundle_of_a_case import verify
from tests.support.shop import Shop, eventually, running_shop

REDACTED_WITHIN_S_MAX = 60.0
NUMBER = "31687650188"
CANARIES = {
    "contact": "goudkanarie-contact 4111111111111111",
    "reply": "goudkanarie-antwoord 4111111111111112",
    "note": "goudkanarie-notitie 4111111111111113",
    "gesture": "goudkanarie-gebaar 4111111111111114",
}
KEPT = "goudkanarie-blijft"
REDACT = """mutation($input: TimelineEntryRedactInput!) { timelineEntryRedact(input: $input) {
  redaction { id completedAt } errors { code } } }"""
ENTRIES = """query($id: ID!) { case(by: { id: $id }) { subject customer { timeline(first: 50) { nodes {
  __typename id ... on Contact { text textState } ... on Note { text textState } ... on Gesture { note } } } } } }"""


@pytest.fixture(scope="module")
async def own_shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A stack whose folder holds nobody else, and may be searched when it has stopped."""
    async with running_shop(tmp_path_factory.mktemp("redacting")) as running:
        yield running


@pytest.fixture(scope="module")
def envelopes() -> list[bytes]:
    """What is sealed of the redacted entries under a key that lives on: nobody may find that either."""
    return []


def found_in(folder: Path, needles: list[bytes], *, wal: bool = False) -> list[str]:
    """In which files any of these bytes are: in the write-ahead log alone, or in everything else."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ("pg_wal" in path.parts) is wal
        for content in [path.read_bytes()]
        if any(needle in content for needle in needles)
    ]


def words() -> list[bytes]:
    return [word.encode() for canary in CANARIES.values() for word in canary.split()]


async def said(shop: Shop) -> tuple[str, dict[str, str]]:
    """One customer with something that must not stay in every kind of entry; the case, and the entries' ids."""
    anna = await shop.online("anna")
    await shop.whatsapp(NUMBER, CANARIES["contact"], name="Sam Bakker", message_id="wamid.redacted-1")
    case = await shop.case_with_text(CANARIES["contact"])
    case_id = case["id"]
    await shop.done(anna, "CaseReply", caseId=case_id, text=CANARIES["reply"])

    async def sent() -> list[Any]:
        return [each for each in shop.stand_in.sent if each.body.get("to", "").lstrip("+") == NUMBER]

    await eventually(sent)
    await shop.done(anna, "CaseNoteAdd", caseId=case_id, text=CANARIES["note"])
    await shop.done(
        anna, "GestureGive", caseId=case_id, kind="REFUND", amount={"amount": "4.95", "currencyCode": "EUR"},
        reason="goodwill", note=CANARIES["gesture"], reference={"kind": "ORDER", "value": CANARIES["gesture"]},
    )  # fmt: skip
    await shop.whatsapp(NUMBER, KEPT, name="Sam Bakker")
    await shop.case_with_text(KEPT)
    nodes = (await shop.graphql(anna, ENTRIES, {"id": case_id}))["data"]["case"]["customer"]["timeline"]["nodes"]
    named = {name: node["id"] for node in nodes for name, text in CANARIES.items() if text in json.dumps(node)}
    assert named.keys() == CANARIES.keys()
    return case_id, named


async def sealed_of(shop: Shop, case_id: str) -> list[bytes]:
    """The envelopes of what is to go in both logs, as they lie there and as messages carry them."""
    run = shop.run()
    found: list[bytes] = []
    for service, topics in (
        (
            "case",
            ("case.contact-attached.v1", "case.reply-requested.v1", "case.note-added.v1", "case.gesture-requested.v1"),
        ),
        ("channels", ("channels.delivery.requested.v1",)),
    ):
        connection = await asyncpg.connect(run["databases"][service])
        try:
            rows = await connection.fetch(
                "SELECT sealed FROM es.events WHERE topic = ANY($1) AND length(sealed) > 4 ORDER BY pos", list(topics)
            )
        finally:
            await connection.close()
        found += [row["sealed"] for row in (rows[:-1] if service == "case" else rows)]
    assert len(found) == len(CANARIES) + 1
    return [each for sealed in found for each in (sealed[4:], base64.b64encode(sealed[4:]))]


async def test_what_was_said_by_mistake_is_redacted_everywhere(own_shop: Shop, envelopes: list[bytes]) -> None:
    shop = own_shop
    case_id, named = await said(shop)
    envelopes += await sealed_of(shop, case_id)
    pia = await shop.token("privacy", "pia")
    for name, entry in named.items():

        async def completed(entry: str = entry, name: str = name) -> bool:
            asked = {"entryId": entry, "reason": f"a card number in the {name}", "idempotencyKey": name}
            done = (await shop.graphql(pia, REDACT, {"input": asked}))["data"]["timelineEntryRedact"]
            assert done["errors"] == []
            return done["redaction"]["completedAt"] is not None

        await eventually(completed, wait_s_max=REDACTED_WITHIN_S_MAX)

    lena = await shop.token("lead", "lena")
    shown = (await shop.graphql(lena, ENTRIES, {"id": case_id}))["data"]["case"]
    assert "goudkanarie-blijft" in json.dumps(shown)
    assert not any(text in json.dumps(shown) for text in CANARIES.values())
    states = [node["textState"] for node in shown["customer"]["timeline"]["nodes"] if "textState" in node]
    assert sorted(states) == ["PRESENT", "REDACTED", "REDACTED", "REDACTED"]
    facts = [fact["type"] for fact in await shop.history(lena, case_id)]
    assert facts.count("case.content-redacted.v1") == len(CANARIES)


async def test_no_file_holds_what_was_redacted_nor_its_envelopes(own_shop: Shop, envelopes: list[bytes]) -> None:
    assert found_in(own_shop.data, words()) == []
    assert found_in(own_shop.data, envelopes) == []
    assert found_in(own_shop.data, words(), wal=True) != [], "the search finds nothing anywhere"
    assert found_in(own_shop.data, envelopes, wal=True) != [], "the search finds nothing anywhere"


async def test_the_logs_and_a_bundle_of_the_case_still_verify(own_shop: Shop, tmp_path: Path) -> None:
    case = await own_shop.case_with_text(KEPT)
    file = tmp_path / "case.json"
    own_shop.eender("verify")
    own_shop.eender("verify", case["number"])
    own_shop.eender("export", case["number"], "--out", str(file))
    done = verify(file)
    assert done.returncode == 0, done.stderr
    assert "content withheld since: fact" in done.stdout


async def test_nor_does_the_write_ahead_log_once_its_files_are_used_again(
    own_shop: Shop, envelopes: list[bytes]
) -> None:
    kept = json.loads(next(own_shop.data.rglob("postgres.json")).read_text())
    admin = await asyncpg.connect(
        host="127.0.0.1", port=kept["port"], user=SUPERUSER, password=kept["passwords"][SUPERUSER], database="postgres"
    )
    try:
        for _ in range(SWITCHES):
            await admin.execute("SELECT pg_switch_wal()")
            await admin.execute("CHECKPOINT")
    finally:
        await admin.close()
    assert found_in(own_shop.data, [*words(), *envelopes], wal=True) == []
    own_shop.stop()
    assert found_in(own_shop.data, [*words(), *envelopes]) == []
