"""An erasure on a real Postgres: it goes on after a crash at every step, leaves what a rebuild writes, and verifies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.stored import CommandContext, Committed
from contracts.vocabulary import system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import Log, stream_history
from infra.event_store.opening import opened_facts
from infra.event_store.rows import write_rows
from infra.event_store.verification import verify_stream
from infra.sql import statements
from services.case.app import STATEMENTS
from services.case.commands.record_forgetting import RecordForgetting, record_forgetting
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.projections import cases, clocks, contacts, customers, erasure, timeline
from services.case.workers.eraser import Eraser
from tests.integration.graphql_stand import Desk, own_desk

TABLES = ("customers", "handles", "cases", "clocks", "timeline", "erasures", "restrictions")
REBUILT = (customers.rows, cases.rows, clocks.rows, contacts.rows, timeline.rows, erasure.rows)
WAITING = "{ approvals { totalCount nodes { __typename id ... on ErasureRequest { status blockedBy { why } } } } }"
PLACE = """mutation($input: RestrictionPlaceInput!) { restrictionPlace(input: $input) {
  restriction { id kind reason since until customer { id state } placedBy { displayName } }
  position errors { code } } }"""
LIFT = """mutation($input: RestrictionLiftInput!) { restrictionLift(input: $input) {
  restriction { id customer { state restrictions { id } } } errors { code } } }"""
FOLLOW = "query($id: ID!) { node(id: $id) { id ... on ErasureRequest { status } } }"
PIA, PAUL = "PRIVACY:pia", "PRIVACY:paul"


class CrashError(Exception):
    """The process is gone."""


class CrashingRecord:
    """A record whose first command is carried out, and whose caller never hears of it."""

    def __init__(self, desk: Desk) -> None:
        self._record = desk.record

    async def load(self, kind: Any, stream_id: UUID) -> Any:
        return await self._record.load(kind, stream_id)

    async def transact(self, context: CommandContext, decide: Any, **queues: Sequence[UUID]) -> Committed:
        done = await self._record.transact(context, decide, **queues)
        if done.versions:
            raise CrashError
        return done


class CrashingKeys:
    """Keys that are destroyed by a process that dies right after."""

    def __init__(self, desk: Desk) -> None:
        self._keys = desk.keys
        self.destroyed = 0

    async def destroy_subject(self, subject_id: UUID, at: datetime) -> tuple[UUID, ...]:
        done = await self._keys.destroy_subject(subject_id, at)
        self.destroyed += 1
        if self.destroyed == 1:
            raise CrashError
        return done

    async def destroyed_of(self, subject_ids: Any) -> int:
        return await self._keys.destroyed_of(subject_ids)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, mutation_wait_ms_max=100) as running:
        yield running


def eraser(desk: Desk, record: Any = None, keys: Any = None) -> Eraser:
    return Eraser(
        pool=desk.pool,
        keys=keys or desk.keys,
        record=record or desk.record,
        directory=desk.directory,
        clock=SystemClock(),
        ids=SystemIds(),
    )


async def answer(desk: Desk, request_id: UUID) -> None:
    """As channels would."""
    command = RecordForgetting(request_id, 0, events=3, keys_destroyed=2, stores=("channels.windows",))
    await record_forgetting(command, desk.context(system_actor("channels")), record=desk.record)


async def talked(desk: Desk) -> dict[str, Any]:
    """A customer who said something and was answered."""
    case = await desk.opened()
    await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    await desk.do("CaseNoteAdd", caseId=case["id"], text="A note")
    await desk.do("HandleAdd", customerId=case["customer"]["id"], kind="EMAIL", value=f"{desk.customers}@a.example")
    return case


async def asked(desk: Desk, case: dict[str, Any]) -> str:
    payload = await desk.do(
        "CustomerErasureRequest", PIA, customerId=case["customer"]["id"], ground="OBJECTION", note="please"
    )
    assert payload["errors"] == []
    return str(payload["request"]["id"])


async def approve(desk: Desk, request: str, token: str = PAUL) -> Any:
    return await desk.do("CustomerErasureApprove", token, requestId=request, idempotencyKey=f"{token} {request}")


async def snapshot(desk: Desk) -> dict[str, list[str]]:
    return {
        table: sorted(row[0] for row in await desk.pool.fetch(f"SELECT to_jsonb(t)::text FROM {table} AS t"))
        for table in TABLES
    }


async def rebuild(desk: Desk) -> None:
    """Write the tables again from the facts that can still be read, in their order."""
    logged = [each async for page in Log(desk.pool).pages(0) for each in page]
    rows = []
    for each, fact in zip(logged, await opened_facts(logged, desk.keys), strict=True):
        rows += [row for projection in REBUILT for row in projection(fact, each.meta)]
    async with desk.pool.acquire() as connection, connection.transaction():
        await connection.execute(f"TRUNCATE {', '.join(TABLES)}")
        await write_rows(connection, statements(*STATEMENTS), rows)


async def test_an_erasure_goes_on_after_a_crash_at_every_step(desk: Desk) -> None:
    case, other = await talked(desk), await talked(desk)
    request = await asked(desk, case)
    request_id = ids.uuid_of(IdType.ERASURE, request)
    assert (await approve(desk, request))["request"]["receipt"] is None

    crashes, keys = 0, CrashingKeys(desk)
    for _ in range(20):
        try:
            await eraser(desk, CrashingRecord(desk), keys).round()
        except CrashError:
            crashes += 1
            continue
        if await desk.pool.fetchval("SELECT status FROM erasures WHERE request_id = $1", request_id) == "EXECUTED":
            break
        await answer(desk, request_id)
    assert crashes == 5, "customer closed, case closed, contacts named, keys destroyed, signed off"

    topics = [row[0] for row in await desk.pool.fetch("SELECT topic FROM es.events WHERE stream_id = $1", request_id)]
    assert sorted(topics) == sorted(set(topics)), "no step was taken twice"
    repeated = (await approve(desk, request))["request"]
    assert repeated["status"] == "EXECUTED"
    receipt = repeated["receipt"]
    assert receipt["keysDestroyed"] >= 2 + 3
    assert receipt["events"] >= 3 + 6
    assert receipt["storesPurged"][-1] == "channels.windows"
    assert (await desk.ask("CustomerScreen", {"id": other["customer"]["id"]}))["displayName"] == "Sam Bakker"


async def test_the_tables_are_what_a_rebuild_writes_and_every_chain_verifies(desk: Desk) -> None:
    case = await talked(desk)
    request = await asked(desk, case)
    await approve(desk, request)
    request_id = ids.uuid_of(IdType.ERASURE, request)
    for _ in range(3):
        await eraser(desk).round()
        if await desk.pool.fetchval("SELECT status FROM erasures WHERE request_id = $1", request_id) == "EXECUTED":
            break
        await answer(desk, request_id)
    while await desk.pool.fetchval("SELECT (SELECT count(*) FROM es.events) > (SELECT count(*) FROM es.log)"):
        pass
    live = await snapshot(desk)
    await rebuild(desk)
    assert await snapshot(desk) == live
    for stream in await desk.pool.fetch("SELECT stream_id, head_hash FROM es.streams"):
        facts = await stream_history(desk.pool, stream["stream_id"], 0, 1_000)
        assert verify_stream(facts, head=stream["head_hash"]) == ()


async def test_restrictions_block_show_and_are_lifted_over_the_api(desk: Desk) -> None:
    case = await talked(desk)
    request = await asked(desk, case)
    fields = {"customerId": case["customer"]["id"], "kind": "RESTRICTION", "reason": "A dispute"}
    forbidden = await desk.graphql(PLACE, {"input": {**fields, "idempotencyKey": "k1"}}, "LEAD:lena")
    assert forbidden["data"]["restrictionPlace"]["errors"] == [{"code": "FORBIDDEN"}]
    placed = (await desk.graphql(PLACE, {"input": {**fields, "idempotencyKey": "k1"}}, PIA))["data"]["restrictionPlace"]
    restriction = placed["restriction"]
    assert (restriction["kind"], restriction["reason"]) == ("RESTRICTION", "A dispute")
    assert restriction["customer"]["state"] == "RESTRICTED"

    waiting = (await desk.graphql(WAITING, token=PAUL))["data"]["approvals"]
    own = next(node for node in waiting["nodes"] if node["id"] == request)
    assert (own["status"], own["blockedBy"]) == ("BLOCKED", [{"why": "CUSTOMER_RESTRICTED"}])
    assert waiting["totalCount"] == len(waiting["nodes"])
    refused = await desk.do("CustomerErasureApprove", PAUL, requestId=request)
    assert [error["code"] for error in refused["errors"]] == ["CUSTOMER_RESTRICTED"]
    reply = await desk.do("CaseReply", caseId=case["id"], text="Hello")
    assert [error["code"] for error in reply["errors"]] == ["CUSTOMER_RESTRICTED"]

    asked_to_lift = {"restrictionId": restriction["id"], "reason": "Settled", "idempotencyKey": "k2"}
    lifted = (await desk.graphql(LIFT, {"input": asked_to_lift}, PIA))["data"]["restrictionLift"]
    assert lifted["errors"] == []
    assert lifted["restriction"]["customer"] == {"state": "ACTIVE", "restrictions": []}
    assert (await approve(desk, request))["errors"] == []


async def test_privacy_officers_follow_a_request_by_its_id_and_read_no_customer_by_one(desk: Desk) -> None:
    case = await talked(desk)
    request = await asked(desk, case)

    async def followed(node_id: str, token: str) -> Any:
        return (await desk.graphql(FOLLOW, {"id": node_id}, token))["data"]["node"]

    for token in (PIA, "LEAD:lena"):
        assert await followed(request, token) == {"id": request, "status": "REQUESTED"}
    assert await followed(request, "AGENT:anna") is None
    for node_id in (case["id"], case["customer"]["id"], "nonsense"):
        assert await followed(node_id, PIA) is None


async def test_a_restriction_whose_time_is_over_is_lifted_by_itself(desk: Desk) -> None:
    case = await talked(desk)
    soon = SystemClock().now().replace(microsecond=0)
    fields = {"customerId": case["customer"]["id"], "kind": "RESTRICTION", "reason": "For a while"}
    asked_for = {**fields, "idempotencyKey": "k3", "until": "2999-01-01T00:00:00Z"}
    placed = (await desk.graphql(PLACE, {"input": asked_for}, PIA))["data"]["restrictionPlace"]
    restriction_id = ids.uuid_of(IdType.RESTRICTION, placed["restriction"]["id"])
    await eraser(desk).round()
    sql = "SELECT lifted_at FROM restrictions WHERE restriction_id = $1"
    assert await desk.pool.fetchval(sql, restriction_id) is None
    await desk.pool.execute("UPDATE restrictions SET until = $2 WHERE restriction_id = $1", restriction_id, soon)
    await eraser(desk).round()
    assert await desk.pool.fetchval(sql, restriction_id) is not None
    state = "SELECT state FROM customers WHERE customer_id = $1"
    assert await desk.pool.fetchval(state, ids.uuid_of(IdType.CUSTOMER, case["customer"]["id"])) == "ACTIVE"
