"""What was resolved and is not: whoever had not been answered still waits."""

from __future__ import annotations

from datetime import timedelta

from contracts.vocabulary import CaseStatus, DeliveryStatus
from tests.unit.case.clocked import ClockedOffice, minutes
from tests.unit.case.world import START


async def test_who_was_not_answered_still_waits_when_a_person_reopens_and_the_rest_does_not_count() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=20)
    await office.resolve(case)
    office.later(minutes=300)
    await office.reopen(case)
    assert await office.states(case) == {"ACKNOWLEDGE": "RUNNING", "FIRST_ANSWER": "RUNNING", "RESOLVE": "RUNNING"}
    assert await office.due(case) == minutes(office, 10)
    office.later(minutes=5)
    await office.reply(case)
    assert await office.states(case) == {"ACKNOWLEDGE": "MET", "FIRST_ANSWER": "MET", "RESOLVE": "PAUSED"}


async def test_an_answer_that_settled_a_case_and_failed_was_none() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=20)
    settled = await office.settle(case)
    office.later(minutes=5)
    await office.delivery(case, settled.contact_id, DeliveryStatus.FAILED)
    assert (await office.now(case)).status is CaseStatus.OPEN
    assert await office.states(case) == {"ACKNOWLEDGE": "RUNNING", "FIRST_ANSWER": "RUNNING", "RESOLVE": "RUNNING"}
    assert await office.due(case) == START + timedelta(minutes=30)
