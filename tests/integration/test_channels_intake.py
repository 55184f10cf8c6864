"""From a webhook to facts, on a real Postgres."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from hashlib import sha256

import msgspec
import pytest

from contracts.vocabulary import Channel, id_of
from services.channels.domain.contact import Contact
from services.channels.domain.raw import contact_id_of
from services.channels.ports import StoreUnavailable
from services.channels.workers import raw_keeper
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.unit.channels.doors_under_test import FORM_DOOR, WHATSAPP_DOOR
from tests.unit.channels.in_memory import raw_of
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text

FORM, WHATSAPP = FORM_DOOR, WHATSAPP_DOOR
RECEIVED = "channels.contact.received.v1"


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


async def post_whatsapp(stand: ChannelsStand, payload: object, *, indent: int | None = None) -> int:
    body = json.dumps(payload, indent=indent).encode()
    answer = await stand.front.post(WHATSAPP.path, body, WHATSAPP.signed(body))
    return answer.status_code


async def test_a_form_and_a_message_become_one_contact_each_however_often_they_come(stand: ChannelsStand) -> None:
    form = json.dumps({"message": "Where is it?", "email": "Sam@Shop.example", "phone": "06-12345678"}).encode()
    payload = whatsapp_payload(whatsapp_text())
    answers = await asyncio.gather(
        *(stand.front.post(FORM.path, form, FORM.headers) for _ in range(20)),
        *(stand.front.post(WHATSAPP.path, WHATSAPP.body(), WHATSAPP.signed(WHATSAPP.body())) for _ in range(20)),
    )
    assert {answer.status_code for answer in answers} == {200, 202}
    assert await post_whatsapp(stand, payload, indent=2) == 200
    await stand.read_all()
    assert sorted(await stand.facts()) == [RECEIVED, RECEIVED]
    states = await stand.pool.fetch("SELECT state, count(*) FROM raws GROUP BY state")
    assert [tuple(row) for row in states] == [("READ", 3)]
    await stand.read_all()
    assert len(await stand.facts()) == 2


async def test_what_was_said_is_sealed_on_disk_and_opens_with_its_key(stand: ChannelsStand) -> None:
    body = json.dumps({"message": "canary feathers", "name": "Canary Bird"}).encode()
    assert (await stand.front.post(FORM.path, body, FORM.headers)).status_code == 202
    await stand.read_all()
    for table in ("raws", "es.events", "es.commands"):
        rows = await stand.pool.fetch(f"SELECT t::text AS row FROM {table} t")
        for row in rows:
            assert "anary" not in row["row"]
            assert b"anary".hex() not in row["row"]
    raw = await one(stand.pool, "SELECT * FROM raws")
    assert raw["body_digest"] == sha256(body).digest()
    external_id = raw["dedupe_key"]
    contact = await stand.record.load(Contact, contact_id_of(Channel.FORM, "account-1", external_id))
    assert contact is not None
    assert "canary" not in external_id


async def test_the_fact_stays_in_the_trace_of_its_webhook(stand: ChannelsStand) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    raw = raw_of(WHATSAPP.body(), account="account-1")
    await stand.keeper.keep(msgspec.structs.replace(raw, traceparent=traceparent))
    await stand.read_all()
    meta = await one(stand.pool, "SELECT meta FROM es.events WHERE topic = $1", RECEIVED)
    assert "0af7651916cd43dd8448eb211c80319c" in meta["meta"].decode()


async def test_one_bad_item_costs_the_others_nothing(stand: ChannelsStand) -> None:
    items = [None, 7, {"type": "text"}, {"from": 5, "id": [], "type": {}}, whatsapp_text(id="wamid.GOOD")]
    statuses = [None, {"id": "x", "status": 7}, {"id": "wamid.O1", "status": "sent", "timestamp": "never"}]
    assert await post_whatsapp(stand, whatsapp_payload(*items, statuses=statuses)) == 200  # type: ignore[arg-type]  # wrong on purpose
    await stand.read_all()
    good = await stand.record.load(Contact, contact_id_of(Channel.WHATSAPP, "account-1", "wamid.GOOD"))
    assert good is not None
    assert (await one(stand.pool, "SELECT count(*) FROM raws WHERE state = 'READ'"))["count"] == 1
    assert (await one(stand.pool, "SELECT count(*) FROM parked"))["count"] == 1


async def test_what_is_too_large_to_be_told_is_kept_and_never_on_record(stand: ChannelsStand) -> None:
    """However it came: one message that the transport cannot carry would hold up all that come after it."""
    await stand.keeper.keep(raw_of(b'{"message":"' + b"\x01" * 1024 * 1024 + b'"}', channel=Channel.FORM))
    await stand.read_all()
    assert await stand.facts() == []
    assert (await one(stand.pool, "SELECT count(*) FROM raws WHERE state = 'READ'"))["count"] == 1


async def test_the_platforms_id_of_our_side_is_remembered(stand: ChannelsStand) -> None:
    await post_whatsapp(stand, whatsapp_payload(whatsapp_text()))
    await stand.read_all()
    account_id = id_of("account", Channel.WHATSAPP, "account-1")
    assert await stand.directory.sender_of(account_id) == "106540352242922"


async def test_an_item_that_cannot_be_recorded_is_put_aside_and_the_next_one_is_read(stand: ChannelsStand) -> None:
    await stand.pool.execute("ALTER TABLE windows ADD CONSTRAINT no_sam CHECK (value <> '+31600000001')")
    await post_whatsapp(stand, whatsapp_payload(whatsapp_text(**{"from": "31600000001"})))
    await post_whatsapp(stand, whatsapp_payload(whatsapp_text(id="wamid.IN2")))
    await stand.read_all()
    assert await stand.facts() == [RECEIVED]
    stuck = await one(stand.pool, "SELECT reason FROM raws WHERE state = 'STUCK'")
    assert stuck["reason"] == "RowRefused"


async def test_a_crash_between_reading_and_marking_changes_nothing_twice(stand: ChannelsStand) -> None:
    await post_whatsapp(stand, whatsapp_payload(whatsapp_text(), whatsapp_text(id="wamid.IN2")))
    await stand.read_all()
    await stand.pool.execute("UPDATE raws SET state = 'KEPT'")
    await stand.read_all()
    assert await stand.facts() == [RECEIVED, RECEIVED]


async def test_messages_of_one_sender_keep_their_order(stand: ChannelsStand) -> None:
    for number in range(30):
        await post_whatsapp(stand, whatsapp_payload(whatsapp_text(f"{number}", id=f"wamid.{number:02}")))
    await stand.read_all()
    rows = await stand.pool.fetch("SELECT stream_id FROM es.events WHERE topic = $1 ORDER BY pos", RECEIVED)
    sent = [contact_id_of(Channel.WHATSAPP, "account-1", f"wamid.{number:02}") for number in range(30)]
    assert [row["stream_id"] for row in rows] == sent


async def test_what_cannot_be_stored_is_never_accepted(stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch) -> None:
    await stand.pool.execute("ALTER TABLE raws RENAME TO raws_elsewhere")
    answer = await stand.front.post(FORM.path, FORM.body(), FORM.headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    await stand.pool.execute("ALTER TABLE raws_elsewhere RENAME TO raws")
    monkeypatch.setattr(raw_keeper, "STORE_SECONDS_MAX", 0.2)
    async with stand.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE raws")
        with pytest.raises(StoreUnavailable):
            await stand.keeper.keep(raw_of(b"late", account="account-1"))
    monkeypatch.undo()
    assert (await stand.front.post(FORM.path, FORM.body(), FORM.headers)).status_code == 202


async def test_too_many_waiting_payloads_are_to_come_again(
    stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_keeper, "WAITING_BYTES_MAX", 10)
    with pytest.raises(StoreUnavailable):
        await stand.keeper.keep(raw_of(b"x" * 11))


async def test_two_processes_keep_a_payload_once(stand: ChannelsStand) -> None:
    other = raw_keeper.RawKeeper(stand.pool, stand.keys, lambda: None)
    task = asyncio.create_task(other.run())
    fresh = [
        msgspec.structs.replace(raw_of(f"{n}".encode(), account="account-1"), raw_id=id_of("raw", side, str(n)))
        for n in range(10)
        for side in ("a", "b")
    ]
    answers = await asyncio.gather(*((stand.keeper, other)[n % 2].keep(raw) for n, raw in enumerate(fresh)))
    assert sum(answer.new for answer in answers) == 10
    assert all(answer.same for answer in answers)
    task.cancel()
    await asyncio.wait((task,))
