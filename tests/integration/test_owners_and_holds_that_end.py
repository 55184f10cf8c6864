"""What ends by itself, on real tables: an owner who left us, money that was set aside and never given."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from infra.sequencer import Sequencer
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.commands.keep_hours import keep_hours
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.domain.agent import agent_id
from services.routing.workers.rebuilding import routing_rebuild
from tests.integration.router_on_postgres import CALENDAR, IDS, Router, filed


async def test_what_nobody_gives_in_time_is_free_again_by_the_tables(router: Router) -> None:
    await router.apply(filed("anna"))
    for _ in range(2):
        await router.ask(2_000)
    money = await router.ask(500)
    assert money.hold_id is not None
    settled = CaptureMoney(money.gesture_id, money.hold_id)
    await capture_money(settled, router.context(), record=router.record)
    for days, left in ((13, 2), (1, 0), (1, 0)):
        router.clock.at += timedelta(days=days)
        await keep_hours(
            record=router.record,
            attendance=router.floor,
            purse=router.purse,
            clock=router.clock,
            ids=IDS,
            calendar=CALENDAR,
        )
        assert await router.pool.fetchval("SELECT count(*) FROM open_holds") == left
        held = await router.pool.fetchval("SELECT sum(reserved_minor) FROM budget_balances")
        assert held == left * 2_000
    assert await router.pool.fetchval("SELECT sum(spent_minor) FROM budget_balances") == 500
    await Sequencer(router.pool, asyncio.Event(), lambda _position: None).catch_up()
    done = await routing_rebuild(router.pool).run(["open_holds", "budget_balances"], swap=False)
    assert done.differences == ()


async def test_who_left_us_leaves_a_customer_to_whoever_answers_next_by_the_tables(router: Router) -> None:
    await router.apply(filed("anna"), filed("bram"))
    customer_id = IDS.new()
    owners = []
    for ref, staff in (("anna", ("anna", "bram")), ("bram", ("anna", "bram")), ("bram", ("bram",))):
        await router.apply(*(filed(each) for each in staff), digest=" ".join(staff))
        command = NoteContact(IDS.new(), customer_id, ref, answer=True)
        await note_contact(command, router.context(), record=router.record, floor=router.floor)
        owned = (await router.floor.kin(customer_id)).owned
        owners.append(None if owned is None else owned.owner_id)
    assert owners == [agent_id("anna"), agent_id("anna"), agent_id("bram")]
