"""Channels withholds what it has of a redacted entry, and nothing else, on a real Postgres."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.content import HandleContent, ReplyContent
from contracts.envelope import Message
from contracts.subjects import CHANNELS
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind, Visibility, id_of
from infra.bus import Bus
from infra.clock import SystemIds
from infra.embedded.nats import EmbeddedNats
from infra.event_store import Log, verify_log
from infra.relay import Relay
from infra.sequencer import Sequencer
from infra.stream import OriginStream
from services.channels.commands.begin_withholding import BeginWithholding, begin_withholding
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import TakenOver
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.publish import contract_fact
from services.channels.reactions.send_reply_on_delivery_due import send_reply_on_delivery_due
from services.channels.workers.forgetter import StillReading
from services.channels.workers.rebuilding import channels_rebuild
from services.channels.workers.withholder import Withholder
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.integration.test_channels_forgetting import ANN, SAM, message, told
from tests.support.one_service import running, until

CARD = "4111 1111 1111 1111"
CUSTOMER, CASE = id_of("customer", "sam"), id_of("case", "1")


class CrashError(Exception):
    """The process is gone."""


class CrashingKeys:
    """Destroys the first key, then dies; works when it is started again."""

    def __init__(self, stand: ChannelsStand) -> None:
        self._keys = stand.keys
        self.crashed = False

    async def destroy_subject(self, subject_id: UUID, at: datetime) -> tuple[UUID, ...]:
        done = await self._keys.destroy_subject(subject_id, at)
        if not self.crashed:
            self.crashed = True
            raise CrashError
        return done

    async def destroyed_of(self, subject_ids: Any) -> int:
        return await self._keys.destroyed_of(subject_ids)


MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    server = EmbeddedNats(tmp_path)
    await server.start()
    bus = Bus(server.url, name="test")
    await bus.start()
    await bus.wait_connected()
    try:
        yield bus
    finally:
        await bus.stop()
        await server.stop()


@pytest.fixture
async def stand(database: str, keys_database: str, bus: Bus) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        grown = asyncio.Event()
        sequencer = Sequencer(opened.pool, grown, lambda _position: None)
        relay = Relay(Log(opened.pool), bus, CHANNELS, contract_fact, asyncio.Event())
        async with running(sequencer.run(), relay.run()):
            yield opened


async def published(stand: ChannelsStand, bus: Bus) -> int:
    """Wait until the log is published; gives how far."""
    stream, count = OriginStream(bus, CHANNELS), await stand.pool.fetchval("SELECT count(*) FROM es.events")

    async def reached() -> bool:
        return bool((await stream.last_sequence() or 0) >= count)

    await until(reached)
    return int(count)


async def withhold(stand: ChannelsStand, bus: Bus, keys: Any = None) -> None:
    """One round, and another one when what it did is published."""
    for _ in range(2):
        await published(stand, bus)
        worker = Withholder(
            pool=stand.pool,
            keys=keys or stand.keys,
            files=stand.files,
            stream=OriginStream(bus, CHANNELS),
            record=stand.record,
            clock=stand.clock,
            ids=SystemIds(),
        )
        await worker.round()


async def begun(stand: ChannelsStand, entry_id: UUID) -> None:
    for _ in range(2):
        command = BeginWithholding(id_of("redaction", str(entry_id)), (entry_id,))
        await begin_withholding(command, stand.context(), record=stand.record)


async def replied(stand: ChannelsStand) -> UUID:
    """A reply that is still to leave."""
    contact_id = SystemIds().new()
    command = RequestDelivery(
        contact_id=contact_id,
        case_id=CASE,
        customer_id=CUSTOMER,
        channel=Channel.WHATSAPP,
        account="account-1",
        handle_kind=HandleKind.WHATSAPP,
        requested_at=stand.clock.now(),
        in_reply_to=None,
        visibility=Visibility.PRIVATE,
        content=ReplyContent(to=HandleContent(HandleKind.WHATSAPP, f"+{SAM}"), text=f"Noted: {CARD}"),
    )
    await request_delivery(command, stand.context(), record=stand.record)
    return contact_id


async def receipts(stand: ChannelsStand) -> list[dict[str, Any]]:
    rows = await stand.pool.fetch("SELECT clear FROM es.events WHERE topic = 'channels.content.withheld.v1'")
    return [json.loads(row["clear"]) for row in rows]


async def test_a_contact_goes_with_its_payload_and_its_sender_stays(stand: ChannelsStand, bus: Bus) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await told(stand, message(ANN, "wamid.ANN"))
    contact_id = contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM")
    windows = await stand.pool.fetch("SELECT * FROM windows ORDER BY value")
    carried = [at for at in range(1, await published(stand, bus) + 1) if await carries(bus, at)]
    await begun(stand, contact_id)
    with pytest.raises(CrashError):
        await withhold(stand, bus, CrashingKeys(stand))
    await withhold(stand, bus)

    states = await stand.pool.fetch("SELECT state, length(sealed) = 0 AS empty FROM raws ORDER BY seq")
    assert [tuple(row) for row in states] == [("ERASED", True), ("READ", False)]
    contact = await stand.record.load(Contact, contact_id)
    assert contact is not None
    assert contact.handles[0].value.endswith(SAM)
    assert await stand.pool.fetch("SELECT * FROM windows ORDER BY value") == windows, "answers may go on"
    assert [at for at in carried if await carries(bus, at)] == carried[1:]
    (receipt,) = await receipts(stand)
    assert (receipt["events"], receipt["keys_destroyed"]) == (1, 2), "of the payload, with its content key"
    tables = ("raws", "parked", "events", "dead_letters", "objects")
    assert receipt["stores"] == [f"channels.{table}" for table in tables]
    report = await verify_log(stand.pool)
    assert report.sound, report.findings
    assert (await channels_rebuild(stand.pool, stand.keys).run(swap=False)).differences == ()
    (of_the_manual,) = re.findall(r'psql -At -c "([^"]*)" "\$CHANNELS_URL" >> gone', MANUAL.read_text(encoding="utf-8"))
    gone = {row[0] for row in await stand.pool.fetch(of_the_manual)}
    raw_id = await stand.pool.fetchval("SELECT raw_id FROM raws WHERE state = 'ERASED'")
    assert gone == {contact_id, raw_id}, "whose keys are destroyed again when older ones were restored"


async def carries(bus: Bus, position: int) -> bool:
    """Whether a message with an envelope is there."""
    body = await OriginStream(bus, CHANNELS).stored(position)
    return body is not None and msgspec.json.decode(body, type=Message).sealed is not None


async def test_a_reply_is_withheld_here_too_and_does_not_leave_any_more(stand: ChannelsStand, bus: Bus) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    reply_id = await replied(stand)
    sealed = await stand.pool.fetchval("SELECT sealed FROM es.events WHERE stream_id = $1", reply_id)
    await put_aside(stand, reply_id, sealed)
    await begun(stand, reply_id)
    await withhold(stand, bus)

    stored = await one(stand.pool, "SELECT sealed FROM es.events WHERE stream_id = $1 AND version = 1", reply_id)
    assert stored["sealed"] == bytes(4)
    aside = await stand.pool.fetchval("SELECT message FROM es.dead_letters")
    assert json.loads(aside)["data"]["contact_id"] == str(reply_id)
    assert "sealed" not in json.loads(aside)
    await send_reply_on_delivery_due(reply_id, stand.parts)
    delivery = await stand.record.load(Delivery, reply_id)
    assert delivery is not None
    assert (delivery.content, delivery.status) == (None, DeliveryStatus.FAILED)
    assert [receipt["stores"] for receipt in await receipts(stand)] == [["channels.events", "channels.dead_letters"]]
    report = await verify_log(stand.pool)
    assert report.sound, report.findings


async def put_aside(stand: ChannelsStand, reply_id: UUID, sealed: bytes) -> None:
    """A dead letter of the reply."""
    letter = {"data": {"contact_id": str(reply_id)}, "sealed": {"sealed": sealed.hex()}}
    await stand.pool.execute(
        "INSERT INTO es.dead_letters VALUES ('case', 1, 'handler', 'Error', $1, now())", json.dumps(letter).encode()
    )


async def test_of_a_case_that_was_kept_long_enough_its_contacts_and_replies_go(stand: ChannelsStand, bus: Bus) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await told(stand, message(ANN, "wamid.ANN"))
    contact_id, reply_id = contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM"), await replied(stand)
    outcome = RecordOutcome(reply_id, account_id_of(Channel.WHATSAPP, "account-1"), TakenOver(external_id="wamid.OUT"))
    await record_outcome(outcome, stand.context(), record=stand.record, directory=stand.directory)
    command = BeginWithholding(id_of("redaction", "expiry"), (contact_id, reply_id), expired=True)
    await begin_withholding(command, stand.context(), record=stand.record)
    await withhold(stand, bus)

    assert await stand.pool.fetchval("SELECT count(*) FROM external_ids") == 0
    states = await stand.pool.fetch("SELECT state FROM raws ORDER BY seq")
    assert [row["state"] for row in states] == ["ERASED", "READ"]
    (receipt,) = await receipts(stand)
    tables = ("raws", "parked", "threads", "external_ids", "chat_replies", "objects")
    assert receipt["stores"] == [f"channels.{table}" for table in tables]
    facts = await stand.facts()
    assert facts.count("channels.delivery.forgotten.v1") == 1
    assert await stand.pool.fetchval("SELECT count(*) FROM windows") == 2, "answers in other cases may go on"


async def test_of_what_never_came_by_here_nothing_is_to_be_withheld(stand: ChannelsStand, bus: Bus) -> None:
    await begun(stand, SystemIds().new())
    await withhold(stand, bus)
    assert [(each["events"], each["stores"]) for each in await receipts(stand)] == [(0, [])]


async def test_a_payload_that_is_still_being_read_is_waited_for(stand: ChannelsStand, bus: Bus) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await stand.pool.execute("UPDATE raws SET state = 'KEPT'")
    await begun(stand, contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM"))
    with pytest.raises(StillReading):
        await withhold(stand, bus)
    await stand.read_all()
    await withhold(stand, bus)
    assert await stand.pool.fetchval("SELECT state FROM raws") == "ERASED"
