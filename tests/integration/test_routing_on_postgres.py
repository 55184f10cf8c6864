"""Routing's commands on real tables: what they decide by, the second line of defence, and two routers at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.duty import Roster, Shift
from contracts.stored import FactMeta, Row, RowRefused, Work
from contracts.vocabulary import (
    BudgetOwnerKind,
    BudgetPeriod,
    CaseStatus,
    Refusal,
    WaitingFor,
    id_of,
)
from infra.event_store import PostgresRecord
from infra.postgres import open_pool
from infra.sql import statements
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.decide_again import decide_again
from services.routing.commands.join_customers import JoinCustomers, join_customers
from services.routing.commands.keep_hours import keep_hours
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.commands.part_customers import PartCustomers, part_customers
from services.routing.domain.agent import agent_id
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.domain.budget import Budget
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.grant import Grant, Owner
from services.routing.domain.period import Period
from services.routing.domain.targets import Offering, Rules
from services.routing.projections import purse as purse_rows
from services.routing.queries.floor import TableFloor
from tests.integration.router_on_postgres import CALENDAR, IDS, NOW, ZONE, Router, filed


@pytest.fixture
async def rival(database: str, router: Router) -> AsyncIterator[Router]:
    """Another process of the same service."""
    pool = await open_pool(database, application_name="routing", size_max=8)
    yield Router(pool)
    await pool.close()


async def test_a_case_goes_to_the_owner_by_the_tables(router: Router) -> None:
    await router.apply(filed("anna", languages=("nl",), skills=("billing",)), filed("bram"))
    await router.online("anna", "bram")
    customer_id = IDS.new()
    command = NoteContact(IDS.new(), customer_id, "bram", answer=True)
    await note_contact(command, router.context(), record=router.record, floor=router.floor)
    case_id = await router.open_case(customer_id)
    assert await router.assignee(case_id) == agent_id("bram")
    other = await router.open_case(customer_id, skills=("billing",), language="nl")
    assert await router.assignee(other) == agent_id("anna")


async def test_loads_follow_the_cases_and_the_idle_one_is_next(router: Router) -> None:
    await router.apply(filed("anna", capacity_units=2), filed("bram", capacity_units=2))
    await router.online("anna", "bram")
    cases = [await router.open_case() for _ in range(5)]
    assignees = [await router.assignee(case_id) for case_id in cases]
    assert assignees.count(agent_id("anna")) == assignees.count(agent_id("bram")) == 2
    assert assignees[-1] is None
    await router.move(cases[0], CaseStatus.WAITING, WaitingFor.CUSTOMER)
    decided = await decide_again(record=router.record, floor=router.floor, clock=router.clock, ids=IDS)
    assert decided == 1
    assert await router.assignee(cases[-1]) == assignees[0]
    assert not await router.floor.has_room()


async def test_waiting_cases_come_oldest_first_page_by_page(router: Router) -> None:
    await router.apply(filed("anna", capacity_units=150))
    cases = [await router.open_case(opened_at=NOW - timedelta(minutes=minutes)) for minutes in range(120)]
    places = await router.floor.undecided(None, 2, now=NOW, left_only=False)
    assert [case_id for _, case_id in places] == [cases[119], cases[118]]
    places = await router.floor.undecided(places[-1], 1, now=NOW, left_only=False)
    assert [case_id for _, case_id in places] == [cases[117]]
    assert await router.floor.undecided(None, 2, now=NOW, left_only=True) == []
    await router.online("anna")
    assert await decide_again(record=router.record, floor=router.floor, clock=router.clock, ids=IDS) == 120


async def test_the_cases_of_one_who_left_are_found(router: Router) -> None:
    await router.apply(filed("anna"))
    await router.online("anna")
    case_id = await router.open_case()
    await router.apply(digest="second")
    assert [each for _, each in await router.floor.undecided(None, 5, now=NOW, left_only=True)] == [case_id]
    await decide_again(record=router.record, floor=router.floor, clock=router.clock, ids=IDS)
    assert await router.assignee(case_id) is None


async def test_two_routers_at_once_never_give_more_than_the_capacity(router: Router, rival: Router) -> None:
    await router.apply(filed("anna", capacity_units=7), filed("bram", capacity_units=5))
    await router.online("anna", "bram")
    cases = await asyncio.gather(*(each.open_case() for _ in range(12) for each in (router, rival)))
    assignees = [await router.assignee(case_id) for case_id in cases]
    assert assignees.count(agent_id("anna")) == 7
    assert assignees.count(agent_id("bram")) == 5
    assert assignees.count(None) == 12
    turns = await router.pool.fetch("SELECT agent_id, turn FROM turns ORDER BY agent_id, turn")
    assert sorted(turn for _, turn in turns) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7]


async def test_two_routers_that_go_through_the_waiting_cases_decide_each_once(router: Router, rival: Router) -> None:
    await router.apply(filed("anna", capacity_units=30))
    cases = [await router.open_case() for _ in range(20)]
    await router.online("anna")
    passes = [decide_again(record=each.record, floor=each.floor, clock=each.clock, ids=IDS) for each in (router, rival)]
    assert sum(await asyncio.gather(*passes)) == 20
    assert {await router.assignee(case_id) for case_id in cases} == {agent_id("anna")}


async def test_two_routers_at_once_never_overspend(router: Router, rival: Router) -> None:
    await router.apply(filed("anna"))
    gestures = await asyncio.gather(*(each.ask(4_000) for _ in range(6) for each in (router, rival)))
    held = [one for one in gestures if one.state is MoneyState.HELD]
    assert len(held) == 6
    assert {one.state for one in gestures} == {MoneyState.HELD, MoneyState.AWAITING_APPROVAL}
    assert await router.balance("anna") == (25_000, 24_000, 0)
    for each, money in zip((router, rival) * 3, held, strict=True):
        assert money.hold_id is not None
        await capture_money(CaptureMoney(money.gesture_id, money.hold_id), each.context(), record=each.record)
    assert await router.balance("anna") == (25_000, 0, 24_000)


async def test_the_balance_refuses_what_a_faulty_account_would_hold(router: Router) -> None:
    """The table counts by itself: were the account to place a hold that does not fit, nothing would be stored."""
    account_id = id_of("budget", "faulty")
    period = Period(NOW - timedelta(days=1), NOW + timedelta(days=1))

    async def overdrawn() -> Work:
        account = Budget.open(
            account_id=account_id, owner=Owner(BudgetOwnerKind.AGENT, "zoe"),
            grant=Grant("EUR", 10**6, BudgetPeriod.DAY, 10**6), period=period, at=NOW,
        )  # fmt: skip
        account.place_hold(hold_id=IDS.new(), gesture_id=IDS.new(), amount_minor=500, at=NOW)
        return Work(streams=(account,))

    def short_grants(fact: Any, meta: FactMeta) -> Any:
        for row in purse_rows.rows(fact, meta):
            yield Row(row.statement, (*row.args[:7], 499, 499), 1) if row.statement == "open_balance" else row

    sql = statements("services.routing.projections")
    faulty = PostgresRecord(router.pool, None, (short_grants,), sql, lambda: None)
    with pytest.raises(RowRefused) as refused:
        await faulty.transact(router.context(), overdrawn)
    assert refused.value.statement == "place_hold"
    assert await router.record.load(Budget, account_id) is None


async def test_a_cut_below_what_is_held_is_kept_and_nothing_more_is_held(router: Router) -> None:
    await router.apply(filed("anna"))
    assert (await router.ask(5_000)).state is MoneyState.HELD
    await router.apply(filed("anna", grants=(Grant("EUR", 1_000, BudgetPeriod.WEEK, 1_000),)), digest="second")
    assert await router.balance("anna") == (1_000, 5_000, 0)
    assert (await router.ask(100)).state is MoneyState.AWAITING_APPROVAL


async def test_the_log_has_the_account_before_the_answer(router: Router) -> None:
    await router.apply(filed("anna"))
    await router.ask(100)
    topics = [row["topic"] for row in await router.pool.fetch("SELECT topic FROM es.events ORDER BY tx, pos")]
    counted = ["routing.case-money-begun.v1", "routing.case-money-counted.v1"]
    assert topics[-5:] == ["routing.hold-placed.v1", *counted, "routing.money-asked.v1", "routing.money-held.v1"]


async def test_hours_are_kept_by_the_tables(router: Router) -> None:
    await router.apply(filed("anna"))
    await router.online("anna", until=NOW + timedelta(hours=1))

    async def keep() -> datetime | None:
        return await keep_hours(
            record=router.record,
            attendance=router.floor,
            purse=router.purse,
            clock=router.clock,
            ids=IDS,
            calendar=CALENDAR,
        )

    assert await keep() == NOW + timedelta(hours=1)
    router.clock.at = NOW + timedelta(days=7)
    await keep()
    row = await router.pool.fetchrow("SELECT presence, present_until FROM agents WHERE ref = 'anna'")
    assert row is not None
    assert tuple(row) == ("OFFLINE", None)
    states = await router.pool.fetch("SELECT owner_ref, open FROM budget_balances ORDER BY owner_ref, period_start")
    assert [tuple(state) for state in states] == [("anna", False), ("anna", True), ("care", False), ("care", True)]


async def test_every_stored_fact_can_be_read_again(router: Router) -> None:
    await router.apply(filed("anna", email="anna@shop.example"), filed("bram"))
    await router.online("anna")
    case_id = await router.open_case(language="nl", skills=())
    await router.move(case_id, CaseStatus.WAITING, WaitingFor.CUSTOMER)
    loaded = await router.record.load(Assignment, assignment_id(case_id))
    assert loaded is not None
    assert (loaded.status, loaded.waiting_for, loaded.agent_id) == (
        CaseStatus.WAITING, WaitingFor.CUSTOMER, agent_id("anna"),
    )  # fmt: skip


async def test_two_routers_that_ask_never_ask_two_and_count_what_they_asked(router: Router, rival: Router) -> None:
    offering = Offering(offer_s=60, silent_offers_max=2, declined_min=30)
    for each in (router, rival):
        each.floor = TableFloor(each.pool, Rules(offering=offering))
    await router.apply(filed("anna", capacity_units=5), filed("bram", capacity_units=3))
    await router.online("anna", "bram")
    cases = await asyncio.gather(*(each.open_case() for _ in range(6) for each in (router, rival)))
    offers = [await router.offer(case_id) for case_id in cases]
    asked = [offer.agent_id for offer in offers if offer is not None]
    assert (asked.count(agent_id("anna")), asked.count(agent_id("bram"))) == (5, 3)
    assert not await router.floor.has_room()
    end = await router.floor.next_offer_end()
    assert end == NOW + timedelta(seconds=60)
    yes = [
        each.answer(case_id, offer)
        for case_id, offer in zip(cases, offers, strict=True)
        if offer is not None
        for each in (router, rival)
    ]
    said = await asyncio.gather(*yes, return_exceptions=True)
    assert len([each for each in said if isinstance(each, Refusal)]) == 8, "each yes was said twice"
    assert [await router.assignee(case_id) for case_id in cases if await router.assignee(case_id)] == asked
    for each in (router, rival):
        each.clock.at = NOW + timedelta(minutes=2)
    await router.move(cases[0], CaseStatus.RESOLVED)
    passes = [decide_again(record=each.record, floor=each.floor, clock=each.clock, ids=IDS) for each in (router, rival)]
    assert sum(await asyncio.gather(*passes)) == 1


async def test_who_went_away_is_found_with_what_cannot_wait_and_with_what_was_handed_over(router: Router) -> None:
    roster = Roster(str(ZONE), (Shift((2,), 9 * 60, 14 * 60),))
    router.floor = TableFloor(router.pool, Rules(answer_min=180))
    await router.apply(filed("anna", roster=roster), filed("bram", roster=roster, capacity_units=0))
    await router.online("anna", "bram")
    case_id = await router.open_case()
    await router.away("anna")
    looked = await router.floor.undecided(None, 5, now=NOW + timedelta(minutes=14), left_only=False)
    assert looked == []
    later = NOW + timedelta(minutes=15)
    assert [each for _, each in await router.floor.undecided(None, 5, now=later, left_only=False)] == [case_id]
    assert await router.floor.undecided(None, 5, now=later, left_only=True) == []
    await router.away("anna", hand_over=True)
    assert [each for _, each in await router.floor.undecided(None, 5, now=NOW, left_only=True)] == [case_id]
    assert await decide_again(record=router.record, floor=router.floor, clock=router.clock, ids=IDS) == 1
    assert await router.assignee(case_id) is None


async def test_merged_customers_are_read_off_the_tables_as_off_the_facts(router: Router) -> None:
    await router.apply(filed("anna"), filed("bram"))
    await router.online("anna", "bram")
    old, new, merge_id = IDS.new(), IDS.new(), IDS.new()
    for customer_id, ref in ((old, "anna"), (new, "bram")):
        command = NoteContact(IDS.new(), customer_id, ref, answer=True)
        await note_contact(command, router.context(), record=router.record, floor=router.floor)
        router.clock.at += timedelta(days=2)
    both = (merge_id, new, old)
    await join_customers(JoinCustomers(*both), router.context(), record=router.record, floor=router.floor)
    kin = await router.floor.kin(new)
    assert (kin.root_id, kin.members) == (old, (old, new))
    assert kin.owned is not None
    assert kin.owned.owner_id == agent_id("bram")
    assert await router.assignee(await router.open_case(old)) == agent_id("bram")
    await part_customers(PartCustomers(*both), router.context(), record=router.record, floor=router.floor)
    owners = [(await router.floor.kin(each)).owned for each in (old, new)]
    assert [each.owner_id for each in owners if each is not None] == [agent_id("anna"), agent_id("bram")]
