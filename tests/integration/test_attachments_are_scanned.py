"""Where a scanner is configured nobody gets a file before it says that nothing is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from contracts.attachments import attachment_id_of
from contracts.object_store import Scanner as ScannerConfiguration
from contracts.vocabulary import AttachmentState
from services.channels.domain.attachment import Attachment
from services.channels.workers.attachment_keeper import AttachmentKeeper
from services.channels.workers.attachment_scanning import AttachmentScanning
from services.channels.workers.scanners import Clamd, HttpScanner, ScannerAway, scanner_of
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.integration.mails_with_files import mail_with, mailed, states
from tests.support.clamd_stand_in import EICAR, clamd
from tests.support.media_stand_in import PNG
from tests.support.verdict_stand_in import VerdictStandIn


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


async def kept(stand: ChannelsStand, *files: bytes) -> UUID:
    """A mail with these files, all of them fetched and none of them scanned; gives its contact."""
    contact_id = await mailed(stand, mail_with(*((data, "image/png", "photo.png") for data in files)))
    await AttachmentKeeper(msgspec.structs.replace(stand.keeping, scans=True)).round()
    return contact_id


async def state_of(stand: ChannelsStand, contact_id: UUID, number: int) -> AttachmentState:
    attachment = await stand.record.load(Attachment, attachment_id_of(contact_id, number))
    assert attachment is not None
    return attachment.state


async def test_what_is_clean_becomes_ready_and_what_is_not_is_deleted(stand: ChannelsStand) -> None:
    contact_id = await kept(stand, PNG, PNG + EICAR)
    assert await states(stand) == ["QUARANTINED", "QUARANTINED"]
    async with clamd() as stand_in:
        await AttachmentScanning(stand.keeping, Clamd("127.0.0.1", stand_in.port)).round()
        assert sorted(stand_in.seen) == sorted((PNG, PNG + EICAR))
    assert await state_of(stand, contact_id, 0) is AttachmentState.READY
    assert await state_of(stand, contact_id, 1) is AttachmentState.REFUSED
    await stand.attachments.round()
    assert await states(stand) == ["READY", "REFUSED"]
    assert len(stand.objects.stored) == 1


async def test_without_an_answer_a_file_stays_quarantined_and_is_asked_about_again(stand: ChannelsStand) -> None:
    await kept(stand, PNG)
    async with clamd() as stand_in:
        scanning = AttachmentScanning(stand.keeping, Clamd("127.0.0.1", stand_in.port))
        stand_in.answer = b"INSTREAM size limit exceeded. ERROR\0"
        for _ in range(20):
            await scanning.round()
            assert await states(stand) == ["QUARANTINED"]
            stand.clock.ahead += timedelta(hours=1)
        assert len(stand_in.seen) == 20
        stand_in.answer = None
        await scanning.round()
    assert await states(stand) == ["READY"]


async def test_a_scanner_that_is_not_there_says_nothing() -> None:
    async with clamd() as stand_in:
        port = stand_in.port
    with pytest.raises(ScannerAway):
        await Clamd("127.0.0.1", port).is_clean(b"x")
    with pytest.raises(ScannerAway):
        await HttpScanner(f"http://127.0.0.1:{port}/").is_clean(b"x")


@pytest.mark.parametrize(
    ("status", "body", "clean"),
    [
        (200, b'{"clean": true}', True),
        (200, b'{"clean": false}', False),
        (200, b"{}", None),
        (200, b'{"clean": "yes"}', None),
        (503, b'{"clean": true}', None),
        (302, b'{"clean": true}', None),
    ],
)
async def test_over_http_only_a_plain_yes_is_one(status: int, body: bytes, clean: bool | None) -> None:
    with VerdictStandIn(status, body) as stand_in:
        scanner = scanner_of(ScannerConfiguration(stand_in.url))
        if clean is None:
            with pytest.raises(ScannerAway):
                await scanner.is_clean(PNG)
        else:
            assert await scanner.is_clean(PNG) is clean
        assert stand_in.seen == [PNG]
