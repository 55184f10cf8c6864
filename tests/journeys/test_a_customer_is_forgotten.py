"""A customer is erased: asked by one, approved by another, and nothing of what was said is found on disk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra.embedded.postgres import SUPERUSER
from tests.support.shop import Shop, eventually, running_shop

ERASED_WITHIN_S_MAX = 60.0
SWITCHES = 12
"""More than min_wal_size / 16 MB files are kept to be used again; each switch fills one of them to its end."""
NUMBER = "31687650143"
CANARIES = (
    *(f"Zilverkanarie{word}" for word in ("Naam", "Formuliernaam", "Tekst", "Vervolg", "Formulier", "Onderwerp")),
    *(f"zilverkanarie-{word}" for word in ("adres", "tweede", "belnotitie", "bezoek", "antwoord", "notitie", "gebaar")),
    *(f"zilverkanarie-{word}" for word in ("verwijzing", "wamid", "grond", "reden", "bestand", "beeld")),
    NUMBER,
    NUMBER[2:],
    "zilverkanarie-tweede@kanarie.example",
)
"""Strings in names, texts, addresses, numbers, platform ids, reasons and files."""

REQUESTS = """query { approvals(first: 50) { totalCount nodes { __typename id requestedAt expiresAt
  requestedBy { id displayName } ... on ErasureRequest { ground status customer { id displayName state } } } } }"""
NODE = """query Receipt($id: ID!) { node(id: $id) { ... on ErasureRequest { status
  receipt { id erasedAt events keysDestroyed
  storesPurged retained { what until } keyBackupsExpireAt position checkpoint } } } }"""

FILES = """query ($id: ID!) { case(by: { id: $id }) { contacts(first: 50) { nodes {
  attachments { name state url mediaType } } } } }"""

CUSTOMER = """query ($id: ID!) { customer(by: { id: $id }) { state displayName name handles { id }
  cases(first: 20) { nodes { subject preview contacts(first: 50) { nodes { text subject textState } } } } } }"""


@pytest.fixture(scope="module")
async def own_shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A stack whose folder holds nobody else, and may be searched when it has stopped."""
    async with running_shop(tmp_path_factory.mktemp("forgetful")) as running:
        yield running


def files_with(folder: Path, words: Iterable[str], *, wal: bool = False) -> dict[str, list[str]]:
    """In which files each of the words is found: in the write-ahead log alone, or in everything else."""
    found: dict[str, list[str]] = {}
    wanted = {word: word.encode() for word in words}
    for path in folder.rglob("*"):
        if not path.is_file() or ("pg_wal" in path.parts) is not wal:
            continue
        content = path.read_bytes()
        for word, sought in wanted.items():
            if sought in content:
                found.setdefault(word, []).append(str(path.relative_to(folder)))
    return found


async def plant(shop: Shop) -> dict[str, Any]:
    """One customer with something personal wherever something personal can be."""
    anna = await shop.online("anna")
    await shop.whatsapp(
        NUMBER, "ZilverkanarieTekst", name="ZilverkanarieNaam Jansen", message_id="wamid.zilverkanarie-wamid"
    )
    case = await shop.case_with_text("ZilverkanarieTekst")
    customer_id, case_id = case["customer"]["id"], case["id"]
    await shop.done(anna, "CaseReply", caseId=case_id, text="Zeker, zilverkanarie-antwoord.")
    (sent,) = await eventually(lambda: sent_to(shop))
    photo = b"\x89PNG\r\n\x1a\n zilverkanarie-beeld"
    await shop.whatsapp_file(NUMBER, "media-1", photo, filename="zilverkanarie-bestand.png", caption="Zie foto")
    await eventually(lambda: fetched(shop, case_id, photo))
    await shop.whatsapp_status(sent.message_id, "delivered", recipient_id=NUMBER)
    await shop.whatsapp(NUMBER, "ZilverkanarieVervolg", name="ZilverkanarieNaam Jansen")
    await shop.case_with_text("ZilverkanarieVervolg")
    mail = "zilverkanarie-adres@kanarie.example"
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="EMAIL", value=mail)
    other = "zilverkanarie-tweede@kanarie.example"
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="EMAIL", value=other)
    form = {
        "email": mail,
        "name": "ZilverkanarieFormuliernaam",
        "subject": "ZilverkanarieOnderwerp",
        "message": "ZilverkanarieFormulier",
    }
    assert (await shop.form(form)).is_success
    await shop.case_with_text("ZilverkanarieFormulier")
    for channel, text in (("VOICE", "zilverkanarie-belnotitie"), ("VISIT", "zilverkanarie-bezoek")):
        await shop.done(
            anna, "ContactRecord", customer={"id": customer_id}, channel=channel, direction="INBOUND", text=text
        )
    await shop.done(anna, "CaseNoteAdd", caseId=case_id, text="zilverkanarie-notitie")
    await shop.done(
        anna,
        "GestureGive",
        caseId=case_id,
        kind="REFUND",
        amount={"amount": "4.95", "currencyCode": "EUR"},
        reason="goodwill",
        note="zilverkanarie-gebaar",
        reference={"kind": "ORDER", "value": "zilverkanarie-verwijzing"},
    )
    return {"customer": customer_id, "case": case_id, "contact": case["contacts"]["nodes"][0]["id"]}


