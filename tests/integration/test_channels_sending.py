"""From a requested reply to a platform's server and back, on a real Postgres and over real HTTP."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from contracts.content import TemplateContent
from contracts.vocabulary import DeliveryStatus, id_of
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import CallResult, HttpCall
from services.channels.ports import AnswerLost, NothingSent
from services.channels.settings import ChannelsSettings
from services.channels.workers import http_poster
from services.channels.workers.http_poster import HttpxPoster
from services.channels.workers.sender import LOST_AFTER, Sender
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.integration.whatsapp_talk import asked, sending, told, until
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text

STATUS = dict[str, str]


@pytest.fixture
def platform() -> Iterator[WhatsAppStandIn]:
    stand_in = WhatsAppStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
async def stand(database: str, keys_database: str, platform: WhatsAppStandIn) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, platform.url) as opened:
        await told(opened, whatsapp_payload(whatsapp_text(timestamp=str(int(time.time())))))
        yield opened


async def statuses(stand: ChannelsStand, *reported: STATUS) -> None:
    await told(stand, whatsapp_payload(statuses=[{"timestamp": "1795000000", **each} for each in reported]))


async def status_of(stand: ChannelsStand, contact_id: UUID) -> DeliveryStatus:
    delivery = await stand.record.load(Delivery, contact_id)
    assert delivery is not None
    return delivery.status


def has(stand: ChannelsStand, contact_id: UUID, status: DeliveryStatus) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return await status_of(stand, contact_id) is status

    return ask


async def test_a_reply_leaves_once_and_its_statuses_come_back(stand: ChannelsStand, platform: WhatsAppStandIn) -> None:
    contact_id = await asked(stand)
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.ACCEPTED))
    (sent,) = platform.sent
    assert sent.path == "/v23.0/106540352242922/messages"
    assert sent.body["biz_opaque_callback_data"] == str(contact_id)
    assert sent.body["context"] == {"message_id": "wamid.IN1"}
    await statuses(stand, {"id": sent.message_id, "status": "read"}, {"id": sent.message_id, "status": "sent"})
    assert await status_of(stand, contact_id) is DeliveryStatus.READ
    row = await one(stand.pool, "SELECT state, status FROM deliveries")
    assert tuple(row) == ("SETTLED", "READ")


async def test_statuses_that_come_before_the_platforms_answer_are_joined(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    await statuses(stand, {"id": "wamid.OUT1", "status": "delivered"}, {"id": "wamid.OUT1", "status": "sent"})
    contact_id = await asked(stand)
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.DELIVERED))
    assert (await one(stand.pool, "SELECT count(*) FROM parked"))["count"] == 0


async def test_a_status_that_was_parked_beside_its_message_is_joined_later(stand: ChannelsStand) -> None:
    await statuses(stand, {"id": "wamid.OUT1", "status": "delivered"})
    rows = await stand.pool.fetch("SELECT * FROM parked")
    contact_id = await asked(stand)
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.DELIVERED))
    # As if another process had parked it a moment too late; this time of a newer status.
    item = rows[0]["item"].replace(b"DELIVERED", b"READ")
    values = (rows[0]["account_id"], "wamid.OUT1", "status:READ", item, rows[0]["contact_id"], stand.clock.now())
    await stand.pool.execute("INSERT INTO parked VALUES ($1, $2, $3, $4, $5, $6)", *values)
    assert await stand.upkeep.join_late() == 1
    assert await status_of(stand, contact_id) is DeliveryStatus.READ
    assert await stand.upkeep.join_late() == 0


async def test_what_fails_for_a_while_is_tried_again_and_arrives_once(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    platform.fail_next = [(503, {"error": {"message": "away"}})]
    contact_id = await asked(stand)
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.ACCEPTED))
    assert (platform.calls, len(platform.sent)) == (2, 1)


async def test_a_reply_that_waits_is_sent_after_a_restart(stand: ChannelsStand, platform: WhatsAppStandIn) -> None:
    platform.fail_next = [(429, {"error": {"message": "slow"}})]
    contact_id = await asked(stand)
    async with sending(stand):
        await until(lambda: _true(platform.calls == 1))
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.ACCEPTED))


async def _true(value: bool) -> bool:
    return value


async def test_a_try_that_a_crash_cut_off_is_unknown_and_never_made_again(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    contact_id = await asked(stand)
    await record_attempt(RecordAttempt(contact_id), stand.context(), record=stand.record)
    await stand.sender.give_up_lost()
    assert await status_of(stand, contact_id) is DeliveryStatus.REQUESTED
    stand.clock.ahead = LOST_AFTER + timedelta(seconds=1)
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.UNKNOWN))
    assert platform.calls == 0


async def test_a_fault_of_our_own_leaves_it_unknown_and_does_not_repeat(stand: ChannelsStand) -> None:
    class Broken:
        calls = 0

        async def post(self, call: HttpCall) -> CallResult:
            Broken.calls += 1
            raise RuntimeError(call.url)

    stand.sender = Sender(stand.pool, msgspec.structs.replace(stand.parts, poster=Broken()))
    contact_id = await asked(stand)
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.UNKNOWN))
    assert Broken.calls == 1


async def test_replies_of_one_case_leave_in_their_order(stand: ChannelsStand, platform: WhatsAppStandIn) -> None:
    wanted = [await asked(stand, text=f"{number}") for number in range(5)]
    elsewhere = [await asked(stand, text="x", case=f"case {number}") for number in range(5)]
    async with sending(stand):
        for contact_id in wanted + elsewhere:
            await until(has(stand, contact_id, DeliveryStatus.ACCEPTED))
    texts = [text for text in platform.texts_to("31612345678") if text != "x"]
    assert texts == ["0", "1", "2", "3", "4"]


async def test_a_reply_waits_for_the_one_before_that_another_process_has_in_hand(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    before, after = await asked(stand, text="before"), await asked(stand, text="after")
    await record_attempt(RecordAttempt(before), stand.context(), record=stand.record)
    elsewhere = await asked(stand, text="elsewhere", case="another")
    async with sending(stand):
        await until(has(stand, elsewhere, DeliveryStatus.ACCEPTED))
        assert platform.texts_to("31612345678") == ["elsewhere"]
        stand.clock.ahead = LOST_AFTER + timedelta(seconds=1)
        await until(has(stand, after, DeliveryStatus.ACCEPTED))
    assert await status_of(stand, before) is DeliveryStatus.UNKNOWN


async def test_an_account_of_a_newer_file_is_left_to_the_processes_that_were_started_with_it(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    contact_id = await asked(stand)
    older = Sender(stand.pool, msgspec.structs.replace(stand.parts, settings=ChannelsSettings()))
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await older.run()
    assert await status_of(stand, contact_id) is DeliveryStatus.REQUESTED
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.ACCEPTED))
    assert len(platform.sent) == 1


async def test_a_reply_by_an_account_that_left_the_file_is_refused(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    contact_id = await asked(stand)
    await apply_configuration(ApplyConfiguration("without", ()), stand.context(), record=stand.record)
    stand.sender = Sender(stand.pool, msgspec.structs.replace(stand.parts, settings=ChannelsSettings()))
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.FAILED))
    assert platform.calls == 0


async def test_a_text_erased_before_it_left_is_not_sent(stand: ChannelsStand, platform: WhatsAppStandIn) -> None:
    contact_id = await asked(stand)
    await stand.keys.destroy_subject(id_of("customer", "sam"), stand.clock.now())
    async with sending(stand):
        await until(has(stand, contact_id, DeliveryStatus.FAILED))
    assert platform.calls == 0


async def test_the_text_of_a_reply_is_sealed_on_disk(stand: ChannelsStand) -> None:
    await asked(stand, text="canary feathers")
    rows = await stand.pool.fetch("SELECT t::text AS row FROM es.events t UNION ALL SELECT d::text FROM deliveries d")
    assert all(b"canary".hex() not in row["row"] and "canary" not in row["row"] for row in rows)


async def test_a_platform_that_is_not_there_got_nothing() -> None:
    poster = HttpxPoster()
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(NothingSent):
            await poster.post(HttpCall(url=f"http://127.0.0.1:{port}/x", body={}))
    for url in ("nonsense://x/y", "http://[/"):
        with pytest.raises(NothingSent):
            await poster.post(HttpCall(url=url, body={}))
    await poster.close()


async def test_a_platform_that_never_answers_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_poster, "ANSWER_SECONDS_MAX", 0.2)
    poster = HttpxPoster()
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(AnswerLost):
            await poster.post(HttpCall(url=f"http://127.0.0.1:{silent.getsockname()[1]}/x", body={}))
    await poster.close()


async def test_redirects_are_not_followed_and_answers_are_read_within_bounds() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\nretry-after: 7\r\nconnection: close\r\n\r\n"
        writer.write(head + b"x" * (http_poster.ANSWER_BYTES_MAX + 10))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    poster = HttpxPoster()
    port = server.sockets[0].getsockname()[1]
    result = await poster.post(HttpCall(url=f"http://127.0.0.1:{port}/x", body={}))
    assert (result.status, result.retry_after_s, len(result.body)) == (302, 7.0, http_poster.ANSWER_BYTES_MAX)
    await poster.close()
    server.close()
    await server.wait_closed()


async def test_s082_after_the_window_a_template_leaves_in_the_form_that_was_approved(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    stand.clock.ahead = timedelta(days=2)
    late = await asked(stand, case="late")
    template = TemplateContent("hello", "nl", ("Sam",))
    contact_id = await asked(stand, text="Hallo Sam, kan ik helpen?", template=template)
    async with sending(stand):
        await until(has(stand, late, DeliveryStatus.FAILED))
        await until(has(stand, contact_id, DeliveryStatus.ACCEPTED))
    (sent,) = platform.sent
    assert (sent.body["type"], sent.body["template"]["name"]) == ("template", "hello")
    assert sent.body["template"]["components"] == [{"type": "body", "parameters": [{"type": "text", "text": "Sam"}]}]
