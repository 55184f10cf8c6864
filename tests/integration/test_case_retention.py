"""What was said in cases is kept no longer than it is to be kept, and each day says so, on real servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from contracts.stored import SealingScope
from contracts.subjects import CASE
from contracts.vocabulary import id_of, system_actor
from infra.bus import Bus
from infra.clock import SystemClock, SystemIds
from infra.embedded.nats import EmbeddedNats
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import Log, verify_log
from infra.relay import Relay
from infra.stream import OriginStream
from services.case.commands.record_withholding import RecordWithholding, record_withholding
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.publish import contract_fact
from services.case.workers.rebuilding import case_rebuild
from services.case.workers.redactor import Redactor
from services.case.workers.retainer import Retainer
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.one_service import running, until

MONTHS = 12
PLACE = """mutation($input: RestrictionPlaceInput!) { restrictionPlace(input: $input) { errors { code } } }"""
ENTRIES = """query($id: ID!) { case(by: { id: $id }) { subject preview contacts(first: 20) { nodes {
  text subject textState } } } }"""


class LaterClock(SystemClock):
    """The real time, as far ahead as a test wants."""

    ahead = timedelta(days=500)

    def now(self) -> datetime:
        return super().now() + self.ahead


@dataclass
class Stand:
    """A desk whose log is published, and its workers on a clock of their own."""

    desk: Desk
    bus: Bus
    clock: LaterClock

    async def resolved(self, text: str) -> dict[str, Any]:
        case = await self.desk.opened(text)
        await self.desk.do("CaseReply", caseId=case["id"], text=f"{text}: noted")
        await self.desk.do("CaseNoteAdd", caseId=case["id"], text=f"{text}: a note")
        await self.desk.do("CaseResolve", caseId=case["id"])
        return case

    async def retain(self) -> None:
        desk = self.desk
        retainer = Retainer(pool=desk.pool, record=desk.record, clock=self.clock, ids=SystemIds(), case_months=MONTHS)
        await retainer.round()

    async def finish(self, *cases: dict[str, Any]) -> None:
        """As channels and the worker of redactions would."""
        desk = self.desk
        for case in cases:
            redaction_id = id_of("expiry", str(ids.uuid_of(IdType.CASE, case["id"])))
            answer = RecordWithholding(redaction_id, 1, 2, ("channels.raws",))
            await record_withholding(answer, desk.context(system_actor("channels")), record=desk.record)
        stream, count = OriginStream(self.bus, CASE), await desk.pool.fetchval("SELECT count(*) FROM es.events")

        async def published() -> bool:
            return bool((await stream.last_sequence() or 0) >= count)

        await until(published)
        redactor = Redactor(
            pool=desk.pool, keys=desk.keys, stream=stream, record=desk.record, clock=self.clock, ids=SystemIds()
        )
        await redactor.round()

    async def evidence(self) -> list[dict[str, Any]]:
        sql = "SELECT clear FROM es.events WHERE topic = 'retention.enforced.v1' ORDER BY pos"
        return [json.loads(row["clear"]) for row in await self.desk.pool.fetch(sql)]


@pytest.fixture
async def stand(postgres_server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Stand]:
    server = EmbeddedNats(tmp_path)
    await server.start()
    bus = Bus(server.url, name="test")
    await bus.start()
    await bus.wait_connected()
    try:
        async with own_desk(postgres_server, mutation_wait_ms_max=100) as desk:
            relay = Relay(Log(desk.pool), bus, CASE, contract_fact, asyncio.Event())
            async with running(relay.run()):
                yield Stand(desk, bus, LaterClock())
    finally:
        await bus.stop()
        await server.stop()


async def test_what_was_said_long_ago_goes_with_its_key_and_everything_verifies(stand: Stand) -> None:
    old = await stand.resolved("A very old matter")
    young = await stand.desk.opened("A matter that is still open")
    customer_id, case_id = (ids.uuid_of(kind, value) for kind, value in (
        (IdType.CUSTOMER, old["customer"]["id"]), (IdType.CASE, old["id"])
    ))  # fmt: skip
    key = await stand.desk.keys.content_key(SealingScope(customer_id, case_id))
    await stand.retain()
    assert await stand.evidence() == [], "copies are still to go"
    shown = (await stand.desk.graphql(ENTRIES, {"id": old["id"]}))["data"]["case"]
    assert (shown["subject"], shown["preview"]) == (None, None)
    assert [node["textState"] for node in shown["contacts"]["nodes"]] == ["EXPIRED", "EXPIRED"]
    await stand.finish(old)
    assert await stand.desk.keys.keys_by_id([key.key_id]) == {}
    await stand.retain()
    await stand.retain()

    (said,) = await stand.evidence()
    assert (said["retention_class"], said["expired"], said["kept"]) == ("CASE_CONTENTS", 1, 0)
    assert said["digest"] == sha256(case_id.bytes).hexdigest()
    still = (await stand.desk.graphql(ENTRIES, {"id": young["id"]}))["data"]["case"]
    assert still["subject"] == "A matter that is still open"
    tables = ("cases", "timeline", "redactions")
    sql = "SELECT EXISTS (SELECT FROM {} AS t WHERE to_jsonb(t)::text LIKE '%very old%')"
    assert [await stand.desk.pool.fetchval(sql.format(table)) for table in tables] == [False] * 3
    report = await verify_log(stand.desk.pool)
    assert report.sound, report.findings
    rebuilt = await case_rebuild(stand.desk.pool, stand.desk.keys).run(swap=False)
    assert rebuilt.differences == ()


async def test_a_legal_hold_keeps_a_case_and_the_evidence_says_how_many(stand: Stand) -> None:
    held = await stand.resolved("A disputed matter")
    fields = {"customerId": held["customer"]["id"], "kind": "LEGAL_HOLD", "reason": "A dispute", "idempotencyKey": "h"}
    assert (await stand.desk.graphql(PLACE, {"input": fields}, "PRIVACY:pia"))["data"]["restrictionPlace"][
        "errors"
    ] == []
    await stand.retain()
    assert [(each["expired"], each["kept"]) for each in await stand.evidence()] == [(0, 1)]
    shown = (await stand.desk.graphql(ENTRIES, {"id": held["id"]}))["data"]["case"]
    assert shown["subject"] == "A disputed matter"


async def test_each_day_has_its_evidence_and_counts_what_went_once(stand: Stand) -> None:
    cases = [await stand.resolved(f"Matter number {number}") for number in range(3)]
    await stand.retain()
    await stand.finish(*cases[:2])
    await stand.retain()
    assert await stand.evidence() == [], "one is not finished"
    stand.clock.ahead += timedelta(days=1)
    await stand.finish(*cases[2:])
    await stand.retain()
    stand.clock.ahead += timedelta(days=1)
    await stand.retain()
    found = await stand.evidence()
    assert [each["expired"] for each in found] == [3, 0]
    assert found[0]["day"] < found[1]["day"]
    assert await stand.desk.pool.fetchval("SELECT count(*) FROM redactions WHERE reported") == 3
