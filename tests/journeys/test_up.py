"""`eender up`, as the person sees it who starts, kills, moves and stops it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from tests.support.shop import Shop, eventually
from tests.support.subscriptions import next_changes, subscribed
from tests.support.whatsapp_stand_in import WhatsAppStandIn

WARM_START_S_MAX = 30.0
"""A bound against hanging, not a measurement."""
STOP_S_MAX = 25.0
PROGRAMS = {"up", "postgres", "nats", "channels", "case", "routing"}


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop that these tests may kill and stop as they like; each leaves it running."""
    stand_in = WhatsAppStandIn()
    shop = Shop(tmp_path_factory.mktemp("up"), stand_in)
    shop.start()
    try:
        yield shop
    finally:
        await shop.http.aclose()
        shop.stop()
        close_output(shop)
        stand_in.close()


def close_output(shop: Shop) -> None:
    """What a stack that ended has said is not read any more."""
    assert shop.process is not None
    assert shop.process.stdout is not None
    shop.process.stdout.close()


def second_up(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "services.console", "up", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


async def ready(shop: Shop) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        answers = [await shop.http.get(f"http://127.0.0.1:{shop.port + offset}/readyz") for offset in range(3)]
        return all(answer.status_code == 200 for answer in answers)
    return False


def test_run_json_tells_everything_to_its_owner_only(own: Shop) -> None:
    run = own.run()
    assert run["graphql"] == f"http://127.0.0.1:{own.port}/graphql"
    assert run["webhooks"] == f"http://127.0.0.1:{own.port + 1}"
    assert run["routing"] == f"http://127.0.0.1:{own.port + 2}"
    assert set(run["databases"]) == {"channels", "case", "routing", "keys"}
    assert run["nats"].startswith("nats://")
    assert set(run["pids"]) == PROGRAMS
    assert all(psutil.pid_exists(pid) for pid in run["pids"].values())
    assert stat.S_IMODE((own.data / "run.json").stat().st_mode) == 0o600
    assert 0 not in psutil.Process(run["pids"]["postgres"]).uids()


async def test_no_service_enters_the_database_of_another(own: Shop) -> None:
    databases: dict[str, str] = own.run()["databases"]
    for name, url in databases.items():
        for other in databases.keys() - {name}:
            elsewhere = url.rsplit("/", 1)[0] + "/" + databases[other].rsplit("/", 1)[1]
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(elsewhere)


def test_a_second_up_on_the_same_folder_says_so(own: Shop) -> None:
    done = second_up("--data", str(own.data), "--port", str(own.port + 100))
    assert done.returncode == 1
    assert f"process {own.run()['pids']['up']}" in done.stderr


def test_a_port_in_use_is_named_and_nothing_starts(own: Shop, tmp_path: Path) -> None:
    done = second_up("--data", str(tmp_path / "run"), "--port", str(own.port))
    assert done.returncode == 1
    assert f"port {own.port}" in done.stderr
    assert not (tmp_path / "run" / "postgres").exists()


def test_a_bad_configuration_is_named_and_nothing_starts(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[[agents]]\nref = "anna"\nname = "Anna"\nteam = "nowhere"\n')
    done = second_up("--data", str(tmp_path / "run"), "--config", str(tmp_path / "bad.toml"))
    assert done.returncode == 1
    assert "agents[0].team: there is no team 'nowhere'" in done.stderr
    assert not (tmp_path / "run").exists()


async def killed(own: Shop, victim: str) -> None:
    """Kill a process, and wait until another one does its work."""
    before = own.run()["pids"][victim]
    os.kill(before, signal.SIGKILL)

    async def another() -> bool:
        pids: dict[str, int] = own.run()["pids"]
        return bool(pids[victim] != before and psutil.pid_exists(pids[victim]))

    await eventually(another, wait_s_max=30)
    await eventually(lambda: ready(own), wait_s_max=30)


@pytest.mark.parametrize("victim", sorted(PROGRAMS - {"up", "case"}))
async def test_whoever_is_killed_comes_back_and_run_json_says_so(own: Shop, victim: str) -> None:
    await killed(own, victim)


async def test_a_screen_goes_on_where_it_was_when_its_service_was_killed_and_came_back(own: Shop) -> None:
    assert (await own.form({"email": "lou@example.com", "message": "watch me"})).status_code == 202
    lead, case_id = await own.token("lead", "lena"), (await own.case_with_text("watch me"))["id"]
    async with subscribed(own, lead, "CaseEvents", {"caseId": case_id, "after": None}) as items:
        assert (await items.get())["__typename"] == "Heartbeat"
        await own.done(lead, "CaseNoteAdd", caseId=case_id, text="before")
        (before,) = await next_changes(items, 1)
        await killed(own, "case")
    await own.done(lead, "CaseNoteAdd", caseId=case_id, text="after")
    async with subscribed(own, lead, "CaseEvents", {"caseId": case_id, "after": before["cursor"]}) as items:
        await own.done(lead, "CaseNoteAdd", caseId=case_id, text="live")
        missed = await next_changes(items, 2)
    assert [item["version"] for item in missed] == [before["version"] + 1, before["version"] + 2]


async def test_after_a_kill_of_up_its_children_end_and_the_next_up_starts_with_all_data(own: Shop) -> None:
    assert (await own.form({"email": "kim@example.com", "message": "before the kill"})).status_code == 202
    lead = await own.token("lead", "lena")
    number = (await own.case_with_text("before the kill", lead))["number"]
    children = [psutil.Process(pid) for name, pid in own.run()["pids"].items() if name != "up"]
    assert own.process is not None
    own.process.kill()
    own.process.wait()
    close_output(own)
    own.start()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert (await own.case_with_text("before the kill", lead))["number"] == number


async def test_sigterm_stops_everything_and_a_warm_start_is_quick(own: Shop) -> None:
    children = [psutil.Process(pid) for pid in own.run()["pids"].values()]
    began = time.monotonic()
    assert await asyncio.to_thread(own.stop) == 0
    assert time.monotonic() - began < STOP_S_MAX
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert not (own.data / "run.json").exists()
    close_output(own)
    began = time.monotonic()
    own.start()
    assert time.monotonic() - began < WARM_START_S_MAX


async def test_a_token_of_role_agent_is_for_an_agent_only(own: Shop) -> None:
    done = own.eender("token", "--role", "agent", "--subject", "nobody", check=False)
    assert done.returncode == 1
    assert "nobody" in done.stderr
    assert done.stdout == ""
    done = own.eender("token", "--role", "agent", "--subject", "anna", "--name", "Anna")
    assert len(done.stdout.strip().splitlines()) == 1
    assert done.stdout.count(".") == 2


async def test_issuing_a_token_is_a_fact_without_the_token_in_it(own: Shop) -> None:
    token = own.eender("token", "--role", "auditor", "--subject", "audit-1").stdout.strip()
    connection = await asyncpg.connect(own.run()["databases"]["case"])
    try:
        clear = [row["clear"] for row in await connection.fetch("SELECT clear FROM es.events WHERE topic ~ 'token'")]
    finally:
        await connection.close()
    assert any(b"audit-1" in fact for fact in clear)
    assert not any(token.encode() in fact for fact in clear)


async def test_with_another_issuer_tokens_do_not_come_from_here(own: Shop) -> None:
    oidc = '[oidc]\nissuer = "https://login.example"\naudience = "eender"\nrole_claim = "role"\n'
    (own.folder / "oidc.toml").write_text(oidc)
    run: dict[str, Any] = own.run()
    environment = {
        "EENDER_DATABASE_URL": run["databases"]["case"],
        "EENDER_KEYS_URL": run["databases"]["keys"],
        "EENDER_NATS_URL": run["nats"],
        "EENDER_KEK": f"file:{own.data / 'kek'}",
        "EENDER_CONFIG": str(own.folder / "oidc.toml"),
    }
    words = [sys.executable, "-m", "services.console", "token", "--role", "lead", "--subject", "lena"]
    done = await asyncio.to_thread(
        subprocess.run, words, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert done.returncode == 1
    assert "OIDC" in done.stderr


@pytest.mark.parametrize(
    ("channel", "sender"), [("form", "sam@example.com"), ("form", "+31612000777"), ("whatsapp", "+31612000778")]
)
async def test_what_a_customer_is_made_to_say_is_on_a_case(own: Shop, channel: str, sender: str) -> None:
    text = f"said by {sender} on {channel}"
    done = own.eender("say", channel, sender, text)
    assert done.returncode == 0, done.stderr
    assert (await own.case_with_text(text))["contacts"]["nodes"][0]["text"] == text


async def test_say_to_an_account_that_is_not_there_fails(own: Shop) -> None:
    done = own.eender("say", "form", "sam@example.com", "hello", "--account", "nowhere", check=False)
    assert done.returncode == 1
    assert "form/nowhere" in done.stderr
