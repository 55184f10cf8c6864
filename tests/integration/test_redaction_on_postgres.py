"""A redaction on real servers: it goes on after a crash at every step, leaves what a rebuild writes, and verifies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.envelope import Message
from contracts.stored import CommandContext, Committed
from contracts.subjects import CASE, replay_subject
from contracts.vocabulary import system_actor
from infra.bus import Bus
from infra.clock import SystemClock, SystemIds
from infra.embedded.nats import EmbeddedNats
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import Log, verify_log
from infra.relay import Relay
from infra.replay import ReplayResponder
from infra.stream import OriginStream
from services.case.commands.record_withholding import RecordWithholding, record_withholding
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.publish import contract_fact
from services.case.workers.rebuilding import case_rebuild
from services.case.workers.redactor import Redactor
from services.console.failure import CommandFailed
from services.console.verified_case import verify_case
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.one_service import fresh_origin, running, until

CARD = "4111 1111 1111 1111"
PIA = "PRIVACY:pia"
REDACT = """mutation($input: TimelineEntryRedactInput!) { timelineEntryRedact(input: $input) {
  redaction { id requestedAt completedAt reason requestedBy { displayName } } position errors { code path } } }"""
ABOUT = "mutation($input: CustomerNoteAddInput!) { customerNoteAdd(input: $input) { note { id } errors { code } } }"
ENTRIES = """query($id: ID!) { case(by: { id: $id }) { subject preview customer { timeline(first: 50) { nodes {
  __typename id summary ... on Contact { text textState direction } ... on Note { text textState }
  ... on Gesture { note reference { value } } } } } } }"""


class CrashError(Exception):
    """The process is gone."""


class CrashingRecord:
    """A record whose command is carried out, and whose caller never hears of it."""

    def __init__(self, desk: Desk) -> None:
        self._record = desk.record

    async def load(self, kind: Any, stream_id: UUID) -> Any:
        return await self._record.load(kind, stream_id)

    async def transact(self, context: CommandContext, decide: Any, **queues: Sequence[UUID]) -> Committed:
        done = await self._record.transact(context, decide, **queues)
        if done.versions:
            raise CrashError
        return done


class CrashingStream(OriginStream):
    """Deletes a message, then its process dies."""

    async def withdraw(self, sequence: int) -> None:
        await super().withdraw(sequence)
        raise CrashError


@dataclass
class Stand:
    """A desk whose log is published."""

    desk: Desk
    bus: Bus

    @property
    def stream(self) -> OriginStream:
        return OriginStream(self.bus, CASE)

    def redactor(self, *, stream: OriginStream | None = None, record: Any = None) -> Redactor:
        desk = self.desk
        return Redactor(
            pool=desk.pool,
            keys=desk.keys,
            stream=stream or self.stream,
            record=record or desk.record,
            clock=SystemClock(),
            ids=SystemIds(),
        )

    async def redact(self, entry: str, token: str = PIA, **fields: str) -> Any:
        asked = {"entryId": entry, "reason": "a card number", "idempotencyKey": str(SystemIds().new()), **fields}
        answer = await self.desk.graphql(REDACT, {"input": asked}, token)
        assert "errors" not in answer, answer
        return answer["data"]["timelineEntryRedact"]

    async def answer(self, redaction: str) -> None:
        """As channels would."""
        command = RecordWithholding(ids.uuid_of(IdType.REDACTION, redaction), 1, 2, ("channels.raws",))
        await record_withholding(command, self.desk.context(system_actor("channels")), record=self.desk.record)

    async def completed(self, redaction: str) -> bool:
        sql = "SELECT completed_at IS NOT NULL FROM redactions WHERE redaction_id = $1"
        found: bool = await self.desk.pool.fetchval(sql, ids.uuid_of(IdType.REDACTION, redaction))
        return found

    async def entries(self, case: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = (await self.desk.graphql(ENTRIES, {"id": case["id"]}))["data"]["case"]
        return found

    async def published(self) -> int:
        count: int = await self.desk.pool.fetchval("SELECT count(*) FROM es.events")

        async def reached() -> bool:
            return (await self.stream.last_sequence() or 0) >= count

        await until(reached)
        return count


@pytest.fixture
async def stand(postgres_server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Stand]:
    server, wake = EmbeddedNats(tmp_path), asyncio.Event()
    await server.start()
    bus = Bus(server.url, name="test")
    await bus.start()
    await bus.wait_connected()
    try:
        async with own_desk(postgres_server, mutation_wait_ms_max=100) as desk:
            relay = Relay(Log(desk.pool), bus, CASE, contract_fact, wake)
            replay = ReplayResponder(Log(desk.pool), bus, CASE, contract_fact)
            async with running(relay.run(), replay.run()):
                yield Stand(desk, bus)
    finally:
        await bus.stop()
        await server.stop()


async def talked(stand: Stand) -> tuple[dict[str, Any], dict[str, str]]:
    """A customer who gave a card number, an agent who repeated it everywhere, and the ids of what they said."""
    desk = stand.desk
    case = await desk.opened(f"Here is my card: {CARD}")
    await desk.do("CaseReply", caseId=case["id"], text=f"I have noted {CARD}.")
    await desk.do("CaseNoteAdd", caseId=case["id"], text=f"Card {CARD}")
    await desk.do(
        "GestureGive", caseId=case["id"], kind="REFUND", reason="goodwill", note=f"on card {CARD}",
        amount={"amount": "1.00", "currencyCode": "EUR"}, reference={"kind": "PAYMENT", "value": CARD},
    )  # fmt: skip
    nodes = (await stand.entries(case))["customer"]["timeline"]["nodes"]
    named = {"GESTURE": "", "NOTE": "", "INBOUND": "", "OUTBOUND": ""}
    for node in nodes:
        kind = node["direction"] if node["__typename"] == "Contact" else node["__typename"].upper()
        if kind in named:
            named[kind] = node["id"]
    return case, named


async def plain_text(stand: Stand) -> list[str]:
    """In which tables the number stands."""
    tables = [
        row[0] for row in await stand.desk.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    found = "SELECT EXISTS (SELECT FROM {} AS t WHERE to_jsonb(t)::text LIKE '%' || $1 || '%')"
    return [table for table in tables if await stand.desk.pool.fetchval(found.format(table), CARD)]


async def test_what_stands_in_an_entry_is_gone_at_once_and_its_copies_soon_after(stand: Stand) -> None:
    case, named = await talked(stand)
    await stand.published()
    assert await plain_text(stand) != []
    asked = [(await stand.redact(entry))["redaction"] for entry in named.values()]
    assert {each["completedAt"] for each in asked} == {None}
    assert await plain_text(stand) == []
    shown = await stand.entries(case)
    assert (shown["subject"], shown["preview"]) == (None, None)
    states = {node["id"]: node for node in shown["customer"]["timeline"]["nodes"]}
    assert [states[named[kind]]["textState"] for kind in ("INBOUND", "OUTBOUND", "NOTE")] == ["REDACTED"] * 3
    assert (states[named["GESTURE"]]["note"], states[named["GESTURE"]]["reference"]) == (None, None)

    for each in asked:
        await stand.answer(each["id"])
    await stand.published()
    crashes = 0
    for _ in range(30):
        stream = CrashingStream(stand.bus, CASE) if crashes < 3 else None
        try:
            await stand.redactor(stream=stream, record=CrashingRecord(stand.desk)).round()
        except CrashError:
            crashes += 1
    assert crashes == 3 + len(asked), "three messages, and every receipt"
    assert all([await stand.completed(each["id"]) for each in asked])
    topics = [
        row[0] for row in await stand.desk.pool.fetch("SELECT topic FROM es.events WHERE topic LIKE 'redaction.%'")
    ]
    assert topics.count("redaction.completed.v1") == len(asked)

    report = await verify_log(stand.desk.pool)
    assert report.sound, report.findings
    assert (await verify_case(stand.desk.pool, case["number"]))["withheld"] != []


async def test_a_message_that_carried_the_words_is_deleted_and_re_read_without_them(stand: Stand) -> None:
    case, named = await talked(stand)
    last = await stand.published()
    bodies = {at: await stand.stream.stored(at) for at in range(1, last + 1)}
    carrying = [at for at, body in bodies.items() if body and msgspec.json.decode(body, type=Message).sealed]
    assert len(carrying) == 1, "the reply"
    redaction = (await stand.redact(named["OUTBOUND"]))["redaction"]["id"]
    await stand.redactor().round()
    assert not await stand.completed(redaction), "channels has not answered"
    await stand.answer(redaction)
    await stand.published()
    await stand.redactor().round()
    assert await stand.completed(redaction)

    gone = [at for at in bodies if await stand.stream.stored(at) is None]
    assert gone == carrying
    asked = msgspec.json.encode({"after": carrying[0] - 1, "limit": 1})
    answer = await stand.bus.request(replay_subject(CASE), asked)
    assert b'"case.reply.requested.v1"' in answer
    assert b'"sealed"' not in answer
    assert (await stand.entries(case))["subject"] is not None


async def test_a_redaction_waits_for_the_transport_to_have_what_it_is_to_lose(stand: Stand) -> None:
    _, named = await talked(stand)
    redaction = (await stand.redact(named["OUTBOUND"]))["redaction"]["id"]
    await stand.answer(redaction)
    nowhere = OriginStream(stand.bus, fresh_origin())
    await stand.redactor(stream=nowhere).round()
    assert not await stand.completed(redaction)


async def test_only_privacy_redacts_and_only_where_something_is_said(stand: Stand) -> None:
    case, named = await talked(stand)
    for token in ("AGENT:anna", "LEAD:lena", "AUDITOR:arie", "ADMIN:ada"):
        refused = await stand.redact(named["NOTE"], token)
        assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    for entry in (case["id"], "nonsense", ids.encode(IdType.NOTE, SystemIds().new())):
        refused = await stand.redact(entry)
        assert refused["errors"] == [{"code": "NOT_FOUND", "path": ["entryId"]}]
    first = (await stand.redact(named["NOTE"], idempotencyKey="k"))["redaction"]
    assert (await stand.redact(named["NOTE"], idempotencyKey="k"))["redaction"] == first
    assert (await stand.redact(named["NOTE"]))["redaction"] == first
    assert first["requestedBy"] == {"displayName": "pia"}


async def test_the_tables_are_what_a_rebuild_writes_and_the_past_shows_what_is_left(stand: Stand) -> None:
    case, named = await talked(stand)
    for kind in ("INBOUND", "OUTBOUND", "GESTURE"):
        await stand.redact(named[kind])
    asked = {"customerId": case["customer"]["id"], "text": CARD, "idempotencyKey": "about"}
    noted = (await stand.desk.graphql(ABOUT, {"input": asked}))["data"]["customerNoteAdd"]["note"]["id"]
    about = (await stand.redact(noted))["redaction"]["id"]
    await stand.redact(named["NOTE"])
    await stand.published()
    assert await plain_text(stand) == []
    await stand.redactor().round()
    assert await stand.completed(about), "channels has no notes, so nobody waits for it"
    rebuilt = await case_rebuild(stand.desk.pool, stand.desk.keys).run(swap=False)
    assert rebuilt.differences == ()
    then = """query($id: ID!, $version: Int!) { caseAsOf(id: $id, asOf: { version: $version }) {
      subject contacts(first: 9) { direction text textState } } }"""
    for version, states in ((2, ["ERASED"]), (10_000, None)):
        shown = await stand.desk.graphql(then, {"id": case["id"], "version": version}, "LEAD:lena")
        found = shown["data"]["caseAsOf"]
        if states is None:
            assert found is None
        else:
            assert [each["textState"] for each in found["contacts"]] == states
            assert found["subject"] is None


async def test_an_envelope_that_somebody_took_away_is_named_whoever_checks(stand: Stand) -> None:
    case, named = await talked(stand)
    await stand.redact(named["NOTE"])
    case_id = ids.uuid_of(IdType.CASE, case["id"])
    await stand.desk.pool.execute(
        "UPDATE es.events SET sealed = '\\x00000000' WHERE stream_id = $1 AND version = 2", case_id
    )
    await stand.published()
    report = await verify_log(stand.desk.pool)
    assert [(each.stream_id, each.version) for each in report.findings] == [(case_id, 2)]
    with pytest.raises(CommandFailed, match="version 2: an envelope was taken away, and no fact says so"):
        await verify_case(stand.desk.pool, case["number"])
