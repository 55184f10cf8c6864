"""Payloads are kept no longer than they are to be kept, and each day says so, on a real Postgres."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import Channel
from infra.clock import SystemIds
from infra.event_store import verify_log
from services.channels.domain.contact import Contact
from services.channels.domain.raw import contact_id_of
from services.channels.workers.retainer import Retainer
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.integration.test_channels_forgetting import ANN, SAM, message, told

RAW_DAYS = 30


class CrashError(Exception):
    """The process is gone."""


class CrashingKeys:
    """Destroys a key, then dies."""

    def __init__(self, stand: ChannelsStand) -> None:
        self._keys = stand.keys

    async def destroy_subject(self, subject_id: UUID, at: datetime) -> tuple[UUID, ...]:
        await self._keys.destroy_subject(subject_id, at)
        raise CrashError


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


def retainer(stand: ChannelsStand, keys: Any = None) -> Retainer:
    return Retainer(
        pool=stand.pool,
        keys=keys or stand.keys,
        record=stand.record,
        clock=stand.clock,
        ids=SystemIds(),
        raw_days=RAW_DAYS,
    )


async def evidence(stand: ChannelsStand) -> list[dict[str, Any]]:
    rows = await stand.pool.fetch(
        "SELECT clear FROM es.events WHERE topic = 'channels.retention.enforced.v1' ORDER BY pos"
    )
    return [json.loads(row["clear"]) for row in rows]


async def states(stand: ChannelsStand) -> list[tuple[str, bool]]:
    rows = await stand.pool.fetch("SELECT state, length(sealed) = 0 AS empty FROM raws ORDER BY seq")
    return [(row["state"], row["empty"]) for row in rows]


async def older(stand: ChannelsStand, days: float, state: str = "READ") -> None:
    await stand.pool.execute(
        "UPDATE raws SET received_at = $1 WHERE state = $2", stand.clock.now() - timedelta(days=days), state
    )


async def test_a_payload_that_is_too_old_goes_and_what_was_read_of_it_stays(stand: ChannelsStand) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await older(stand, RAW_DAYS + 2)
    await told(stand, message(ANN, "wamid.ANN"))
    gone = await stand.pool.fetchval("SELECT raw_id FROM raws ORDER BY seq LIMIT 1")
    await retainer(stand).round()

    assert await states(stand) == [("EXPIRED", True), ("READ", False)]
    (said,) = await evidence(stand)
    assert (said["retention_class"], said["expired"], said["kept"]) == ("RAW_PAYLOADS", 1, 0)
    assert said["day"] == stand.clock.now().date().isoformat()
    assert said["digest"] == sha256(gone.bytes).hexdigest()
    assert await stand.keys.destroyed_of((gone,)) == 2
    contact = await stand.record.load(Contact, contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM"))
    assert contact is not None
    assert contact.handles != ()
    await told(stand, message(SAM, "wamid.SAM"))
    assert (await stand.facts()).count("channels.contact.received.v1") == 2, "it is still known"
    report = await verify_log(stand.pool)
    assert report.sound, report.findings


async def test_a_day_says_what_it_did_once_also_when_there_was_nothing_to_do(stand: ChannelsStand) -> None:
    for _ in range(3):
        await retainer(stand).round()
    stand.clock.ahead = timedelta(days=1)
    await retainer(stand).round()
    days = [each["day"] for each in await evidence(stand)]
    assert len(days) == 2
    assert days[0] < days[1]
    assert {each["expired"] for each in await evidence(stand)} == {0}


async def test_what_a_crash_left_half_done_is_counted_once_on_the_day_it_was_finished(stand: ChannelsStand) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await told(stand, message(ANN, "wamid.ANN"))
    await older(stand, RAW_DAYS + 2)
    with pytest.raises(CrashError):
        await retainer(stand, CrashingKeys(stand)).round()
    assert await evidence(stand) == []
    stand.clock.ahead = timedelta(days=1)
    await retainer(stand).round()
    await retainer(stand).round()
    assert [each["expired"] for each in await evidence(stand)] == [2]
    assert await states(stand) == [("EXPIRED", True)] * 2


async def test_what_nobody_has_read_yet_stays_and_is_counted(stand: ChannelsStand) -> None:
    await told(stand, message(SAM, "wamid.SAM"), read=False)
    await older(stand, RAW_DAYS + 2, "KEPT")
    await retainer(stand).round()
    assert await states(stand) == [("KEPT", False)]
    assert [(each["expired"], each["kept"]) for each in await evidence(stand)] == [(0, 1)]
