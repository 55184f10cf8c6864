"""Offers through the API: who sees them, what a yes and a no lead to, and the stream of what concerns one person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import BudgetOwnerKind, BudgetPeriod, id_of, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.note_budget import NoteBudget, note_budget
from services.case.domain.known_budget_facts import BudgetStanding
from services.case.graphql.ids import IdType, encode, uuid_of
from services.case.workers.attendance import Attendance
from services.case.workers.clock_watch import ClockWatch
from services.case.workers.due_dates import DueDates
from tests.integration.graphql_clients import connected
from tests.integration.graphql_stand import Desk, euros, own_desk
from tests.integration.routing_stand_in import WEEK_END, WEEK_START
from tests.support.shop import eventually

OFFERS = """{ viewer { offers { id offeredAt expiresAt case { id subject assignee { ref } }
  assignment { reason agent { ref } summary } } } }"""
ACCEPT = """mutation($input: OfferAcceptInput!) { offerAccept(input: $input) {
  case { id assignee { ref } } version position errors { code path } } }"""
DECLINE = """mutation($input: OfferDeclineInput!) { offerDecline(input: $input) {
  offer { id } position errors { code path } } }"""
VIEWER = """subscription($after: String) { viewerEvents(after: $after) {
  __typename
  ... on ViewerChanged { cursor type offer { id case { subject } } approval { id __typename } gesture { id status }
    budget { id available { amount } } commitment { id status } }
  ... on Lagged { resumeFrom }
  ... on Heartbeat { cursor } } }"""
ANNA, BRAM, LEAD = "AGENT:anna", "AGENT:bram", "LEAD:lena"


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, heartbeat_s=0.5) as running:
        yield running


async def offered(desk: Desk, text: str, ref: str = "anna", *, seconds: float = 60) -> tuple[UUID, str]:
    """A new case that an agent is asked to take, and the offer's id as clients know it."""
    desk.customers += 1
    done = await desk.whatsapp(f"+316{desk.customers:08}", text)
    case_id = UUID(done.outcome["case_id"])
    return case_id, encode(IdType.OFFER, await desk.offer(case_id, ref, seconds=seconds))


async def answer(desk: Desk, document: str, token: str = ANNA, **fields: Any) -> Any:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answered = await desk.graphql(document, {"input": fields}, token)
    assert "errors" not in answered, answered
    return next(iter(answered["data"].values()))


async def offers_of(desk: Desk, token: str = ANNA) -> list[Any]:
    found: list[Any] = (await desk.graphql(OFFERS, {}, token))["data"]["viewer"]["offers"]
    return found


async def test_an_offer_is_seen_by_whom_it_is_made_and_a_yes_makes_the_case_theirs(desk: Desk) -> None:
    case_id, offer_id = await offered(desk, "Who takes me?")
    (offer,) = [each for each in await offers_of(desk) if each["id"] == offer_id]
    assert (offer["case"]["subject"], offer["case"]["assignee"]) == ("Who takes me?", None)
    assert (offer["assignment"]["agent"], offer["assignment"]["summary"]) == (None, "Offered to an agent")
    assert await offers_of(desk, BRAM) == []
    inbox = (await desk.ask("AgentInbox", {"first": 100}))["nodes"]
    assert encode(IdType.CASE, case_id) in [node["id"] for node in inbox], "offered cases are in the inbox"
    done = await answer(desk, ACCEPT, offerId=offer_id)
    assert done["errors"] == []
    assert (done["case"]["assignee"]["ref"], done["position"] is not None) == ("anna", True)
    assert offer_id not in [each["id"] for each in await offers_of(desk)]


async def test_an_offer_is_a_node_for_its_agent_and_for_leads_only(desk: Desk) -> None:
    _, offer_id = await offered(desk, "Mine to see")
    document = "query($id: ID!) { node(id: $id) { id ... on Offer { case { subject } } } }"
    seen = {
        token: (await desk.graphql(document, {"id": offer_id}, token))["data"]["node"] for token in (ANNA, BRAM, LEAD)
    }
    assert (seen[ANNA]["case"]["subject"], seen[BRAM], seen[LEAD]["id"]) == ("Mine to see", None, offer_id)


async def test_a_no_ends_the_offer_and_leaves_the_case_to_others(desk: Desk) -> None:
    case_id, offer_id = await offered(desk, "Not for me")
    done = await answer(desk, DECLINE, offerId=offer_id, reason="CONFLICT_OF_INTEREST")
    assert (done["errors"], done["offer"]["id"]) == ([], offer_id)
    assert offer_id not in [each["id"] for each in await offers_of(desk)]
    case = (
        await desk.graphql(
            "query($id: ID!) { node(id: $id) { ... on Case { assignee { ref } } } }",
            {"id": encode(IdType.CASE, case_id)},
        )
    )["data"]["node"]
    assert case["assignee"] is None
    again = await answer(desk, DECLINE, offerId=offer_id, reason="BUSY")
    assert again["errors"] == [{"code": "NOT_FOUND", "path": ["offerId"]}]


