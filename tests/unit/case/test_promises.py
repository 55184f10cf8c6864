"""Promises: made, kept, taken back, and broken by nothing but time."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain import commitment_facts as facts
from services.case.domain.commitment import CommitmentStatus
from services.case.domain.commitments import COMMITMENTS_OF_CASE_MAX
from tests.unit.case.office import ANNA_ID, BOB_ID, GONE_ID, Office
from tests.unit.case.world import AUDITOR, LEA


async def test_a_promise_is_whose_who_made_it_or_who_has_the_case() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.routed(case, BOB_ID)
    made = [
        await office.promise(case),
        await office.promise(case, by=LEA),
        await office.promise(case, by=LEA, owner_id=ANNA_ID),
    ]
    promised = (await office.now(case)).commitments
    assert [promised[each].owner_id for each in made] == [ANNA_ID, BOB_ID, ANNA_ID]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"hours": 0}, "INVALID_INPUT", ("dueAt",)),
        ({"hours": 24 * 800}, "INVALID_INPUT", ("dueAt",)),
        ({"text": " "}, "INVALID_INPUT", ("text",)),
        ({"owner_id": GONE_ID}, "NOT_FOUND", ("ownerId",)),
        ({"by": LEA}, "INVALID_INPUT", ("ownerId",)),
        ({"by": AUDITOR}, "FORBIDDEN", ()),
    ],
)
async def test_a_promise_that_breaks_a_rule_is_refused(given: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    office = await Office.furnished()
    case = await office.open_case()
    with pytest.raises(Refusal) as refused:
        await office.promise(case, **given)
    assert (refused.value.code, refused.value.path) == (code, path)


async def test_nothing_is_promised_in_a_resolved_case_at_another_version_or_without_end() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    with pytest.raises(Refusal) as stale:
        await office.promise(case, how=office.by(expected_version=1))
    assert stale.value.code is RefusalCode.VERSION_CONFLICT
    for _ in range(COMMITMENTS_OF_CASE_MAX):
        await office.promise(case)
    with pytest.raises(Refusal):
        await office.promise(case)
    await office.resolve(case)
    with pytest.raises(Refusal) as refused:
        await office.promise(case)
    assert refused.value.code is RefusalCode.CASE_RESOLVED


async def test_a_promise_is_made_and_kept_once_per_key_whoever_writes_first() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    how = office.by()
    office.record.lose_races(2)
    for _ in range(2):
        commitment_id = await office.promise(case, how=how)
    made = next(iter((await office.now(case)).commitments))
    keeping = office.by()
    office.record.lose_races(1)
    for _ in range(2):
        await office.keep(made, how=keeping)
    assert commitment_id != made, "the repetition made none"
    assert (office.count(facts.CommitmentMade), office.count(facts.CommitmentKept)) == (1, 1)
    with pytest.raises(Refusal) as refused:
        await office.keep(made)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("commitmentId",))


async def test_time_breaks_what_is_open_and_nothing_before_its_moment() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    early, late = await office.promise(case, hours=1), await office.promise(case, hours=3)
    office.later(hours=1)
    for commitment_id in (early, late, early):
        await office.come_due(commitment_id)
    promised = (await office.now(case)).commitments
    assert (promised[early].status, promised[late].status) == (CommitmentStatus.BROKEN, CommitmentStatus.OPEN)
    assert office.count(facts.CommitmentBroken) == 1


async def test_what_is_due_cannot_be_kept_any_more_even_before_anybody_said_that_it_is_broken() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    commitment_id = await office.promise(case, hours=1)
    office.later(hours=1)
    for late in (office.keep(commitment_id), office.withdraw(commitment_id)):
        with pytest.raises(Refusal):
            await late
    await office.come_due(commitment_id)
    assert (await office.now(case)).commitments[commitment_id].status is CommitmentStatus.BROKEN


async def test_a_promise_is_taken_back_for_a_reason_and_is_then_not_broken() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    commitment_id = await office.promise(case)
    with pytest.raises(Refusal) as refused:
        await office.withdraw(commitment_id, reason=" ")
    assert refused.value.path == ("reason",)
    await office.withdraw(commitment_id, reason="the parcel came")
    office.later(days=1)
    await office.come_due(commitment_id)
    (fact,) = [fact for fact in office.record.all_facts() if isinstance(fact, facts.CommitmentWithdrawn)]
    assert fact.reason == "the parcel came"
    assert office.count(facts.CommitmentBroken) == 0


async def test_a_promise_nobody_made_is_not_found() -> None:
    office = await Office.furnished()
    await office.open_case()
    for ask in (office.keep, office.withdraw, office.come_due):
        with pytest.raises(Refusal) as refused:
            await ask(office.new_id())
        assert (refused.value.code, refused.value.path) == (RefusalCode.NOT_FOUND, ("commitmentId",))
    for ask in (office.keep, office.withdraw):
        with pytest.raises(Refusal) as forbidden:
            await ask(office.new_id(), by=AUDITOR)
        assert forbidden.value.code is RefusalCode.FORBIDDEN
