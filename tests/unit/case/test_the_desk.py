"""What the desk asks of routing, tokens on record, and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.vocabulary import Actor, ActorKind, BudgetPeriod, Presence, Refusal, RefusalCode, Role, system_actor
from services.case.commands.record_token import RecordToken, record_token
from services.case.commands.request_agent_upsert import RequestAgentUpsert, request_agent_upsert
from services.case.commands.request_presence import RequestPresence, request_presence
from services.case.domain.desk_request_facts import AgentUpsertRequested, AgentWish, GrantWish, PresenceRequested
from services.case.domain.issued_token_facts import TokenIssued
from services.case.domain.permissions import PERMISSIONS, Permission, require
from tests.unit.case.world import ANNA, AUDITOR, LEA, World

EUROS = GrantWish(10_000, "EUR", BudgetPeriod.WEEK, 2_000)


async def test_an_agent_says_to_be_here() -> None:
    world = World()
    context = world.by()
    command = RequestPresence(world.new_id(), "anna", Presence.ONLINE, world.at + timedelta(hours=1))
    for _ in range(2):
        await request_presence(command, context, record=world.record)
    (fact,) = world.record.all_facts()
    assert isinstance(fact, PresenceRequested)
    assert (fact.agent_ref, fact.presence) == ("anna", Presence.ONLINE)


async def test_only_a_lead_speaks_for_somebody_else() -> None:
    world = World()
    for actor, ref in ((ANNA, "bob"), (AUDITOR, "otto")):
        command = RequestPresence(world.new_id(), ref, Presence.AWAY)
        with pytest.raises(Refusal) as refused:
            await request_presence(command, world.by(actor), record=world.record)
        assert refused.value.code is RefusalCode.FORBIDDEN
    await request_presence(RequestPresence(world.new_id(), "bob", Presence.AWAY), world.by(LEA), record=world.record)


async def test_presence_until_a_time_that_has_passed_is_refused() -> None:
    world = World()
    command = RequestPresence(world.new_id(), "anna", Presence.ONLINE, world.at)
    with pytest.raises(Refusal) as refused:
        await request_presence(command, world.by(), record=world.record)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("until",))


async def test_a_lead_sets_up_an_agent() -> None:
    world = World()
    wish = AgentWish("dirk", "Dirk", email="dirk@shop.example", languages=("nl",), budgets=(EUROS,))
    await request_agent_upsert(RequestAgentUpsert(world.new_id(), wish), world.by(LEA), record=world.record)
    (fact,) = world.record.all_facts()
    assert isinstance(fact, AgentUpsertRequested)
    assert (fact.agent, fact.requested_by) == (wish, "lea")


@pytest.mark.parametrize(
    ("wish", "code", "path"),
    [
        (AgentWish("lea", "Lea", budgets=(EUROS,)), RefusalCode.SELF_GRANT, ("budgets",)),
        (AgentWish("", "Dirk"), RefusalCode.INVALID_INPUT, ("ref",)),
        (AgentWish("di rk", "Dirk"), RefusalCode.INVALID_INPUT, ("ref",)),
        (AgentWish("dirk", " "), RefusalCode.INVALID_INPUT, ("displayName",)),
        (AgentWish("dirk", "Dirk", email="dirk"), RefusalCode.INVALID_INPUT, ("email",)),
        (AgentWish("dirk", "Dirk", skills=("",)), RefusalCode.INVALID_INPUT, ("skills",)),
        (AgentWish("dirk", "Dirk", capacity_units=-1), RefusalCode.INVALID_INPUT, ("capacityUnits",)),
        (AgentWish("dirk", "Dirk", budgets=(EUROS, EUROS)), RefusalCode.INVALID_INPUT, ("budgets",)),
        (
            AgentWish("dirk", "Dirk", budgets=(GrantWish(1, "XXX", BudgetPeriod.DAY),)),
            RefusalCode.INVALID_INPUT,
            ("budgets", "0", "currencyCode"),
        ),
        (
            AgentWish("dirk", "Dirk", budgets=(GrantWish(-1, "EUR", BudgetPeriod.DAY),)),
            RefusalCode.INVALID_INPUT,
            ("budgets", "0", "amount"),
        ),
        (
            AgentWish("dirk", "Dirk", budgets=(GrantWish(1, "EUR", BudgetPeriod.DAY, 2),)),
            RefusalCode.INVALID_INPUT,
            ("budgets", "0", "itemLimit"),
        ),
    ],
)
async def test_an_agent_who_cannot_be_is_refused(wish: AgentWish, code: RefusalCode, path: tuple[str, ...]) -> None:
    world = World()
    with pytest.raises(Refusal) as refused:
        await request_agent_upsert(RequestAgentUpsert(world.new_id(), wish), world.by(LEA), record=world.record)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert world.record.all_facts() == []


async def test_a_lead_who_is_an_agent_may_change_the_own_name_but_no_money() -> None:
    world = World()
    command = RequestAgentUpsert(world.new_id(), AgentWish("lea", "Lea Vos"))
    await request_agent_upsert(command, world.by(LEA), record=world.record)
    with pytest.raises(Refusal):
        await request_agent_upsert(command, world.by(ANNA), record=world.record)


async def test_an_issued_token_is_on_record_without_itself() -> None:
    world = World()
    command = RecordToken(world.new_id(), Role.LEAD, "lea", "Lea", world.at + timedelta(hours=8))
    await record_token(command, world.by(system_actor("console")), record=world.record)
    (fact,) = world.record.all_facts()
    assert isinstance(fact, TokenIssued)
    assert (fact.originator_id, fact.role, fact.subject) == (command.token_id, Role.LEAD, "lea")


async def test_a_token_for_nobody_or_for_the_past_or_by_anybody_is_refused() -> None:
    world = World()
    console, later = system_actor("console"), world.at + timedelta(hours=1)
    for command, actor, code in (
        (RecordToken(world.new_id(), Role.LEAD, " ", None, later), console, RefusalCode.INVALID_INPUT),
        (RecordToken(world.new_id(), Role.LEAD, "lea", None, world.at), console, RefusalCode.INVALID_INPUT),
        (RecordToken(world.new_id(), Role.LEAD, "lea", None, later), LEA, RefusalCode.FORBIDDEN),
    ):
        with pytest.raises(Refusal) as refused:
            await record_token(command, world.by(actor), record=world.record)
        assert refused.value.code is code


def test_the_matrix_of_roles_is_as_agreed() -> None:
    agent, lead = PERMISSIONS[Role.AGENT], PERMISSIONS[Role.LEAD]
    assert agent < lead
    assert lead - agent >= {Permission.DECIDE_GESTURE, Permission.UPSERT_AGENT}
    changing = {permission for permission in Permission if not permission.value.startswith("READ")}
    for role in (Role.AUDITOR, Role.INTEGRATION):
        assert not PERMISSIONS[role] & changing
    privacy = {Permission.ERASE_CUSTOMER, Permission.RESTRICT_CUSTOMER, Permission.REDACT_ENTRY}
    assert PERMISSIONS[Role.PRIVACY] & changing == privacy
    for role in (Role.AGENT, Role.LEAD, Role.ADMIN):
        assert not PERMISSIONS[role] & PERMISSIONS[Role.PRIVACY] & changing
    assert set(PERMISSIONS) == set(Role)


def test_who_has_no_role_may_nothing_and_the_system_what_it_was_built_for() -> None:
    with pytest.raises(Refusal):
        require(Actor(ActorKind.AGENT, "anna"), Permission.READ)
    require(system_actor("case"), Permission.REPLY)
