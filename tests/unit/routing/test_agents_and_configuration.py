from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts import case as asked
from contracts import routing as told
from contracts import subjects
from contracts.configuration import Configuration, ConfigurationError, parse_configuration
from contracts.envelope import Message
from contracts.vocabulary import BudgetPeriod, Presence, Refusal, RefusalCode
from services.routing.commands.apply_configuration import apply_configuration
from services.routing.commands.upsert_agent import UpsertAgent, upsert_agent
from services.routing.domain.agent import AgentChange
from services.routing.domain.configuration_state import Filed
from services.routing.domain.grant import Grant
from services.routing.reactions.set_presence_on_presence_requested import set_presence_on_presence_requested
from services.routing.reactions.upsert_agent_on_agent_upsert_requested import upsert_agent_on_agent_upsert_requested
from services.routing.settings import filed_of
from tests.unit.routing.memory_floor import CALENDAR, NOW, ZONE
from tests.unit.routing.the_shop import EUROS, Shop, a_shop, filed, filed_agent, named

FILE = """
[[teams]]
ref = "care"
name = "Customer care"
budgets = [{ amount = "1000.00", currency = "EUR", period = "week", item_limit = "500.00" }]
[[agents]]
ref = "anna"
name = "Anna de Vries"
email = "anna@shop.example"
team = "care"
languages = ["nl", "en"]
skills = ["billing"]
budgets = [{ amount = "250.00", currency = "EUR", period = "week" }]
"""


def configuration(text: str) -> Configuration:
    return parse_configuration(text, {}, lambda _: "")


def message(contract: msgspec.Struct) -> Message:
    return Message(origin="case", position=1, recorded_at=NOW, data=msgspec.Raw(msgspec.json.encode(contract)))


async def upsert(shop: Shop, ref: str, by: str = "lena", key: str | None = None, **fields: object) -> None:
    command = UpsertAgent(
        request_id=named(f"request {ref}"),
        ref=ref,
        requested_by=by,
        change=AgentChange(**fields),  # type: ignore[arg-type]  # fields by name
    )
    await upsert_agent(command, shop.context(key), record=shop.record, calendar=CALENDAR)


async def test_the_file_becomes_agents_teams_and_open_budgets() -> None:
    shop = Shop()
    await shop.apply(filed_of(configuration(FILE)))
    card = (await shop.agent("anna")).card
    assert (card.display_name, card.team_ref, card.presence, card.languages) == (
        "Anna de Vries", "care", Presence.OFFLINE, ("nl", "en"),
    )  # fmt: skip
    standing = (await shop.account("anna")).standing
    assert (standing.granted_minor, standing.item_limit_minor) == (25_000, 25_000)
    assert (await shop.account("care")).standing.item_limit_minor == 50_000
    assert standing.period_start.astimezone(ZONE).isoformat() == "2026-11-16T00:00:00+01:00"
    digests = [m.digest for subject, m in shop.told() if subject == subjects.ROUTING_CONFIGURED]
    assert digests == [filed_of(configuration(FILE)).digest]


async def test_the_same_file_again_changes_nothing() -> None:
    shop = await a_shop()
    facts = len(shop.record.all_facts())
    assert await shop.apply(filed(filed_agent("anna"), filed_agent("bram"))) == 0
    assert len(shop.record.all_facts()) == facts


async def test_what_was_changed_through_the_api_survives_until_the_file_changes_that() -> None:
    shop = await a_shop()
    await upsert(shop, "anna", capacity_units=5, languages=("nl",))
    await shop.apply(filed(filed_agent("anna", languages=("fr",)), filed_agent("bram"), digest="second"))
    card = (await shop.agent("anna")).card
    assert (card.capacity_units, card.languages) == (5, ("fr",))
    await shop.apply(
        filed(filed_agent("anna", languages=("fr",), capacity_units=9), filed_agent("bram"), digest="third")
    )
    assert (await shop.agent("anna")).card.capacity_units == 9


async def test_an_application_that_crashed_half_way_is_finished_by_the_next_start() -> None:
    shop = await a_shop()
    target = filed(filed_agent("anna", capacity_units=7), filed_agent("bram", capacity_units=-1), digest="second")
    with pytest.raises(Refusal):
        await shop.apply(target)
    await upsert(shop, "anna", capacity_units=5)
    fixed = filed(filed_agent("anna", capacity_units=7), filed_agent("bram", capacity_units=8), digest="second")
    await shop.apply(fixed)
    assert (await shop.agent("bram")).card.capacity_units == 8
    assert (await shop.agent("anna")).card.capacity_units == 5, "it had been applied before the API changed it"


