"""`eender simulate` on what a routing service recorded: the same time again, under other numbers."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.duty import Roster, Shift
from contracts.vocabulary import CaseStatus as Status
from contracts.vocabulary import Channel, WaitingFor
from infra.sequencer import Sequencer
from services.console.__main__ import main
from services.routing.commands.note_contact import NoteContact, note_contact
from tests.integration.router_on_postgres import IDS, NOW, Router, filed

SPAN = ("--from", (NOW - timedelta(hours=1)).isoformat(), "--to", (NOW + timedelta(hours=6)).isoformat())
DAY = Roster("Europe/Amsterdam", (Shift((0, 1, 2, 3, 4), 9 * 60, 17 * 60),))


async def lived(router: Router) -> None:
    """Ten customers write to anna, who is there from noon on with room for two; each is answered in ten minutes."""
    await router.apply(filed("anna", capacity_units=2, roster=DAY), filed("bram", capacity_units=2, roster=DAY))
    await router.online("anna")
    customers = [IDS.new() for _ in range(5)]
    for customer_id in customers:
        await answered(router, await router.open_case(customer_id, channel=Channel.X), customer_id)
    await router.online("bram")
    for customer_id in customers:
        await answered(router, await router.open_case(customer_id), customer_id)
    await router.away("bram")


async def answered(router: Router, case_id: UUID, customer_id: UUID) -> None:
    router.clock.at += timedelta(minutes=10)
    command = NoteContact(case_id, customer_id, "anna", answer=True)
    await note_contact(command, router.context(), record=router.record, floor=router.floor)
    await router.move(case_id, Status.WAITING, WaitingFor.CUSTOMER)


async def simulated(
    router: Router, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *asked: str
) -> dict[str, Any]:
    await Sequencer(router.pool, asyncio.Event(), lambda _position: None).catch_up()
    monkeypatch.setenv("EENDER_DATABASE_URL", database)
    assert await asyncio.to_thread(main, ["simulate", *SPAN, "--json", *asked]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


async def test_a_recorded_time_is_played_again_beside_what_became_of_it(
    router: Router, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await lived(router)
    facts = await router.pool.fetchval("SELECT count(*) FROM es.events")
    found = await simulated(router, database, monkeypatch, capsys, "--cases-per-hour", "12")
    assert list(found["policies"])[:2] == ["recorded", "eta"]
    assert {"pool", "timer_60", "owner_only"} <= found["policies"].keys()
    assert (found["contacts"], found["setting"]["capacity"]) == (10, None)
    was, ours = found["policies"]["recorded"], found["policies"]["eta"]
    assert (was["continuity"], was["late_count"]) == (1.0, 0), "anna answered all who came back"
    assert (ours["continuity"], ours["ratio_to_optimum"], ours["late_count"]) == (1.0, 1.0, 0)
    assert (was["wait_p50_min"], was["public_per_private"]) == (5, 1), "begun five minutes before each answer"
    assert 0 < found["load"] < 1
    assert await router.pool.fetchval("SELECT count(*) FROM es.events") == facts, "only read"


async def test_what_if_stands_beside_the_numbers_it_was_configured_with(
    router: Router, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await lived(router)
    asked = ("--capacity", "1", "--hold-margin", "30m", "--target", "20m", "--cases-per-hour", "3")
    found = await simulated(router, database, monkeypatch, capsys, *asked)
    assert list(found["policies"])[:3] == ["recorded", "eta", "eta_as_configured"]
    setting = found["setting"]
    assert (setting["capacity"], setting["hold_margin_min"], setting["target_min"]) == (1, 30, 20)
    assert setting["contacts_per_hour"] == 3
    late = {name: each["late_count"] for name, each in found["policies"].items()}
    assert late["eta_as_configured"] == 0 < late["eta"], "three an hour are too few for twenty minutes"


async def test_a_time_in_which_nothing_came_says_so(
    router: Router, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await lived(router)
    monkeypatch.setenv("EENDER_DATABASE_URL", database)
    asked = ["simulate", "--from", "2026-10-01", "--to", "2026-10-02"]
    assert await asyncio.to_thread(main, asked) == 1
    assert "nothing came in" in capsys.readouterr().err