async def test_a_yes_is_refused_where_the_offer_is_over_another_s_or_none(desk: Desk) -> None:
    case_id, offer_id = await offered(desk, "Too late", seconds=0.2)
    await asyncio.sleep(0.3)
    late = await answer(desk, ACCEPT, offerId=offer_id)
    assert [error["code"] for error in late["errors"]] == ["NOT_FOUND"]
    await desk.assign(case_id, "bram")
    assert [error["code"] for error in (await answer(desk, ACCEPT, offerId=offer_id))["errors"]] == ["ALREADY_ASSIGNED"]
    _, hers = await offered(desk, "Hers")
    assert [error["code"] for error in (await answer(desk, ACCEPT, BRAM, offerId=hers))["errors"]] == ["NOT_FOUND"]
    nothing = encode(IdType.OFFER, SystemIds().new())
    assert [error["code"] for error in (await answer(desk, ACCEPT, offerId=nothing))["errors"]] == ["NOT_FOUND"]
    assert [error["code"] for error in (await answer(desk, ACCEPT, offerId="x"))["errors"]] == ["NOT_FOUND"]


async def test_two_yeses_at_once_are_one_and_the_same_key_is_the_same_yes(desk: Desk) -> None:
    _, offer_id = await offered(desk, "Twice")
    one, other = await asyncio.gather(*(answer(desk, ACCEPT, offerId=offer_id) for _ in range(2)))
    codes = sorted(error["code"] for done in (one, other) for error in done["errors"])
    assert len(codes) == 1
    assert codes[0] in {"ALREADY_ASSIGNED", "NOT_FOUND"}
    _, offer_id = await offered(desk, "Again")
    same = [await answer(desk, ACCEPT, offerId=offer_id, idempotencyKey="once more") for _ in range(2)]
    assert [done["errors"] for done in same] == [[], []]


async def test_a_yes_that_routing_turns_down_is_told_in_routing_s_words(desk: Desk) -> None:
    _, offer_id = await offered(desk, "Gone meanwhile")
    desk.routing.refuses_answers = True
    try:
        done = await answer(desk, ACCEPT, offerId=offer_id)
    finally:
        desk.routing.refuses_answers = False
    assert done["errors"] == [{"code": "ALREADY_ASSIGNED", "path": ["offerId"]}]


async def test_an_inbox_hears_of_an_offer_and_of_its_end(desk: Desk) -> None:
    document = """subscription { inboxEvents { __typename ... on CaseChanged { case { subject } }
      ... on CaseGone { reason } } }"""
    async with connected(desk, ANNA) as client:
        await client.subscribe(document)
        await client.item()
        case_id, _ = await offered(desk, "For a moment")
        assert (await client.change())["case"]["subject"] == "For a moment"
        await desk.assign(case_id, "bram")
        assert (await client.change())["reason"] == "OFFER_WITHDRAWN"


async def test_a_viewer_is_told_what_concerns_them_and_nobody_else_is(desk: Desk) -> None:
    async with connected(desk, ANNA) as anna, connected(desk, BRAM) as bram, connected(desk, LEAD) as lena:
        for client in (anna, bram, lena):
            await client.subscribe(VIEWER)
            await client.item()
        case_id, offer_id = await offered(desk, "Told")
        assert await _next(anna) == ("offer.made", offer_id)
        await answer(desk, ACCEPT, offerId=offer_id)
        assert await _next(anna) == ("offer.ended", offer_id)
        case = encode(IdType.CASE, case_id)
        asked = await desk.do("GestureGive", caseId=case, kind="GIFT", amount=euros("60.00"), reason="goodwill")
        gesture_id = asked["gesture"]["id"]
        assert await _next(anna) == ("gesture.changed", gesture_id)
        assert await _next(lena) == ("approval.asked", gesture_id)
        await desk.do("GestureDecline", LEAD, gestureId=gesture_id, reason="Offer less.")
        assert await _next(lena) == ("approval.decided", gesture_id)
        assert await _next(anna) == ("gesture.changed", gesture_id)
        _, his = await offered(desk, "His", "bram")
        assert await _next(bram) == ("offer.made", his), "the first that bram hears"


async def _next(client: Any) -> tuple[str, str]:
    changed = await client.change()
    about = [changed[name] for name in ("offer", "approval", "gesture", "budget", "commitment") if changed[name]]
    assert len(about) == 1
    return changed["type"], about[0]["id"]