async def test_an_agent_who_left_the_file_is_inactive_and_comes_back_with_it() -> None:
    shop = await a_shop()
    await shop.presence("anna")
    await shop.ask("voucher", 2_000)
    await shop.apply(filed(filed_agent("bram"), digest="second"))
    card = (await shop.agent("anna")).card
    assert (card.active, card.presence, card.grants) == (False, Presence.OFFLINE, ())
    assert not (await shop.account("anna")).standing.open
    await shop.ask("more", 100)
    assert shop.told()[-1][1].code is RefusalCode.CURRENCY_MISMATCH
    with pytest.raises(Refusal) as refused:
        await shop.presence("anna")
    assert refused.value.code is RefusalCode.NOT_FOUND
    await shop.apply(filed(filed_agent("anna"), filed_agent("bram"), digest="third"))
    standing = (await shop.account("anna")).standing
    assert (standing.open, standing.reserved_minor, standing.granted_minor) == (True, 2_000, 25_000)
    assert (await shop.agent("anna")).card.active


async def test_without_a_file_everything_stays_and_only_the_digest_is_told() -> None:
    shop = await a_shop()
    await apply_configuration(
        Filed(digest="none"), record=shop.record, clock=shop.clock, calendar=CALENDAR, absent=True
    )
    assert (await shop.agent("anna")).card.active
    digests = [m.digest for subject, m in shop.told() if subject == subjects.ROUTING_CONFIGURED]
    assert digests == ["first", "none"]
    assert await shop.apply(filed(filed_agent("anna"), filed_agent("bram"))) == 0


def test_leave_of_somebody_without_shifts_is_named_as_the_fault() -> None:
    with pytest.raises(ConfigurationError, match=r"agents\[0\].leave"):
        configuration(FILE + "leave = [{ first = 2026-12-24, last = 2026-12-24 }]")


async def test_two_budgets_in_one_currency_are_named_as_the_fault() -> None:
    twice = FILE + '[[teams]]\nref = "b"\nname = "B"\nbudgets = [{amount = "1", currency = "EUR", period = "week"},'
    with pytest.raises(ConfigurationError, match=r"teams\[1\].budgets"):
        filed_of(configuration(twice + '{amount = "1", currency = "EUR", period = "day"}]\n'))


async def test_a_lead_sets_up_an_agent_whose_budget_is_there_at_once() -> None:
    shop = await a_shop()
    await upsert(shop, "dirk", display_name="Dirk Bos", grants=(EUROS,), key="once")
    await upsert(shop, "dirk", display_name="Dirk Bos", grants=(EUROS,), key="once")
    assert (await shop.account("dirk")).standing.granted_minor == 25_000
    changed = [m for s, m in shop.told((await shop.agent("dirk")).id) if s == subjects.AGENT_CHANGED]
    assert [each.request_id for each in changed] == [named("request dirk")]
    assert changed[0].team_ref is None


async def test_grants_and_item_limits_change_in_the_running_period() -> None:
    shop = await a_shop()
    await shop.ask("voucher", 5_000)
    await upsert(shop, "anna", grants=(Grant("EUR", 3_000, BudgetPeriod.WEEK, 1_000),))
    standing = (await shop.account("anna")).standing
    assert (standing.granted_minor, standing.item_limit_minor, standing.available_minor) == (3_000, 1_000, -2_000)
    await shop.ask("another", 500)
    assert shop.told((await shop.money("another")).id)[-1][0] == subjects.APPROVAL_REQUIRED


async def test_another_period_is_another_account_and_the_old_one_closes() -> None:
    shop = await a_shop()
    await upsert(shop, "anna", grants=(Grant("EUR", 3_000, BudgetPeriod.MONTH, 1_000),))
    assert {one.standing.period: one.standing.open for one in shop.accounts("anna")} == {
        BudgetPeriod.WEEK: False,
        BudgetPeriod.MONTH: True,
    }


