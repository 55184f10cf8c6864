"""Cases that wait for whom they belong to, on real tables."""

from __future__ import annotations

from datetime import timedelta

from contracts.duty import Roster, Shift
from services.routing.commands.decide_again import decide_again
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.domain.agent import agent_id
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Rules
from services.routing.queries.floor import TableFloor
from tests.integration.router_on_postgres import IDS, NOW, Router, filed


async def test_a_case_waits_in_the_tables_for_its_owner_and_is_found_when_that_is_over(router: Router) -> None:
    router.floor = TableFloor(router.pool, Rules(policy=Policy(cases_per_hour=12), answer_min=180))
    later = Roster("Europe/Amsterdam", (Shift(tuple(range(7)), 14 * 60, 20 * 60),))
    await router.apply(filed("anna", roster=later), filed("bram"), filed("carla", roster=later))
    await router.online("bram")
    customer_id = IDS.new()
    command = NoteContact(IDS.new(), customer_id, "anna", answer=True)
    await note_contact(command, router.context(), record=router.record, floor=router.floor)
    cases = [await router.open_case(customer_id) for _ in range(2)]
    first = await router.record.load(Assignment, assignment_id(cases[0]))
    assert first is not None
    due = NOW + timedelta(hours=1, minutes=15)
    assert (first.agent_id, first.held) == (None, (agent_id("anna"), due))
    situation = await router.floor.situation(first.request(router.floor.rules), NOW)
    seat = situation.crew.seat(agent_id("anna"))
    assert seat is not None
    assert (seat.load.units, seat.load.cases) == (0, 1), "the other one waits too"
    assert await router.floor.undecided(None, 5, now=NOW, left_only=False) == []
    router.clock.at = due
    places = await router.floor.undecided(None, 5, now=due, left_only=False)
    assert {case_id for _, case_id in places} == set(cases)
    assert await decide_again(record=router.record, floor=router.floor, clock=router.clock, ids=IDS) == 2
    assert {await router.assignee(case_id) for case_id in cases} == {agent_id("bram")}


async def test_a_partner_is_kept_beside_the_owner(router: Router) -> None:
    router.floor = TableFloor(router.pool, Rules(answer_min=180))
    early, late = (Roster("Europe/Amsterdam", (Shift((2,), start * 60, (start + 6) * 60),)) for start in (8, 14))
    await router.apply(filed("anna", roster=early), filed("bram", roster=early), filed("carla", roster=late))
    customer_id = IDS.new()
    command = NoteContact(IDS.new(), customer_id, "anna", answer=True)
    await note_contact(command, router.context(), record=router.record, floor=router.floor)
    await router.online("carla")
    case_id = await router.open_case(customer_id, opened_at=NOW - timedelta(hours=1))
    assert await router.assignee(case_id) == agent_id("carla")