async def fetched(shop: Shop, case_id: str, photo: bytes) -> bool:
    """Whether the desk can fetch the photo by its link."""
    files = await files_of(shop, case_id)
    ready = [file for file in files if file["state"] == "READY"]
    if not ready:
        return False
    answer = await shop.http.get(ready[0]["url"])
    assert (answer.status_code, answer.content) == (200, photo)
    assert ready[0]["name"] == "zilverkanarie-bestand.png"
    return True


async def files_of(shop: Shop, case_id: str) -> list[Any]:
    answer = await shop.graphql(await shop.token("lead", "lena"), FILES, {"id": case_id})
    return [file for contact in answer["data"]["case"]["contacts"]["nodes"] for file in contact["attachments"]]


async def sent_to(shop: Shop) -> list[Any]:
    return [sent for sent in shop.stand_in.sent if sent.body.get("to", "").lstrip("+") == NUMBER]


async def test_a_customer_is_forgotten_and_the_proof_stays(own_shop: Shop) -> None:
    shop = own_shop
    planted = await plant(shop)
    pia, paul = await shop.token("privacy", "pia"), await shop.token("privacy", "paul")
    history = await shop.history(await shop.token("lead", "lena"), planted["case"])

    asked = await shop.done(
        pia, "CustomerErasureRequest", customerId=planted["customer"], ground="CONSENT_WITHDRAWN",
        note="zilverkanarie-grond",
    )  # fmt: skip
    assert asked["request"]["status"] == "REQUESTED"
    request_id = asked["request"]["id"]
    waiting = (await shop.graphql(paul, REQUESTS))["data"]["approvals"]
    assert [(node["id"], node["customer"]["state"]) for node in waiting["nodes"]] == [(request_id, "ACTIVE")]

    own = await shop.do(pia, "CustomerErasureApprove", requestId=request_id)
    assert [error["code"] for error in own["errors"]] == ["SELF_APPROVAL"]
    await shop.done(paul, "CustomerErasureApprove", requestId=request_id)

    async def receipt() -> Any:
        answer = await shop.graphql(await shop.token("lead", "lena"), NODE, {"id": request_id})
        return answer["data"]["node"]["receipt"]

    done = await eventually(receipt, wait_s_max=ERASED_WITHIN_S_MAX)
    assert done["events"] >= 10
    assert done["keysDestroyed"] >= 6
    assert {"case.timeline", "case.handles", "channels.windows", "channels.raws"} <= set(done["storesPurged"])
    assert any("ledger" in kept["what"] and kept["until"] for kept in done["retained"])

    await nothing_is_readable(shop, planted, history)
    assert (await shop.graphql(paul, REQUESTS))["data"]["approvals"]["nodes"] == []
    await who_comes_again_is_somebody_new(shop, planted)


async def nothing_is_readable(shop: Shop, planted: dict[str, Any], before: list[dict[str, Any]]) -> None:
    """The screens show that there was something, never what; the record is longer, and otherwise as it was."""
    lena = await shop.token("lead", "lena")
    customer = (await shop.graphql(lena, CUSTOMER, {"id": planted["customer"]}))["data"]["customer"]
    assert customer["state"] == "ERASED"
    assert customer["displayName"].startswith("Klant ")
    assert (customer["name"], customer["handles"]) == (None, [])
    for case in customer["cases"]["nodes"]:
        assert (case["subject"], case["preview"]) == (None, None)
        for contact in case["contacts"]["nodes"]:
            assert contact == {"text": None, "subject": None, "textState": "ERASED"}
    (file,) = await files_of(shop, planted["case"])
    assert file == {"name": None, "state": "REMOVED", "url": None, "mediaType": "image/png"}
    after = await shop.history(lena, planted["case"])
    assert [fact["hash"] for fact in after[: len(before)]] == [fact["hash"] for fact in before]
    anna = await shop.token("agent", "anna")
    refused = await shop.do(anna, "CaseNoteAdd", caseId=planted["case"], text="zilverkanarie-notitie")
    assert [error["code"] for error in refused["errors"]] == ["CUSTOMER_ERASED"]


async def who_comes_again_is_somebody_new(shop: Shop, planted: dict[str, Any]) -> None:
    stranger = "31687650199"
    await shop.whatsapp(stranger, "Hallo daar", name="Iemand")
    case = await shop.case_with_text("Hallo daar")
    assert case["customer"]["id"] != planted["customer"]


async def test_nothing_of_a_forgotten_customer_is_on_disk(own_shop: Shop) -> None:
    assert len(set(CANARIES)) == 22
    assert files_with(own_shop.data, CANARIES) == {}
    assert len(files_with(own_shop.data, CANARIES, wal=True)) > 10, "the search finds nothing anywhere"


async def test_nor_in_the_write_ahead_log_once_its_files_are_used_again(own_shop: Shop) -> None:
    kept = json.loads(next(own_shop.data.rglob("postgres.json")).read_text())
    password = kept["passwords"][SUPERUSER]
    admin = await asyncpg.connect(
        host="127.0.0.1", port=kept["port"], user=SUPERUSER, password=password, database="postgres"
    )
    try:
        for _ in range(SWITCHES):
            await admin.execute("SELECT pg_switch_wal()")
            await admin.execute("CHECKPOINT")
    finally:
        await admin.close()
    assert files_with(own_shop.data, CANARIES, wal=True) == {}
    own_shop.stop()
    assert files_with(own_shop.data, CANARIES) == {}
