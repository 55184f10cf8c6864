"""`eender import`: lines of a file become contacts once, whatever ends it in between; bad ones have reasons."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contracts.vocabulary import Channel
from infra.clock import SystemIds
from services.channels.workers import importer as importing
from services.channels.workers.importer import Importer, NobodyReads, Refused
from services.console.import_lines import Rejects
from tests.integration.channels_stand import ChannelsStand, channels_stand, one

RECEIVED = "channels.contact.received.v1"


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


def posting(number: int, **more: Any) -> bytes:
    handles = [{"kind": "X", "value": f"author-{number % 7}"}]
    said = {"id": f"p-{number}", "text": f"Posting {number}", "visibility": "PUBLIC", "sender": {"handles": handles}}
    return json.dumps({**said, **more}).encode()


def importer_of(stand: ChannelsStand, refused: list[Refused]) -> Importer:
    return Importer(
        pool=stand.pool,
        store=stand.keeper,
        clock=stand.clock,
        ids=SystemIds(),
        channel=Channel.X,
        account="found",
        region="NL",
        refuse=refused.append,
    )


async def imported(stand: ChannelsStand, lines: list[bytes]) -> tuple[tuple[int, int, int], list[Refused]]:
    refused: list[Refused] = []
    done = await importer_of(stand, refused).run(io.BytesIO(b"\n".join(lines)), lambda _: None)
    return (done.taken, done.known, done.refused), refused


async def received(stand: ChannelsStand) -> int:
    return (await stand.facts()).count(RECEIVED)


async def test_every_line_is_a_contact_once_however_often_the_file_is_imported(stand: ChannelsStand) -> None:
    lines = [posting(number) for number in range(300)]
    async with reading(stand):
        assert (await imported(stand, lines))[0] == (300, 0, 0)
        assert await received(stand) == 300
        assert (await imported(stand, lines))[0] == (0, 300, 0)
        # Cut in another way, the pieces are new and their contacts are not.
        assert (await imported(stand, lines[5:]))[0][1] < 295
    assert await received(stand) == 300


async def test_an_import_that_ended_early_goes_on_where_it_was(
    stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "WAITING_PIECES_MAX", 2)
    lines = [posting(number) for number in range(200)]
    with monkeypatch.context() as impatient:
        impatient.setattr(importing, "STILL_SECONDS_MAX", 0.1)
        with pytest.raises(NobodyReads):
            await imported(stand, lines)
    assert 0 < (await one(stand.pool, "SELECT count(*) AS n FROM raws"))["n"] < 4
    async with reading(stand):
        (taken, known, _), _ = await imported(stand, lines)
    assert taken > 0
    assert known > 0
    assert taken + known == 200
    assert await received(stand) == 200


async def test_what_cannot_be_read_is_told_by_line_with_its_reason_and_the_rest_comes_in(
    stand: ChannelsStand, tmp_path: Path
) -> None:
    lines = [
        posting(1),
        b"{ no json",
        b"",
        posting(2, kind="NONSENSE"),
        b'"text"',
        posting(3, type="weather"),
        posting(4),
    ]
    async with reading(stand):
        counts, refused = await imported(stand, lines)
    assert counts == (2, 0, 4)
    assert [(each.line, each.code, each.field) for each in refused] == [
        (2, "malformed-json", None),
        (4, "invalid-field", "kind"),
        (5, "malformed-json", None),
        (6, "invalid-field", "type"),
    ]
    assert await received(stand) == 2
    rejects = Rejects(tmp_path / "rejected.jsonl")
    for each in refused:
        rejects.add(each)
    rejects.close()
    kept = [json.loads(line) for line in rejects.path.read_text().splitlines()]
    assert kept[0]["text"] == "{ no json"
    assert rejects.path.stat().st_mode & 0o777 == 0o600


async def test_a_line_that_is_too_long_is_refused_without_being_held(
    stand: ChannelsStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINE_BYTES_MAX", 1000)
    async with reading(stand):
        counts, refused = await imported(stand, [posting(1, text="x" * 5000), posting(2)])
    assert counts == (1, 0, 1)
    assert [(each.line, each.code, len(each.text)) for each in refused] == [(1, "too-large", 1000)]
