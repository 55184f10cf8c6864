"""`eender verify CASE`: one case by itself, its chain and its places in the signed log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from infra.checkpointer import Checkpointer
from services.console.__main__ import main
from tests.support.case_desk import KEK
from tests.support.case_history import CaseHistory, case_history

OF_THE_CASE = "stream_id = (SELECT case_id FROM cases WHERE number = '100001')"


@pytest.fixture
async def history(database: str, keys_database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseHistory]:
    monkeypatch.setenv("EENDER_DATABASE_URL", database)
    async with case_history(database, keys_database) as opened:
        for kind in ("write", "note", "note"):
            await opened.step(kind, 0)
        await opened.sequence()
        await Checkpointer(opened.pool, "case", KEK).sign_now()
        yield opened


async def test_a_sound_case_is_signed_for_and_an_altered_one_is_named_for_people_and_for_machines(
    history: CaseHistory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, ["verify", "100001", "--json"]) == 0
    sound = json.loads(capsys.readouterr().out)
    assert (sound["verified"], sound["facts"]) == (True, sound["proven"])
    for change, said in (
        (f"DELETE FROM es.log WHERE version = 2 AND {OF_THE_CASE}", "version 2: it has no position in the log"),
        (
            f"UPDATE es.events SET clear = '{{}}' WHERE version = 1 AND {OF_THE_CASE}",
            "version 1: the fact does not give",
        ),
        (f"DELETE FROM es.streams WHERE {OF_THE_CASE}", "is missing"),
    ):
        assert (await history.pool.execute(change)).endswith(" 1")
        assert await asyncio.to_thread(main, ["verify", "100001", "--json"]) == 1
        told = capsys.readouterr()
        altered = json.loads(told.out)
        assert (altered["verified"], altered["case"]) == (False, "100001")
        assert said in altered["detail"]
        assert f"eender: case 100001 was altered: {altered['detail']}" in told.err
