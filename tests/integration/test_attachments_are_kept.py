"""Files that come with contacts are fetched, looked at and kept, on a real Postgres."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.attachments import attachment_id_of
from contracts.content import AttachmentContent, ContactContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind
from infra.objects import ObjectsUnavailable
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.redact_contact import RedactContact, redact_contact
from services.channels.domain.attachment import Attachment
from services.channels.domain.inbound import ContactArrived, ContactRemoved
from services.channels.domain.raw import RawInbound, contact_id_of
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from services.channels.workers.attachment_keeper import ATTEMPTS_MAX
from tests.integration.channels_stand import LIMITS, ChannelsStand, channels_stand
from tests.integration.mails_with_files import mail_with, mailed, states
from tests.support.media_stand_in import PNG, MediaStandIn
from tests.unit.channels.doors_under_test import WHATSAPP_DOOR
from tests.unit.channels.whatsapp_payloads import whatsapp_payload

WHATSAPP = WHATSAPP_DOOR
SAM = "31612345678"
CANARY = b"the canary sings in the mine"


@pytest.fixture
async def platform() -> AsyncIterator[MediaStandIn]:
    with MediaStandIn() as running:
        yield running


@pytest.fixture
async def stand(database: str, keys_database: str, platform: MediaStandIn) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, platform.url) as opened:
        yield opened


async def picture(stand: ChannelsStand, media_id: str, external_id: str = "wamid.1", **more: Any) -> UUID:
    """Sam sends a picture by WhatsApp; gives its attachment's id."""
    given = {
        "id": external_id,
        "timestamp": str(int(time.time())),
        "type": "image",
        "image": {"id": media_id, "mime_type": "image/png", **more},
    }
    body = json.dumps(whatsapp_payload({**given, "from": SAM})).encode()
    assert (await stand.front.post(WHATSAPP.path, body, WHATSAPP.signed(body))).status_code == 200
    await stand.read_all()
    return attachment_id_of(contact_id_of(Channel.WHATSAPP, "account-1", external_id), 0)


async def refused(stand: ChannelsStand, attachment_id: UUID) -> str:
    rows = await stand.pool.fetch("SELECT clear FROM es.events WHERE stream_id = $1", attachment_id)
    return str(json.loads(rows[0]["clear"])["reason"])


async def test_a_picture_by_whatsapp_is_fetched_with_the_accounts_token_and_kept_sealed(
    stand: ChannelsStand, platform: MediaStandIn
) -> None:
    platform.files["m1"] = PNG + CANARY
    attachment_id = await picture(stand, "m1", sha256=sha256(PNG + CANARY).hexdigest())
    assert await states(stand) == ["PENDING"]
    assert await stand.attachments.round() == 1
    assert await states(stand) == ["READY"]
    attachment = await stand.record.load(Attachment, attachment_id)
    assert attachment is not None
    assert (attachment.media_type, attachment.object_id) == ("image/png", next(iter(stand.objects.stored)))
    assert CANARY not in b"".join(stand.objects.stored.values())
    assert attachment.object_id is not None
    assert await stand.files.get(attachment.object_id) == PNG + CANARY
    assert await stand.attachments.round() == 0


async def test_files_of_a_mail_come_out_of_the_mail_itself(stand: ChannelsStand) -> None:
    mail = mail_with(
        (PNG, "image/png", "photo.png"),
        (b"MZ\x90\x00 not a picture", "image/png", "holiday.png"),
        (b"<svg onload=alert(1)>", "image/png", "../../../etc/drawing.svg"),
        (b"", "text/plain", "nothing.txt"),
        (b"PK\x03\x04" + b"\x00" * 500, "application/zip", "bomb.zip"),
    )
    contact_id = await mailed(stand, mail)
    await stand.attachments.round()
    assert await states(stand) == ["READY", "REFUSED", "READY", "REFUSED", "READY"]
    assert await refused(stand, attachment_id_of(contact_id, 1)) == "type-not-allowed"
    assert await refused(stand, attachment_id_of(contact_id, 3)) == "empty"
    svg = await stand.record.load(Attachment, attachment_id_of(contact_id, 2))
    assert svg is not None
    assert svg.media_type == "image/svg+xml"


async def test_what_cannot_be_had_now_is_tried_again_and_given_up_in_the_end(
    stand: ChannelsStand, platform: MediaStandIn
) -> None:
    platform.status = 503
    attachment_id = await picture(stand, "m1")
    for _ in range(ATTEMPTS_MAX):
        assert await states(stand) == ["PENDING"]
        assert await stand.attachments.round() == 1
        stand.clock.ahead += timedelta(hours=1)
    assert await states(stand) == ["REFUSED"]
    assert await refused(stand, attachment_id) == "fetch-failed"
    assert stand.objects.stored == {}


async def test_what_its_platform_has_no_more_is_refused_at_once(stand: ChannelsStand) -> None:
    attachment_id = await picture(stand, "never-there")
    await stand.attachments.round()
    assert await refused(stand, attachment_id) == "gone"