async def test_what_a_viewer_missed_is_told_in_order_once(desk: Desk) -> None:
    async with connected(desk, BRAM) as client:
        await client.subscribe(VIEWER)
        cursor = (await client.item())["cursor"]
    made = [(await offered(desk, f"Missed {number}", "bram"))[1] for number in range(4)]
    async with connected(desk, BRAM) as client:
        await client.subscribe(VIEWER, after=cursor)
        first = await client.change()
        assert (first["type"], first["offer"]["id"]) == ("offer.made", made[0])
    async with connected(desk, BRAM) as client:
        await client.subscribe(VIEWER, after=first["cursor"])
        live = asyncio.create_task(offered(desk, "Live", "bram"))
        heard = [await _next(client) for _ in range(4)]
        assert heard == [("offer.made", offer_id) for offer_id in [*made[1:], (await live)[1]]]


async def test_a_budget_that_is_nearly_spent_is_told_once(desk: Desk) -> None:
    async def spend(spent_minor: int) -> None:
        kind, owner_id = BudgetOwnerKind.AGENT, id_of("agent", "bram")
        standing = BudgetStanding(
            kind, owner_id, "EUR", BudgetPeriod.WEEK, WEEK_START, WEEK_END, 25_000, 0, spent_minor, 5_000, open=True
        )
        told = NoteBudget(id_of("budget", "bram"), standing)
        await note_budget(told, desk.context(system_actor("routing")), record=desk.record)

    async with connected(desk, BRAM) as client:
        await client.subscribe(VIEWER)
        await client.item()
        for spent in (19_999, 20_000, 24_000, 100, 25_000):
            await spend(spent)
        budget_id = encode(IdType.BUDGET, id_of("budget", "bram"))
        assert [await _next(client) for _ in range(2)] == [("budget.low", budget_id)] * 2
        _, offer_id = await offered(desk, "After the money", "bram")
        assert await _next(client) == ("offer.made", offer_id)


async def test_who_promised_is_reminded_once_before_the_moment_comes(desk: Desk) -> None:
    case = await desk.opened("A promise")
    due = SystemClock().now() + timedelta(seconds=100)
    made = await desk.do("CommitmentMake", caseId=case["id"], text="We call.", dueAt=due.isoformat())
    commitment_id = made["commitment"]["id"]
    clock = _Ahead(timedelta(seconds=97))
    watch = ClockWatch(pool=desk.pool, record=desk.record, clock=clock, ids=SystemIds())
    worker = DueDates(pool=desk.pool, record=desk.record, directory=desk.directory, clock=clock, ids=SystemIds())
    async with connected(desk, ANNA) as client:
        await client.subscribe(VIEWER)
        await client.item()
        for _ in range(3):
            await watch.round()
        clock.ahead *= 2
        await worker.round()
        assert [await _next(client) for _ in range(2)] == [
            ("commitment.due", commitment_id),
            ("commitment.broken", commitment_id),
        ]
    assert isinstance(uuid_of(IdType.COMMITMENT, commitment_id), UUID)


class _Ahead(SystemClock):
    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> Any:
        return super().now() + self.ahead


async def test_nobody_follows_what_concerns_them_without_a_right_to_read(desk: Desk) -> None:
    async with connected(desk, "ADMIN:ada") as client:
        await client.subscribe(VIEWER)
        with pytest.raises(AssertionError, match="FORBIDDEN"):
            await client.item()


async def test_a_client_that_drops_is_forgiven_for_a_while_and_one_that_stays_away_makes_its_agent_offline(
    desk: Desk,
) -> None:
    clock = _Ahead(timedelta())
    worker = Attendance(pool=desk.pool, record=desk.record, clock=clock, ids=SystemIds(), dropped_seconds=120)

    async def presence(ref: str) -> str:
        document = "query($id: ID!) { node(id: $id) { ... on Agent { presence } } }"
        found = await desk.graphql(document, {"id": encode(IdType.AGENT, id_of("agent", ref))}, LEAD)
        return str(found["data"]["node"]["presence"])

    for ref in ("anna", "bram"):
        await desk.do("PresenceSet", f"AGENT:{ref}", presence="ONLINE")
    await desk.pool.execute("DELETE FROM attended")
    async with connected(desk, ANNA) as client:
        await client.subscribe(VIEWER)
        await client.item()
    clock.ahead = timedelta(seconds=100)
    await worker.round()
    assert await presence("anna") == "ONLINE"
    await desk.do("PresenceSet", ANNA, presence="ONLINE")  # says so again, by another client
    clock.ahead = timedelta(seconds=119)
    await worker.round()
    assert await presence("anna") == "ONLINE"
    clock.ahead = timedelta(seconds=130)
    await worker.round()
    await eventually(lambda: presence("anna"), lambda now: now == "OFFLINE")
    assert await presence("bram") == "ONLINE", "his client never followed anything: nobody can tell"
    assert await desk.pool.fetchval("SELECT count(*) FROM attended") == 0
    await desk.do("PresenceSet", ANNA, presence="ONLINE")
    await worker.round()
    assert await presence("anna") == "ONLINE"
