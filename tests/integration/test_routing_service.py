"""The routing service as it runs: told by a case service over the transport, and what it tells back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from contracts import case as asked
from contracts import routing as told
from contracts import subjects
from contracts.configuration import configuration_digest, parse_configuration
from contracts.vocabulary import (
    AssignmentReason,
    BudgetPeriod,
    CaseStatus,
    Channel,
    ContactKind,
    Direction,
    HandleKind,
    Presence,
    RefusalCode,
)
from infra.embedded.nats import EmbeddedNats
from infra.runtime import Runtime
from infra.settings import ServiceSettings
from services.routing.app import begin, create_app, runtime_of
from services.routing.domain.agent import agent_id
from tests.integration.routing_desk import IDS, NOW, WAIT_SECONDS_MAX, Desk, say

FILE = """
[[teams]]
ref = "care"
name = "Customer care"
budgets = [{ amount = "1000.00", currency = "EUR", period = "week", item_limit = "500.00" }]
[[agents]]
ref = "anna"
name = "Anna"
team = "care"
budgets = [{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }]
[[agents]]
ref = "bram"
name = "Bram"
team = "care"
"""
CONFIGURATION = parse_configuration(FILE, {}, lambda _: "")


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[EmbeddedNats]:
    """A transport of its own: streams are named after services, and other tests run services too."""
    server = EmbeddedNats(tmp_path / "nats")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def desk(keys_database: str, nats: EmbeddedNats) -> AsyncIterator[Desk]:
    settings = ServiceSettings(database_url=keys_database, nats_url=nats.url)
    runtime = Runtime(service="case", settings=settings, publish=say)
    async with runtime:
        desk = Desk(runtime)
        mine = {subject: desk.hear for subject in subjects.MESSAGES if subject.startswith("routing.")}
        runtime.consume("routing", mine)
        runtime.run()
        yield desk


@asynccontextmanager
async def routing(database: str, nats: EmbeddedNats) -> AsyncIterator[Runtime]:
    runtime = runtime_of(ServiceSettings(database_url=database, nats_url=nats.url))
    async with runtime:
        await begin(runtime, CONFIGURATION, filed=True)
        yield runtime


async def test_s001_s002_a_case_finds_its_agent_and_the_agent_gives_money(
    database: str, nats: EmbeddedNats, desk: Desk
) -> None:
    async with routing(database, nats):
        applied = await desk.until(told.ConfigurationApplied, lambda _: True)
        assert applied.digest == configuration_digest(CONFIGURATION)
        assert {one.ref for _, one in desk.heard if isinstance(one, told.AgentChanged)} == {"anna", "bram"}

        customer_id = IDS.new()
        case_id = await desk.open_case(customer_id)
        nobody = await desk.until(told.CaseRouted, lambda one: one.case_id == case_id)
        assert nobody.reason is AssignmentReason.NOBODY_AVAILABLE
        assert (await desk.presence("bram")).presence is Presence.ONLINE
        routed = await desk.until(told.CaseRouted, lambda one: one.case_id == case_id and one.agent_id is not None)
        assert routed.agent_id == agent_id("bram")

        await desk.say(
            asked.ReplyRequested(
                case_id=case_id, customer_id=customer_id, contact_id=IDS.new(), channel=Channel.WHATSAPP, account="a",
                handle_kind=HandleKind.WHATSAPP, requested_at=NOW, agent_ref="bram",
            )
        )  # fmt: skip
        duo = await desk.until(told.DuoChanged, lambda _: True)
        assert (duo.customer_id, duo.owner_id) == (customer_id, agent_id("bram"))

        wanted = await desk.ask(2_000)
        placed = await desk.until(told.HoldPlaced, lambda one: one.gesture_id == wanted.gesture_id)
        before = [one for _, one in desk.heard if isinstance(one, told.BudgetChanged) and one.gesture_id]
        assert [one.reserved_minor for one in before] == [2_000], "the budget is told before the answer"
        await desk.say(
            asked.GestureGiven(
                gesture_id=wanted.gesture_id, case_id=wanted.case_id, hold_id=placed.hold_id, given_at=NOW
            )
        )
        spent = await desk.until(told.BudgetChanged, lambda one: one.spent_minor > 0)
        assert (spent.gesture_id, spent.reserved_minor, spent.spent_minor) == (wanted.gesture_id, 0, 2_000)


async def test_above_the_limit_a_lead_decides_and_the_team_pays(database: str, nats: EmbeddedNats, desk: Desk) -> None:
    async with routing(database, nats):
        wanted = await desk.ask(9_000)
        await desk.until(told.ApprovalRequired, lambda one: one.gesture_id == wanted.gesture_id)

        def approval(by: str) -> asked.GestureApproved:
            return asked.GestureApproved(
                gesture_id=wanted.gesture_id, case_id=wanted.case_id, approval_id=IDS.new(), agent_ref="anna",
                approver_ref=by, amount_minor=9_000, currency="EUR", approved_at=NOW,
            )  # fmt: skip

        await desk.say(approval("anna"))
        refused = await desk.until(told.ApprovalRefused, lambda one: one.gesture_id == wanted.gesture_id)
        assert refused.code is RefusalCode.SELF_APPROVAL
        await desk.say(approval("lena"))
        placed = await desk.until(told.HoldPlaced, lambda one: one.gesture_id == wanted.gesture_id)
        await desk.say(
            asked.GestureDropped(
                gesture_id=wanted.gesture_id, case_id=wanted.case_id, reason="withdrawn", at=NOW, hold_id=placed.hold_id
            )
        )
        freed = await desk.until(
            told.BudgetChanged, lambda one: one.gesture_id == wanted.gesture_id and one.reserved_minor == 0
        )
        assert freed.account_id == placed.account_id


async def test_what_was_asked_while_routing_was_away_is_answered_once_when_it_is_back(
    database: str, nats: EmbeddedNats, desk: Desk
) -> None:
    async with routing(database, nats):
        await desk.presence("anna")
    customer_id = IDS.new()
    wanted = [await desk.ask(1_000) for _ in range(5)]
    cases = [await desk.open_case(customer_id) for _ in range(5)]
    await desk.say(
        asked.ContactAttached(
            case_id=cases[0], customer_id=customer_id, contact_id=IDS.new(), channel=Channel.WHATSAPP,
            kind=ContactKind.MESSAGE, direction=Direction.INBOUND, occurred_at=NOW,
        )
    )  # fmt: skip
    await desk.say(
        asked.CaseStatusChanged(case_id=cases[0], customer_id=customer_id, status=CaseStatus.RESOLVED, at=NOW)
    )
    async with routing(database, nats) as runtime:
        for one in wanted:
            await desk.until(told.HoldPlaced, lambda placed, one=one: placed.gesture_id == one.gesture_id)  # type: ignore[misc]  # bound per round
        last = await desk.until(told.CaseRouted, lambda routed: routed.case_id == cases[-1])
        assert last.agent_id == agent_id("anna")
        reserved = await runtime.pool.fetchval("SELECT reserved_minor FROM budget_balances WHERE owner_ref = 'anna'")
        assert reserved == 5_000
        assert await runtime.pool.fetchval("SELECT count(*) FROM es.dead_letters") == 0
    counted = [one.gesture_id for _, one in desk.heard if isinstance(one, told.HoldPlaced)]
    assert len(counted) == len(set(counted)) == 5


async def test_an_agent_made_by_a_lead_has_a_budget_and_bad_requests_are_refused(
    database: str, nats: EmbeddedNats, desk: Desk
) -> None:
    async with routing(database, nats):
        good, bad = IDS.new(), IDS.new()
        grant = asked.BudgetGrant(amount_minor=10_000, currency="EUR", period=BudgetPeriod.WEEK)
        await desk.say(
            asked.AgentUpsertRequested(
                request_id=good, ref="dirk", display_name="Dirk", requested_by="lena", at=NOW, budgets=(grant,)
            )
        )
        await desk.until(told.AgentChanged, lambda one: one.request_id == good)
        budgets = [one for _, one in desk.heard if isinstance(one, told.BudgetChanged)]
        assert [one.granted_minor for one in budgets if one.owner_id == agent_id("dirk")] == [10_000]
        await desk.say(
            asked.AgentUpsertRequested(
                request_id=bad, ref="dirk", display_name="Dirk", requested_by="lena", at=NOW, capacity_units=-1
            )
        )
        refused = await desk.until(told.RequestRefused, lambda one: one.request_id == bad)
        assert (refused.code, refused.path) == (RefusalCode.INVALID_INPUT, ("capacityUnits",))


async def test_the_application_tells_its_health(database: str, nats: EmbeddedNats, tmp_path: Path) -> None:
    path = tmp_path / "eender.toml"
    await asyncio.to_thread(path.write_text, FILE)
    env = {"EENDER_DATABASE_URL": database, "EENDER_NATS_URL": nats.url, "EENDER_CONFIG": str(path)}
    async with AsyncTestClient(create_app(env)) as client, asyncio.timeout(WAIT_SECONDS_MAX):
        assert (await client.get("/healthz")).status_code == 200
        while (answer := await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110  (readiness sets no event)
            await asyncio.sleep(0.05)
        assert answer.json()["ready"]
        assert (await client.get("/metrics")).status_code == 200