async def test_what_grows_beyond_the_limit_while_it_comes_is_refused(
    stand: ChannelsStand, platform: MediaStandIn
) -> None:
    platform.files["m1"] = PNG + b"x" * LIMITS.bytes_max
    attachment_id = await picture(stand, "m1")
    await stand.attachments.round()
    assert await refused(stand, attachment_id) == "too-large"
    assert stand.objects.stored == {}


async def test_a_file_that_is_not_the_announced_one_is_not_kept(stand: ChannelsStand, platform: MediaStandIn) -> None:
    platform.files["m1"] = PNG
    attachment_id = await picture(stand, "m1", sha256="00" * 32)
    for _ in range(ATTEMPTS_MAX):
        await stand.attachments.round()
        stand.clock.ahead += timedelta(hours=1)
    assert await refused(stand, attachment_id) == "not-as-said"


async def test_while_the_store_is_away_files_wait_and_none_is_given_up(
    stand: ChannelsStand, platform: MediaStandIn
) -> None:
    platform.files["m1"] = PNG
    await picture(stand, "m1")
    stand.objects.away = True
    for _ in range(ATTEMPTS_MAX + 1):
        with pytest.raises(ObjectsUnavailable):
            await stand.attachments.round()
        asked = len(platform.asked)
        assert await stand.attachments.round() == 0
        assert len(platform.asked) == asked
        stand.clock.ahead += timedelta(minutes=1)
    stand.objects.away = False
    await stand.attachments.round()
    assert await states(stand) == ["READY"]


async def test_a_crash_after_storing_leaves_one_object_and_the_next_round_goes_on(
    stand: ChannelsStand, platform: MediaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.files["m1"] = PNG
    await picture(stand, "m1")

    async def stored_and_gone(object_id: UUID, sealed: bytes) -> None:
        stand.objects.stored[object_id] = sealed
        raise asyncpg.ConnectionDoesNotExistError("gone with the process")

    with monkeypatch.context() as crashing:
        crashing.setattr(stand.objects, "put", stored_and_gone)
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await stand.attachments.round()
    assert await states(stand) == ["PENDING"]
    await stand.attachments.round()
    assert await states(stand) == ["READY"]
    assert len(stand.objects.stored) == 1


async def test_a_file_stored_while_its_contact_is_redacted_does_not_stay(
    stand: ChannelsStand, platform: MediaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.files["m1"] = PNG
    await picture(stand, "m1")
    contact_id = contact_id_of(Channel.WHATSAPP, "account-1", "wamid.1")
    put = stand.objects.put

    async def redacted_meanwhile(object_id: UUID, sealed: bytes) -> None:
        await redact_contact(RedactContact(contact_id), stand.context(), record=stand.record)
        await stand.files.end([contact_id])
        await put(object_id, sealed)

    with monkeypatch.context() as racing:
        racing.setattr(stand.objects, "put", redacted_meanwhile)
        await stand.attachments.round()
    assert stand.objects.stored == {}
    assert await states(stand) == []


async def test_the_same_file_twice_in_a_contact_lies_in_one_place(stand: ChannelsStand) -> None:
    await mailed(stand, mail_with((PNG, "image/png", "a.png"), (PNG, "image/png", "b.png")))
    await stand.attachments.round()
    assert await states(stand) == ["READY", "READY"]
    assert len(stand.objects.stored) == 1


async def test_a_file_of_a_contact_that_was_taken_back_is_deleted(stand: ChannelsStand, platform: MediaStandIn) -> None:
    platform.files["m1"] = PNG
    await picture(stand, "m1")
    await stand.attachments.round()
    raw = RawInbound(stand.parts.ids.new(), Channel.WHATSAPP, "account-1", b"", stand.clock.now(), "x")
    removed = ContactRemoved("wamid.1", stand.clock.now())
    await record_item_on_raw_kept(removed, raw, stand.context(), record=stand.record, directory=stand.directory)
    await stand.attachments.round()
    assert stand.objects.stored == {}
    assert await states(stand) == ["REMOVED"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x", "file:///etc/passwd", "ftp://x/y", "http://[::1]/", "m"])
async def test_an_address_that_came_with_a_message_leads_nowhere_inside(stand: ChannelsStand, address: str) -> None:
    content = ContactContent(
        handles=(HandleContent(HandleKind.MESSENGER, "1"),), attachments=(AttachmentContent(address, "image/png"),)
    )
    item = ContactArrived("m.1", ContactKind.MESSAGE, stand.clock.now(), content, HandleAssurance.PLATFORM)
    raw = RawInbound(stand.parts.ids.new(), Channel.MESSENGER, "account-1", b"", stand.clock.now(), "x")
    await receive_contact(ReceiveContact(item, raw), stand.context(), record=stand.record, directory=stand.directory)
    await stand.attachments.round()
    assert await states(stand) == ["REFUSED"]
