"""An auditor asks the program itself: is everything as it was written? While the stack runs, and when it is stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from infra.checkpoints import open_checkpoint, parse_key
from tests.support.shop import Shop, eventually
from tests.support.whatsapp_stand_in import WhatsAppStandIn


@pytest.fixture
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop of its own: what is altered here is not to be found by others."""
    stand_in = WhatsAppStandIn()
    shop = Shop(tmp_path_factory.mktemp("verify"), stand_in)
    shop.start()
    try:
        yield shop
    finally:
        await shop.http.aclose()
        shop.stop()
        stand_in.close()


def verify(shop: Shop, *more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "services.console", "verify", *more, "--data", str(shop.data)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


async def alter(shop: Shop, sql: str) -> None:
    connection = await asyncpg.connect(shop.run()["databases"]["case"])
    try:
        assert (await connection.execute(sql)) == "UPDATE 1"
    finally:
        await connection.close()


async def test_the_logs_are_checked_running_and_stopped_and_a_changed_byte_is_named(own: Shop, number: str) -> None:
    anna = await own.online("anna")
    await own.whatsapp(number, "Where is my parcel?")
    case: dict[str, Any] = await own.case_with_text("Where is my parcel?")
    await own.done(anna, "CaseReply", caseId=case["id"], text="In the post.")

    sound = verify(own, "--json")
    assert sound.returncode == 0, sound.stderr
    logs = json.loads(sound.stdout)["logs"]
    assert set(logs) == {"eender/case", "eender/channels", "eender/routing"}
    assert all(log["facts"] and len(log["root"]) == 64 for log in logs.values())
    for wanted in (case["number"], case["id"]):
        one = verify(own, wanted)
        assert one.returncode == 0, one.stderr
        assert f"case {case['number']}: " in one.stdout
    await the_logs_are_served(own)

    sql = "UPDATE es.events SET {} WHERE topic = 'case.opened.v1'"
    await alter(own, sql.format("clear = set_byte(clear, 5, get_byte(clear, 5) # 1)"))
    for words in ((), (case["number"],)):
        altered = verify(own, *words)
        assert altered.returncode == 1
        assert "altered" in altered.stderr
        assert "version 1" in altered.stderr
    await alter(own, sql.format("clear = set_byte(clear, 5, get_byte(clear, 5) # 1)"))

    own.stop()
    stopped = verify(own)
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout.count("as it was written") == 3


async def the_logs_are_served(shop: Shop) -> None:
    """Every service gives its log's state and key on its own port."""
    for offset, name in enumerate(("case", "channels", "routing")):
        base = f"http://127.0.0.1:{shop.port + offset}/log"
        key = await shop.http.get(f"{base}/key")
        assert key.status_code == httpx.codes.OK

        async def signed(base: str = base) -> httpx.Response:
            return await shop.http.get(f"{base}/checkpoint")

        # A log that has grown is signed within ten seconds.
        note = await eventually(signed, lambda answer: answer.status_code == httpx.codes.OK, wait_s_max=30)
        checkpoint = open_checkpoint(note.text, parse_key(key.text))
        assert checkpoint.origin == f"eender/{name}"


def test_a_folder_without_data_is_no_sound_record(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "services.console", "verify", "--data", str(tmp_path / "none")]
    refused = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 1
    assert "there is no data in" in refused.stderr
