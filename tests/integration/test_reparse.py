"""`eender reparse`: what a parser did not know when it came, and knows today."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.channels.domain.inbound import Ignored, Parsed
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound
from services.console import reparse
from services.console.failure import CommandFailed
from services.console.reparse import Wanted, read_again
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.unit.channels.doors_under_test import TOY_DOOR

RECEIVED = "channels.contact.received.v1"
LETTERS = Wanted(channel=TOY_DOOR.channel)


def knows_nothing(raw: RawInbound, *, region: str) -> Parsed:
    del raw, region
    return Parsed((Ignored("unknown-kind"),))


def refuses(raw: RawInbound, *, region: str) -> Parsed:
    raise NotUnderstood("malformed-json", "no")


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


@asynccontextmanager
async def reading(stand: ChannelsStand) -> AsyncIterator[None]:
    task = asyncio.create_task(stand.intake.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def post(stand: ChannelsStand, said: str) -> int:
    payload = {**TOY_DOOR.payload, "id": said, "text": said}
    body = TOY_DOOR.encoded(payload)
    return (await stand.front.post(TOY_DOOR.path, body, TOY_DOOR.signed(body))).status_code


async def again(stand: ChannelsStand, wanted: Wanted = LETTERS) -> tuple[int, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    async with reading(stand):
        read = await read_again(stand.pool, wanted, lambda at, last: told.append((at, last)))
    return read, told


async def test_what_was_ignored_becomes_a_contact_once_it_is_known_and_nothing_else_changes(
    stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await post(stand, "known") == 200
    await stand.read_all()
    with monkeypatch.context() as before:
        before.setattr(TOY_DOOR.door, "parse", knows_nothing)
        assert await post(stand, "unknown") == 200
        await stand.read_all()
    assert (await stand.facts()).count(RECEIVED) == 1
    monkeypatch.setattr(reparse, "AT_ONCE", 1)
    assert await again(stand) == (2, [(1, 2), (2, 2)])
    assert (await stand.facts()).count(RECEIVED) == 2
    assert (await again(stand))[0] == 2
    assert (await stand.facts()).count(RECEIVED) == 2


async def test_only_what_is_asked_for_is_read_again(stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await post(stand, "one") == 200
    with monkeypatch.context() as before:
        before.setattr(TOY_DOOR.door, "parse", refuses)
        assert await post(stand, "two") == 422
    await stand.read_all()
    later = stand.clock.now() + timedelta(hours=1)
    for wanted in (
        Wanted(channel=TOY_DOOR.channel, account="account-2"),
        Wanted(channel=TOY_DOOR.channel, since=later),
    ):
        assert (await again(stand, wanted))[0] == 0
    assert (await again(stand, Wanted()))[0] == 1, "of all, what was not refused"
    assert (await again(stand, Wanted(channel=TOY_DOOR.channel, account="account-1", refused=True)))[0] == 2
    assert (await stand.facts()).count(RECEIVED) == 2


async def test_where_nobody_reads_it_says_so(stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await post(stand, "one") == 200
    await stand.read_all()
    monkeypatch.setattr(reparse, "STILL_SECONDS_MAX", 0.3)
    with pytest.raises(CommandFailed, match="nobody reads them"):
        await read_again(stand.pool, LETTERS, lambda _at, _last: None)
