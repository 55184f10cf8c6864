"""Clocks are kept with the version of their case: who writes to it at that version need not load them."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.case.commands.keeping_clocks import ClockedRecord
from services.case.domain.case_clocks import CaseClocks
from tests.unit.case.clocked import ClockedOffice


async def test_clocks_at_hand_are_not_loaded_and_those_that_another_process_moved_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = await ClockedOffice.agreed()
    loaded: list[type[object]] = []
    load = office.kept.load

    async def counted(kind: type[CaseClocks], stream_id: UUID) -> CaseClocks | None:
        loaded.append(kind)
        return await load(kind, stream_id)

    monkeypatch.setattr(office.kept, "load", counted)
    case = await office.open_case()
    office.later(minutes=20)
    await office.attach(office.whatsapp("and then?"))
    assert CaseClocks not in loaded
    mine, office.record = office.record, ClockedRecord(office.kept, office.directory, office.policy.levels)
    await office.reply(case)
    assert loaded.count(CaseClocks) == 1, "a process that has none at hand"
    office.record = mine
    await office.attach(office.whatsapp("and now?"))
    assert loaded.count(CaseClocks) == 2, "of an earlier version of the case"
    assert (await office.states(case))["NEXT_ANSWER"] == "RUNNING"
