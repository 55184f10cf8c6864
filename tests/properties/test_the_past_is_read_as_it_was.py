"""Whatever happened, a case as known at position P is what the screen showed when P was the last position."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.content import EditContent
from contracts.vocabulary import RefusalCode, id_of, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.note_agent import note_agent
from services.case.commands.note_budget import NoteBudget, note_budget
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.refuse_gesture import RefuseGesture, refuse_gesture
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.domain.case import Case
from services.case.domain.known_budget import KnownBudget
from services.case.domain.policy import CasePolicy
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, euros, own_desk
from tests.integration.routing_stand_in import an_agent

LEAD = "LEAD:lena"
MILLISECOND_S = 0.001
MONEY = "{ amount currencyCode }"
BUDGET = f"{{ granted {MONEY} reserved {MONEY} spent {MONEY} available {MONEY} }}"
SHARED = f"""
  version status subject
  gestures {{ id kind status amount {MONEY} }}
  customer {{ id displayName handles {{ kind masked value }} }}
"""
CONTACT = "id direction channel visibility text textState occurredAt recordedAt"
LIVE = f"""query($id: ID!) {{ case(by: {{ id: $id }}) {{ {SHARED}
  contacts(first: 100) {{ nodes {{ {CONTACT} }} }} assignee {{ id displayName budgets {BUDGET} }} }} }}"""
PAST = f"""query($id: ID!, $asOf: AsOf!) {{ caseAsOf(id: $id, asOf: $asOf) {{ {SHARED} position at
  contacts {{ {CONTACT} }} assignee {{ id displayName }} assigneeBudgets {BUDGET} }} }}"""

KINDS = [
    "write", "write", "assign", "assign", "nobody", "rename", "spend", "reply", "note", "resolve", "handle", "edit",
    "remove", "ask", "hold", "await", "refuse",
]  # fmt: skip
STEPS = st.permutations(KINDS).flatmap(
    lambda kinds: st.tuples(*(st.tuples(st.just(kind), st.sampled_from((0, 0, 1))) for kind in kinds))
)
"""Everything that may happen, in any order, mostly to one customer."""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, mutation_wait_ms_max=20) as running:
        running.routing.answers_gestures = False
        yield running


class History:
    """Two customers of one desk, and what the screens showed after every step."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.cases: dict[int, UUID] = {}
        self.seen: list[tuple[str, datetime, UUID, dict[str, Any]]] = []
        desk.customers += 2
        self.numbers = [f"+316{desk.customers - place:08}" for place in (0, 1)]

    def routing(self) -> Any:
        return self.desk.context(system_actor("routing"))

    async def take(self, step: str, which: int) -> None:
        """One step; what cannot be done yet is left out."""
        if step == "write":
            done = await self.desk.whatsapp(self.numbers[which], f"words {len(self.seen)}")
            self.cases[which] = UUID(done.outcome["case_id"])
        elif step == "rename":
            await note_agent(an_agent("anna", f"Anna {len(self.seen)}"), self.routing(), record=self.desk.record)
        elif step == "spend":
            await self._spend()
        elif which in self.cases:
            await self._on_case(step, self.cases[which])

    async def _spend(self) -> None:
        account = id_of("budget", "anna")
        known = await self.desk.record.load(KnownBudget, account)
        assert known is not None
        spent = msgspec.structs.replace(known.standing, spent_minor=known.standing.spent_minor + 1)
        await note_budget(NoteBudget(account, spent), self.routing(), record=self.desk.record)

    async def _on_case(self, step: str, case_id: UUID) -> None:
        case = await self.desk.record.load(Case, case_id)
        assert case is not None
        on = {"caseId": ids.encode(IdType.CASE, case_id)}
        match step:
            case "assign" | "nobody":
                await self.desk.assign(case_id, "anna" if step == "assign" else None)
            case "reply":
                await self.desk.do("CaseReply", **on, text="Tomorrow.")
            case "note":
                await self.desk.do("CaseNoteAdd", **on, text="A note.")
            case "resolve":
                await self.desk.do("CaseResolve", **on)
            case "handle":
                customer = ids.encode(IdType.CUSTOMER, case.customer_id)
                mail = f"sam{len(self.seen)}@shop.example"
                await self.desk.do("HandleAdd", customerId=customer, kind="EMAIL", value=mail)
            case "edit" | "remove":
                await self._on_contact(step, case)
            case "ask":
                await self.desk.do(
                    "GestureGive",
                    **on,
                    kind="REFUND",
                    reference={"kind": "ORDER", "value": "7"},
                    reason="goodwill",
                    amount=euros("5.00"),
                )
            case _:
                await self._on_gesture(step, case)

    async def _on_contact(self, step: str, case: Case) -> None:
        contact_id = next(iter(case.contacts))
        now, record, directory = SystemClock().now(), self.desk.record, self.desk.directory
        if step == "edit":
            edit = EditContact(contact_id, now, EditContent(f"other words {len(self.seen)}"))
            await edit_contact(edit, self.routing(), record=record, directory=directory)
        else:
            removal = RemoveContact(contact_id, now)
            await remove_contact(removal, self.routing(), record=record, directory=directory)

    async def _on_gesture(self, step: str, case: Case) -> None:
        if not case.gestures:
            return
        gesture_id, record = next(reversed(case.gestures)), self.desk.record
        if step == "hold":
            hold = RecordHold(case.id, gesture_id, SystemIds().new(), id_of("budget", "anna"), 500)
            await record_hold(hold, self.routing(), record=record, policy=CasePolicy())
        elif step == "await":
            await await_approval(AwaitApproval(case.id, gesture_id), self.routing(), record=record)
        else:
            refuse = RefuseGesture(case.id, gesture_id, RefusalCode.BUDGET_CLOSED)
            await refuse_gesture(refuse, self.routing(), record=record)

    async def look(self) -> None:
        """Note what every case's screen shows, once the log has taken in everything."""
        position = await self.desk.hub.until(self._last_position, timeout_ms=10_000)
        moment = SystemClock().now()
        for case_id in self.cases.values():
            answer = await self.desk.graphql(LIVE, {"id": ids.encode(IdType.CASE, case_id)}, LEAD)
            self.seen.append((str(position), moment, case_id, answer["data"]["case"]))
        await asyncio.sleep(MILLISECOND_S)  # no two looks share a millisecond

    async def _last_position(self) -> int | None:
        """None while a fact has none."""
        last: int = await self.desk.pool.fetchval("SELECT max(position) FROM es.log")
        return last if last == await self.desk.pool.fetchval("SELECT count(*) FROM es.events") else None

    async def compare(self) -> None:
        """Every look is what the past says of its position, and of its moment."""
        for position, moment, case_id, live in self.seen:
            shown = await self.past(case_id, {"position": position})
            assert shown.pop("position") == position
            assert shown == as_past(live)
            at_the_time = await self.past(case_id, {"recordedAt": moment.isoformat()})
            assert (at_the_time.pop("position"), at_the_time) == (position, shown)

    async def past(self, case_id: UUID, as_of: dict[str, Any]) -> dict[str, Any]:
        variables = {"id": ids.encode(IdType.CASE, case_id), "asOf": as_of}
        answer = await self.desk.graphql(PAST, variables, LEAD)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]["caseAsOf"]
        del found["at"]
        found["customer"]["handles"].sort(key=str)
        return found


def as_past(live: dict[str, Any]) -> dict[str, Any]:
    """What a screen showed, in the form of the past."""
    assignee = live["assignee"]
    budgets = [] if assignee is None else assignee.pop("budgets")
    live["customer"]["handles"].sort(key=str)
    return {**live, "contacts": live["contacts"]["nodes"], "assigneeBudgets": budgets}


@given(steps=STEPS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
async def test_the_past_is_what_was_shown_when_it_was_the_present(
    desk: Desk, steps: tuple[tuple[str, int], ...]
) -> None:
    history = History(desk)
    for step, which in (("write", 0), ("assign", 0), *steps):
        await history.take(step, which)
        await history.look()
    await history.compare()
