"""The embedded Postgres by itself: separate roles, restarts of every kind, secrets kept to ourselves."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from infra.embedded.postgres import EmbeddedPostgres

PREPARED = "CREATE OR REPLACE FUNCTION public.prepared() RETURNS text LANGUAGE sql AS 'SELECT current_database()::text'"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "data", ["one", "two"], prepared={"two": PREPARED})
    await server.start()
    yield server
    await server.stop()


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_role_enters_its_own_database_and_no_other(server: EmbeddedPostgres) -> None:
    assert await ask(server.url("one"), "SELECT current_user || ' ' || current_database()") == "eender_one eender_one"
    for database in ("eender_two", "postgres", "template1"):
        elsewhere = server.url("one").rsplit("/", 1)[0] + "/" + database
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(elsewhere, "SELECT 1")


async def test_a_database_is_prepared_by_the_superuser_and_no_other_is(server: EmbeddedPostgres) -> None:
    assert await ask(server.url("two"), "SELECT prepared()") == "eender_two"
    owner = "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'prepared'"
    assert await ask(server.url("two"), owner) == "eender_admin"
    assert await ask(server.url("one"), owner) is None


async def test_nobody_enters_without_the_password(server: EmbeddedPostgres) -> None:
    user, _, place = server.url("one").removeprefix("postgresql://").partition("@")
    wrong = f"postgresql://{user.split(':')[0]}:wrong@{place}"
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(wrong, "SELECT 1")


async def test_it_keeps_its_promises(server: EmbeddedPostgres) -> None:
    wanted = {
        "data_checksums": "on",
        "fsync": "on",
        "synchronous_commit": "on",
        "server_encoding": "UTF8",
        "password_encryption": "scram-sha-256",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "TimeZone": "UTC",
    }
    assert {name: await ask(server.admin_url, f"SHOW {name}") for name in wanted} == wanted
    assert await ask(server.url("one"), "SELECT datcollate FROM pg_database WHERE datname = 'eender_one'") == "C"


async def test_its_secrets_are_for_their_owner_only(server: EmbeddedPostgres, tmp_path: Path) -> None:
    secrets = tmp_path / "data" / "postgres.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert not (tmp_path / "data" / "postgres" / "password").exists()
    arguments = " ".join(psutil.Process(server.child.pid).cmdline())
    assert server.url("one").split(":")[2].split("@")[0] not in arguments


async def test_a_killed_server_comes_back_with_what_it_promised(server: EmbeddedPostgres) -> None:
    await ask(server.url("one"), "CREATE TABLE kept AS SELECT 42 AS value")
    before = server.url("one")
    os.kill(server.child.pid, signal.SIGKILL)
    await server.child.ended()
    await server.start()
    assert server.url("one") == before
    assert await ask(server.url("one"), "SELECT value FROM kept") == 42


async def test_a_process_id_that_went_to_another_program_does_not_keep_it_from_starting(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    os.kill(server.child.pid, signal.SIGKILL)
    await server.child.ended()
    lock = tmp_path / "data" / "postgres" / "data" / "postmaster.pid"
    _, *rest = lock.read_text().splitlines(keepends=True)
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    lock.write_text("".join([f"{stranger.pid}\n", *rest]))
    await server.start()
    assert stranger.returncode is None
    stranger.kill()
    await stranger.wait()
    assert await ask(server.url("one"), "SELECT 1") == 1


async def test_a_taken_port_makes_it_choose_another(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await server.stop()
    before = server.url("one")
    other = EmbeddedPostgres(tmp_path / "other", durable=False)
    kept = (tmp_path / "data" / "postgres.json").read_text()
    port = before.rsplit(":", 1)[1].split("/")[0]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "postgres.json").write_text(f'{{"port": {port}, "passwords": {{}}}}')
    await other.start()
    try:
        assert f":{port}/" in other.admin_url
        await server.start()
        assert await ask(server.url("one"), "SELECT 1") == 1
        assert server.url("one") != before
        assert (tmp_path / "data" / "postgres.json").read_text() != kept
    finally:
        await other.stop()


async def test_half_made_data_are_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "data" / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "data", ["one"], durable=False)
    await server.start()
    try:
        assert await ask(server.url("one"), "SELECT 1") == 1
    finally:
        await server.stop()


def test_it_dies_with_whoever_started_it(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, pathlib, sys\n"
        "from infra.embedded.postgres import EmbeddedPostgres\n"
        "from infra.embedded.nats import EmbeddedNats\n"
        "async def main():\n"
        "    folder = pathlib.Path(sys.argv[1])\n"
        "    postgres, nats = EmbeddedPostgres(folder, durable=False), EmbeddedNats(folder)\n"
        "    await postgres.start()\n"
        "    await nats.start()\n"
        "    print(postgres.child.pid, nats.child.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "data")], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        children = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
        starter.kill()
    assert len(children) == 2
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