async def test_an_upsert_leaves_what_it_does_not_name() -> None:
    shop = await a_shop()
    await upsert(shop, "anna", display_name="Anna", skills=("billing",))
    card = (await shop.agent("anna")).card
    assert (card.skills, card.team_ref, card.grants, card.capacity_units) == (("billing",), "care", (EUROS,), 20)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"capacity_units": -1}, "capacityUnits"),
        ({"display_name": " "}, "displayName"),
        ({"skills": ("",)}, "skills"),
        ({"languages": ("x",) * 51}, "languages"),
        ({"grants": (EUROS, EUROS)}, "budgets"),
        ({"grants": (Grant("EUR", -1, BudgetPeriod.DAY, 0),)}, "budgets"),
        ({"grants": (Grant("eur", 1, BudgetPeriod.DAY, 0),)}, "budgets"),
    ],
)
async def test_bad_input_is_refused_by_the_name_of_its_field(fields: dict[str, Any], path: str) -> None:
    shop = await a_shop()
    facts = len(shop.record.all_facts())
    with pytest.raises(Refusal) as refused:
        await upsert(shop, "anna", **fields)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, (path,))
    assert len(shop.record.all_facts()) == facts


async def test_nobody_grants_an_own_budget_and_the_desk_hears_why() -> None:
    shop = await a_shop()
    grant = asked.BudgetGrant(amount_minor=10**6, currency="EUR", period=BudgetPeriod.WEEK)
    wanted = asked.AgentUpsertRequested(
        request_id=named("own grant"), ref="anna", display_name="Anna", requested_by="anna", at=NOW, budgets=(grant,)
    )
    woken: list[bool] = []
    for _ in range(2):
        await upsert_agent_on_agent_upsert_requested(
            message(wanted), shop.context(), record=shop.record, calendar=CALENDAR, wake=lambda: woken.append(True)
        )
    refusals = [m for subject, m in shop.told() if subject == subjects.REQUEST_REFUSED]
    assert [(m.request_id, m.code, m.path) for m in refusals] == [
        (named("own grant"), RefusalCode.SELF_GRANT, ("budgets",))
    ]
    assert (await shop.account("anna")).standing.granted_minor == 25_000


async def test_a_budget_without_an_item_limit_may_be_given_whole() -> None:
    shop = await a_shop()
    grant = asked.BudgetGrant(amount_minor=700, currency="USD", period=BudgetPeriod.DAY)
    wanted = asked.AgentUpsertRequested(
        request_id=named("r"), ref="dirk", display_name="Dirk", requested_by="lena", at=NOW, budgets=(grant,)
    )
    await upsert_agent_on_agent_upsert_requested(
        message(wanted), shop.context(), record=shop.record, calendar=CALENDAR, wake=lambda: None
    )
    assert (await shop.account("dirk")).standing.item_limit_minor == 700


async def test_presence_is_answered_even_when_it_was_so_already_and_unknown_agents_are_refused() -> None:
    shop = await a_shop()
    woken: list[str] = []
    for place, ref in enumerate(("anna", "anna", "nobody")):
        wanted = asked.PresenceRequested(
            request_id=named(f"request {place}"), agent_ref=ref, presence=Presence.ONLINE, at=NOW
        )
        await set_presence_on_presence_requested(
            message(wanted), shop.context(), record=shop.record, wake=lambda: woken.append("woken")
        )
    answers = [m.request_id for _, m in shop.told() if isinstance(m, told.AgentChanged) and m.request_id]
    assert answers == [named("request 0"), named("request 1")]
    assert [m.code for _, m in shop.told() if isinstance(m, told.RequestRefused)] == [RefusalCode.NOT_FOUND]
    assert len(woken) == 3


async def test_a_presence_ends_by_itself_when_its_time_is_over() -> None:
    shop = await a_shop()
    end = NOW + timedelta(hours=1)
    with pytest.raises(Refusal):
        await shop.presence("anna", until=NOW)
    await shop.presence("anna", until=end)
    assert await shop.keep_hours() == end
    assert (await shop.agent("anna")).card.presence is Presence.ONLINE
    shop.clock.pass_by(hours=1)
    await shop.keep_hours()
    assert (await shop.agent("anna")).card.presence is Presence.OFFLINE
    version = (await shop.agent("anna")).version
    await shop.keep_hours()
    assert (await shop.agent("anna")).version == version


async def test_accounts_of_the_next_period_open_at_its_edge_and_the_last_ones_close() -> None:
    shop = await a_shop()
    edge = await shop.keep_hours()
    assert edge == (await shop.account("anna")).standing.period_end
    shop.clock.at = edge
    await shop.keep_hours()
    for ref in ("anna", "bram", "care"):
        states = sorted((one.standing.period_start, one.standing.open) for one in shop.accounts(ref))
        assert [is_open for _, is_open in states] == [False, True]
        assert states[1][0] == edge
    facts = len(shop.record.all_facts())
    await shop.keep_hours()
    assert len(shop.record.all_facts()) == facts
