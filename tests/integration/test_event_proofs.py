"""Proofs of facts: what the API and the log's own routes give is enough to check them, with nothing of ours."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from litestar import Litestar

from infra.checkpointer import Checkpointer
from infra.checkpoints import open_checkpoint, parse_key
from infra.embedded.postgres import EmbeddedPostgres
from infra.merkle import verify_inclusion
from infra.tiles import log_router
from tests.integration.graphql_stand import Desk, own_desk

AUDITOR = "AUDITOR:ada"


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def served(desk: Desk, path: str) -> httpx.Response:
    source = SimpleNamespace(pool=desk.pool, checkpointer=Checkpointer(desk.pool, "case", None))
    app: Any = Litestar([log_router(source)], openapi_config=None, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://case") as client:
        return await client.get(path)


async def test_every_fact_of_a_case_is_proven_against_the_served_key(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    history = (await desk.ask("CaseHistory", {"id": case["id"]}, AUDITOR))["history"]["nodes"]
    key = parse_key((await served(desk, "/log/key")).text)
    assert len(history) > 2
    for event in history:
        proof = await desk.ask("EventProof", {"caseId": case["id"], "version": event["version"]}, AUDITOR)
        assert proof["position"] == event["position"]
        assert proof["leafHash"] == sha256(b"\0" + bytes.fromhex(event["hash"])).hexdigest()
        checkpoint = open_checkpoint(proof["checkpoint"], key)
        assert (checkpoint.origin, str(checkpoint.size)) == ("eender/case", proof["treeSize"])
        path = [bytes.fromhex(each) for each in proof["inclusionPath"]]
        leaf, index = bytes.fromhex(proof["leafHash"]), int(proof["position"]) - 1
        assert verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root)


async def test_a_note_is_checked_with_nothing_but_its_specification(desk: Desk) -> None:
    case = await desk.opened()
    proof = await desk.ask("EventProof", {"caseId": case["id"], "version": 1}, AUDITOR)
    text, _, signed = proof["checkpoint"].partition("\n\n")
    key = base64.b64decode((await served(desk, "/log/key")).text.strip().split("+", 2)[2])
    signature = base64.b64decode(signed.strip().split(" ")[2])
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode() + b"\n")


async def test_there_is_no_proof_of_what_does_not_exist(desk: Desk) -> None:
    case = await desk.opened()
    for case_id, version in ((case["id"], 999), (case["customer"]["id"], 1), ("nonsense", 1)):
        assert await desk.ask("EventProof", {"caseId": case_id, "version": version}, AUDITOR) is None


async def test_a_damaged_log_gives_no_proof_and_says_so(desk: Desk) -> None:
    case = await desk.opened()
    await desk.ask("EventProof", {"caseId": case["id"], "version": 1}, AUDITOR)
    row = await desk.pool.fetchrow("DELETE FROM es.log WHERE position = 1 RETURNING *")
    assert row is not None
    try:
        with pytest.raises(AssertionError, match="the log is damaged"):
            await desk.ask("EventProof", {"caseId": case["id"], "version": 1}, AUDITOR)
    finally:
        await desk.pool.execute("INSERT INTO es.log VALUES ($1, $2, $3, $4, $5)", *row)
