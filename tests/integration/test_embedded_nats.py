"""The embedded NATS by itself: JetStream on disk, a secret, restarts."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import nats.errors
import psutil
import pytest

from infra.embedded.nats import EmbeddedNats
from services.console import nats_watch


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedNats]:
    server = EmbeddedNats(tmp_path)
    await server.start()
    yield server
    await server.stop()


async def test_what_was_acknowledged_survives_a_kill(server: EmbeddedNats) -> None:
    client = await nats.connect(server.url)
    jetstream = client.jetstream()
    await jetstream.add_stream(name="kept", subjects=["kept.>"])
    acknowledged = [await jetstream.publish("kept.this", str(number).encode()) for number in range(3)]
    await client.close()
    before = server.url
    os.kill(server.child.pid, signal.SIGKILL)
    await server.child.ended()
    await server.start()
    assert server.url == before
    client = await nats.connect(server.url)
    state = (await client.jetstream().stream_info("kept")).state
    await client.close()
    assert state.last_seq == acknowledged[-1].seq == 3


async def test_where_it_could_not_write_it_is_started_again_once_there_is_room(
    server: EmbeddedNats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await nats.connect(server.url)
    jetstream = client.jetstream()
    await jetstream.add_stream(name="kept", subjects=["kept.>"])
    await jetstream.publish("kept.this", b"stored")
    assert await server.ailment() is None
    limit, room = resource.RLIMIT_FSIZE, resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.child.pid, limit, (1, room[1]))
    with pytest.raises(nats.errors.Error):
        await jetstream.publish("kept.this", b"for which there is no room", timeout=1)
    resource.prlimit(server.child.pid, limit, room)
    with pytest.raises(nats.errors.Error):
        await jetstream.publish("kept.this", b"though there is room again", timeout=1)
    await client.close()

    said: list[str] = []
    monkeypatch.setattr(nats_watch, "LOOK_EVERY_S", 0.05)
    async with asyncio.timeout(30), asyncio.TaskGroup() as watching:
        watch = watching.create_task(nats_watch.keep_storing(server, tmp_path, say=said.append))
        await server.child.ended()
        watch.cancel()
    assert said[0].startswith("nats stores nothing: ")
    await server.start()
    client = await nats.connect(server.url)
    assert (await client.jetstream().publish("kept.this", b"stored")).seq == 2
    await client.close()


async def test_nobody_connects_without_the_password(server: EmbeddedNats) -> None:
    host, port = server.url.rsplit("@", 1)[1].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    await reader.readline()
    writer.write(b'CONNECT {"user":"eender","pass":"wrong","verbose":false}\r\nPING\r\n')
    assert b"Authorization Violation" in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_its_secret_is_for_its_owner_only(server: EmbeddedNats, tmp_path: Path) -> None:
    for file in (tmp_path / "nats.json", tmp_path / "nats" / "nats.conf"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    password = server.url.split(":")[2].split("@")[0]
    assert password not in " ".join(psutil.Process(server.child.pid).cmdline())


async def test_large_messages_pass_and_larger_ones_do_not(server: EmbeddedNats) -> None:
    client = await nats.connect(server.url)
    assert client.max_payload == 8 * 1024 * 1024
    await client.close()


async def test_it_stops_when_told(server: EmbeddedNats) -> None:
    await server.stop()
    assert not server.child.running
    await server.stop()


async def test_a_folder_of_any_name_will_do(tmp_path: Path) -> None:
    folder = tmp_path / 'Müller & Söhne: "eigen" \\ ☃ $HOME\n'
    server = EmbeddedNats(folder)
    await server.start()
    client = await nats.connect(server.url)
    await client.jetstream().add_stream(name="kept", subjects=["kept.>"])
    await client.close()
    await server.stop()
    assert any((folder / "nats" / "store").rglob("streams/kept")), "its streams are in that folder and no other"
