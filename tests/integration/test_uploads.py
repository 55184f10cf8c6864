"""Files that agents bring are kept sealed, wait for a reply, leave with it, and end with it or by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
import pytest

from contracts.content import HandleContent, ReplyContent, ReplyFileContent
from contracts.uploads import UploadTicket
from contracts.vocabulary import AttachmentState, Channel, DeliveryStatus, HandleKind, Refusal, id_of
from infra.sealing import SubjectDestroyed
from services.channels.commands.redact_delivery import RedactDelivery, redact_delivery
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.domain.delivery import Delivery
from services.channels.domain.upload import Upload
from services.channels.ports import BroughtFile
from services.channels.workers.upload_keeper import UploadKeeper
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.support.media_stand_in import PNG

CASE, CUSTOMER = id_of("case", "1"), id_of("customer", "1")
CANARY = b"the canary sings in the mine"


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


def ticket(stand: ChannelsStand, data: bytes, media_type: str = "image/png") -> UploadTicket:
    attachment_id = stand.parts.ids.new()
    return UploadTicket(attachment_id, CASE, CUSTOMER, len(data), sha256(data).hexdigest(), media_type)


async def brought(stand: ChannelsStand, data: bytes = PNG + CANARY) -> UUID:
    asked = ticket(stand, data)
    assert (await stand.uploads.take_in(asked, data)).state is AttachmentState.READY
    return asked.attachment_id


async def replied(stand: ChannelsStand, *attachment_ids: UUID) -> Delivery:
    """A reply with these files is asked for."""
    files = tuple(ReplyFileContent(each, "map.png", "image/png", len(PNG)) for each in attachment_ids)
    content = ReplyContent(to=HandleContent(HandleKind.WHATSAPP, "+31612345678"), text="See.", files=files)
    command = RequestDelivery(
        contact_id=stand.parts.ids.new(), case_id=CASE, customer_id=CUSTOMER, channel=Channel.WHATSAPP,
        account="account-1", handle_kind=HandleKind.WHATSAPP, requested_at=stand.clock.now(), in_reply_to=None,
        content=content,
    )  # fmt: skip
    await request_delivery(command, stand.context(), record=stand.record)
    delivery = await stand.record.load(Delivery, command.contact_id)
    assert delivery is not None
    assert delivery.status is DeliveryStatus.REQUESTED
    return delivery


async def states(stand: ChannelsStand) -> list[str]:
    return [row["state"] for row in await stand.pool.fetch("SELECT state FROM uploads ORDER BY attachment_id")]


async def test_a_file_is_kept_sealed_once_and_leaves_with_its_reply_and_with_no_other(stand: ChannelsStand) -> None:
    attachment_id = await brought(stand)
    assert CANARY not in b"".join(stand.objects.stored.values())
    first, second = await replied(stand, attachment_id), await replied(stand, attachment_id)
    (file,) = await stand.parts.files.of(first)
    assert (file.name, file.media_type, file.data) == ("map.png", "image/png", PNG + CANARY)
    with pytest.raises(Refusal) as refused:
        await stand.parts.files.of(second)
    assert refused.value.code == "ATTACHMENT_NOT_READY"


@pytest.mark.parametrize(
    ("data", "media_type", "reason"),
    [
        (b"MZ\x90\x00" + bytes(60), "image/png", "type-not-allowed"),
        (b"%PDF-1.7 x", "image/png", "not-as-said"),
        (PNG + b"x" * 1024 * 1024, "image/png", "too-large"),
    ],
)
async def test_what_is_not_kept_is_refused_for_good(
    stand: ChannelsStand, data: bytes, media_type: str, reason: str
) -> None:
    asked = ticket(stand, data, media_type)
    assert await stand.uploads.take_in(asked, data) == BroughtFile(AttachmentState.REFUSED, reason=reason)
    assert await stand.uploads.take_in(asked, data) == BroughtFile(AttachmentState.REFUSED, reason=reason)
    assert stand.objects.stored == {}


async def test_other_bytes_than_were_announced_change_nothing(stand: ChannelsStand) -> None:
    asked = ticket(stand, PNG)
    assert await stand.uploads.take_in(asked, PNG[:-1] + b"?") == BroughtFile(wrong="sha256")
    assert await stand.uploads.take_in(asked, PNG + b"?") == BroughtFile(wrong="sizeBytes")
    assert await states(stand) == []
    assert (await stand.uploads.take_in(asked, PNG)).state is AttachmentState.READY


async def test_where_a_scanner_is_configured_nothing_leaves_before_it_looked(stand: ChannelsStand) -> None:
    keeper = UploadKeeper(msgspec.structs.replace(stand.keeping, scans=True), hours=24)
    asked = ticket(stand, PNG)
    assert (await keeper.take_in(asked, PNG)).state is AttachmentState.QUARANTINED
    delivery = await replied(stand, asked.attachment_id)
    with pytest.raises(Refusal):
        await stand.parts.files.of(delivery)


async def test_what_nobody_sent_ends_by_itself_and_what_was_sent_stays(stand: ChannelsStand) -> None:
    sent = await brought(stand, PNG + b"1")
    delivery = await replied(stand, sent)
    await brought(stand, PNG + b"2")
    await stand.uploads.round()
    assert sorted(await states(stand)) == ["READY", "READY"]
    stand.clock.ahead = timedelta(hours=26)
    await stand.uploads.round()
    await stand.attachments.round()
    assert sorted(await states(stand)) == ["READY", "REMOVED"]
    assert len(stand.objects.stored) == 1
    assert len(await stand.parts.files.of(delivery)) == 1


async def test_with_a_redacted_reply_its_files_and_their_key_end(stand: ChannelsStand) -> None:
    attachment_id = await brought(stand)
    delivery = await replied(stand, attachment_id)
    upload = await stand.record.load(Upload, attachment_id)
    assert upload is not None
    assert upload.object_id is not None
    sealed = stand.objects.stored[upload.object_id]
    await redact_delivery(RedactDelivery(delivery.id), stand.context(), record=stand.record)
    assert await states(stand) == ["REMOVED"]
    assert await stand.files.end_uploads([delivery.id]) == 1
    assert stand.objects.stored == {}
    assert await stand.keys.keys_by_id((UUID(bytes=sealed[1:17]),)) == {}


async def test_for_a_customer_who_is_erased_nothing_is_kept_any_more(stand: ChannelsStand) -> None:
    await brought(stand)
    await stand.keys.destroy_subject(CUSTOMER, stand.clock.now())
    await stand.uploads.forget(CUSTOMER)
    await stand.attachments.round()
    assert stand.objects.stored == {}
    assert (await stand.uploads.take_in(ticket(stand, PNG), PNG)).state is AttachmentState.REMOVED
    assert stand.objects.stored == {}
    with pytest.raises(SubjectDestroyed):
        await stand.files.put_upload(CUSTOMER, stand.parts.ids.new(), PNG, sha256(PNG).digest())
