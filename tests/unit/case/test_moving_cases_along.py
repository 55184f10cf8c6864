"""What people make of a case besides answering: it waits, goes on, is ranked and filed, is looked at."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import CaseStatus, Priority, Refusal, RefusalCode, WaitingFor
from services.case.commands.view_case import VIEWING_LASTS, ViewCase, view_case
from services.case.domain.case_facts import NoteAdded, Reopened, Resumed, ResumeReason, Waiting
from services.case.domain.handling import TAGS_COUNT_MAX
from services.case.domain.handling_facts import PrioritySet, TagsSet
from tests.unit.case.office import ANNA_ID, Office, in_hours
from tests.unit.case.world import AUDITOR, LEA


async def test_a_case_waits_for_whom_or_what_it_is_told_to_and_says_so_once() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    for _ in range(2):
        await office.wait(case, WaitingFor.COLLEAGUE, note=" Ask the warehouse ")
    now = await office.now(case)
    assert (now.status, now.waiting_for) == (CaseStatus.WAITING, WaitingFor.COLLEAGUE)
    assert office.count(Waiting) == 1
    assert [fact.text for fact in office.record.all_facts() if isinstance(fact, NoteAdded)] == ["Ask the warehouse"] * 2


async def test_a_wait_is_over_when_its_time_comes_and_not_before() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.wait(case, WaitingFor.DATE, until=in_hours(office, 2))
    await office.end_wait(case)
    assert (await office.now(case)).status is CaseStatus.WAITING
    office.later(hours=2)
    for _ in range(2):
        await office.end_wait(case)
    assert (await office.now(case)).status is CaseStatus.OPEN
    assert [fact.reason for fact in office.record.all_facts() if isinstance(fact, Resumed)] == [ResumeReason.TIME_CAME]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"waiting_for": WaitingFor.DATE}, "INVALID_INPUT", ("until",)),
        ({"until": timedelta()}, "INVALID_INPUT", ("until",)),
        ({"note": "x" * 2001}, "TEXT_TOO_LONG", ("note",)),
        ({"by": AUDITOR}, "FORBIDDEN", ()),
    ],
)
async def test_a_wait_that_breaks_a_rule_is_refused(given: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    office = await Office.furnished()
    case = await office.open_case()
    if "until" in given:
        given = {"until": office.at + given["until"]}
    with pytest.raises(Refusal) as refused:
        await office.wait(case, given.pop("waiting_for", WaitingFor.CUSTOMER), **given)
    assert (refused.value.code, refused.value.path) == (code, path)


async def test_a_resolved_case_is_opened_again_and_an_open_one_is_not() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    with pytest.raises(Refusal) as refused:
        await office.reopen(case)
    assert refused.value.code is RefusalCode.CASE_NOT_RESOLVED
    await office.resolve(case)
    how = office.by()
    office.record.lose_races(1)
    for _ in range(2):
        await office.reopen(case, how=how, reason=" Too soon ")
    assert (await office.now(case)).status is CaseStatus.OPEN
    assert [(fact.contact_id, fact.reason) for fact in office.record.all_facts() if isinstance(fact, Reopened)] == [
        (None, "Too soon")
    ]


async def test_a_case_is_as_soon_as_somebody_says_for_a_reason() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    for _ in range(2):
        await office.rank(case, Priority.URGENT, reason="medicine")
    assert (await office.now(case)).priority is Priority.URGENT
    assert office.count(PrioritySet) == 1
    with pytest.raises(Refusal) as refused:
        await office.rank(case, Priority.LOW, reason=" ")
    assert refused.value.path == ("reason",)


async def test_tags_are_a_sorted_set_that_people_add_to_and_take_from() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    how = office.by()
    office.record.lose_races(1)
    for _ in range(2):
        await office.tag(case, "supplier", " billing ", "billing", how=how)
    assert (await office.now(case)).tags == ("billing", "supplier")
    await office.tag(case, remove=("supplier", "unheard of"))
    await office.tag(case, "billing")
    assert (await office.now(case)).tags == ("billing",)
    assert office.count(TagsSet) == 2
    for wrong in ({"remove": ("x",), "add": ("x",)}, {"add": (" ",)}, {"add": tuple(map(str, range(TAGS_COUNT_MAX)))}):
        with pytest.raises(Refusal):
            await office.tag(case, *wrong.get("add", ()), remove=wrong.get("remove", ()))


async def test_whatever_moves_a_case_respects_its_version_its_end_and_the_role() -> None:
    office = await Office.furnished()
    case = await office.open_case()

    asks = (
        partial(office.wait, case, WaitingFor.CUSTOMER),
        partial(office.rank, case, Priority.HIGH),
        partial(office.tag, case, "x"),
        partial(office.reopen, case),
    )
    for ask in asks:
        with pytest.raises(Refusal) as stale:
            await ask(how=office.by(expected_version=1))
        assert stale.value.code is RefusalCode.VERSION_CONFLICT
        with pytest.raises(Refusal) as forbidden:
            await ask(by=AUDITOR)
        assert forbidden.value.code is RefusalCode.FORBIDDEN
    await office.resolve(case)
    for ask in asks[:2]:
        with pytest.raises(Refusal) as late:
            await ask()
        assert late.value.code is RefusalCode.CASE_RESOLVED


class Screens:
    """Viewings that remember what they were told."""

    def __init__(self, status: CaseStatus | None) -> None:
        self.status = status
        self.seen: list[tuple[Any, ...]] = []

    async def look(self, case_id: UUID, agent_id: UUID, *, typing: bool, until: Any) -> CaseStatus | None:
        self.seen.append((case_id, agent_id, typing, until))
        return self.status


async def test_an_agent_looks_at_a_case_for_a_minute() -> None:
    office, screens = await Office.furnished(), Screens(CaseStatus.OPEN)
    case_id = office.new_id()
    await view_case(ViewCase(case_id, typing=True), office.by(), record=office.record, viewings=screens)
    assert screens.seen == [(case_id, ANNA_ID, True, office.at + VIEWING_LASTS)]


@pytest.mark.parametrize(
    ("status", "by", "code"),
    [
        (None, None, RefusalCode.NOT_FOUND),
        (CaseStatus.RESOLVED, None, RefusalCode.CASE_RESOLVED),
        (CaseStatus.OPEN, LEA, RefusalCode.NOT_FOUND),
        (CaseStatus.OPEN, AUDITOR, RefusalCode.FORBIDDEN),
    ],
)
async def test_nobody_looks_at_what_is_not_there_or_over(status: Any, by: Any, code: RefusalCode) -> None:
    office, screens = await Office.furnished(), Screens(status)
    how = office.by() if by is None else office.by(by)
    with pytest.raises(Refusal) as refused:
        await view_case(ViewCase(office.new_id(), typing=False), how, record=office.record, viewings=screens)
    assert refused.value.code is code
