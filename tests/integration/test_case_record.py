"""The case record on a real Postgres: facts and read tables together, from the first contact to the reopened case."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.content import ContactContent, HandleContent
from contracts.stored import CommandContext, Committed, Row, Work
from contracts.vocabulary import (
    Actor,
    ActorKind,
    AssignmentReason,
    CandidateRejection,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    GestureKind,
    HandleAssurance,
    HandleKind,
    RefusalCode,
    Role,
    RoutingTier,
    Visibility,
    id_of,
    system_actor,
)
from infra.clock import SystemIds
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sql import statements
from services.case.app import MIGRATIONS, STATEMENTS
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.approve_gesture import ApproveGesture, approve_gesture
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.give_gesture import GiveGesture, give_gesture
from services.case.commands.record_approval_refused import RecordApprovalRefused, record_approval_refused
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.record_token import RecordToken, record_token
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case import Case
from services.case.domain.case_facts import Candidate
from services.case.domain.policy import CasePolicy
from services.case.projections import PROJECTIONS
from services.case.queries.directory import PostgresDirectory

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Actor(ActorKind.AGENT, "anna", Role.AGENT)
LEA = Actor(ActorKind.STAFF, "lea", Role.LEAD)
PHONE = "+31612345678"
ANNA_ID = id_of("agent", "anna")


class Desk:
    """The record with its tables, and short ways to work on it."""

    def __init__(self, pool: Pool, keys: KeyRing) -> None:
        self.pool = pool
        self.record = PostgresRecord(pool, keys, PROJECTIONS, statements(*STATEMENTS), lambda: None)
        self.directory = PostgresDirectory(pool)
        self.policy = CasePolicy()
        self.at = AT
        self.new = SystemIds().new

    def by(self, actor: Actor = ANNA) -> CommandContext:
        command_id = self.new()
        return CommandContext(command_id, actor, self.at, command_id)

    async def whatsapp(self, text: str, external_id: str, *, number: str = PHONE, **given: Any) -> Committed:
        command = AttachContact(
            contact_id=id_of("contact", Channel.WHATSAPP, "waba-1", external_id),
            channel=Channel.WHATSAPP,
            account="waba-1",
            kind=ContactKind.MESSAGE,
            direction=Direction.INBOUND,
            visibility=Visibility.PRIVATE,
            assurance=HandleAssurance.PLATFORM,
            occurred_at=self.at,
            received_at=self.at,
            new_case_id=self.new(),
            new_customer_id=self.new(),
            content=ContactContent((HandleContent(HandleKind.WHATSAPP, number),), "Sam", None, text),
            **given,
        )
        context = self.by(system_actor("channels"))
        return await attach_contact(command, context, record=self.record, directory=self.directory, policy=self.policy)

    async def show(self, *rows: Row) -> None:
        async def decide() -> Work:
            return Work(rows=rows)

        await self.record.transact(self.by(system_actor("routing")), decide)

    async def row(self, table: str, key: str, value: object) -> asyncpg.Record:
        found = await self.pool.fetchrow(f"SELECT * FROM {table} WHERE {key} = $1", value)
        assert found is not None
        return found


@pytest.fixture
async def desk(database: str, keys_database: str) -> AsyncIterator[Desk]:
    pool = await open_pool(database, application_name="test")
    keys_pool = await open_pool(keys_database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    await migrate_keys(keys_pool)
    yield Desk(pool, KeyRing(keys_pool, os.urandom(32)))
    await pool.close()
    await keys_pool.close()


def agent_row() -> Row:
    return Row(
        "upsert_agent",
        (ANNA_ID, "anna", "PERSON", "Anna", None, "ONLINE", 20, 0, True, ["nl"], [], "care", None, None, None),
    )


def budget_row() -> Row:
    week = timedelta(days=7)
    return Row(
        "upsert_budget",
        (id_of("budget", "a"), "AGENT", ANNA_ID, "EUR", "WEEK", AT, AT + week, 25000, 0, 0, 5000, True),
    )


async def test_a_case_from_its_first_contact_to_its_reopening(desk: Desk) -> None:
    await desk.show(agent_row())
    opened = await desk.whatsapp("Where is my parcel?", "w1")
    case_id, customer_id = UUID(opened.outcome["case_id"]), UUID(opened.outcome["customer_id"])
    row = await desk.row("cases", "case_id", case_id)
    assert (row["number"], row["status"], row["version"], row["unread"]) == ("100001", "OPEN", 2, True)
    assert (row["subject"], row["channels"]) == ("Where is my parcel?", ["WHATSAPP"])
    customer = await desk.row("customers", "customer_id", customer_id)
    assert (customer["display_name"], customer["last_contact_at"]) == ("Sam", AT)

    bob = id_of("agent", "bob")
    candidates = (
        Candidate(ANNA_ID, RoutingTier.LEAST_LOADED),
        Candidate(bob, RoutingTier.LEAST_LOADED, rejected=CandidateRejection.UNAVAILABLE),
    )
    decision = RoutedDecision(
        desk.new(),
        AssignmentReason.LEAST_LOADED,
        "1",
        AT,
        agent_id=ANNA_ID,
        tier=RoutingTier.LEAST_LOADED,
        candidates=candidates,
    )
    await assign_case(AssignCase(case_id, decision), desk.by(system_actor("routing")), record=desk.record)
    row = await desk.row("cases", "case_id", case_id)
    assert (row["assignee_id"], row["team_ref"]) == (ANNA_ID, "care")

    desk.at += timedelta(minutes=5)
    reply_id = desk.new()
    reply = RequestReply(case_id, reply_id, "Tomorrow.")
    await request_reply(reply, desk.by(), record=desk.record, policy=desk.policy)
    row = await desk.row("cases", "case_id", case_id)
    assert (row["status"], row["waiting_for"], row["unread"]) == ("WAITING", "CUSTOMER", False)
    sent = RecordDelivery(case_id, reply_id, DeliveryStatus.SENT, desk.at)
    await record_delivery(sent, desk.by(system_actor("channels")), record=desk.record)
    entry = await desk.row("timeline", "entry_id", reply_id)
    assert (entry["delivery_status"], entry["text"], entry["actor_ref"]) == ("SENT", "Tomorrow.", "anna")
    found = await desk.directory.find_contact(reply_id)
    assert found is not None
    assert (found.contact_id, found.case_id) == (reply_id, case_id)

    desk.at += timedelta(minutes=5)
    await add_note(AddNote(case_id, desk.new(), "Carrier called."), desk.by(), record=desk.record)
    await resolve_case(ResolveCase(case_id, cause="carrier"), desk.by(), record=desk.record, policy=desk.policy)
    row = await desk.row("cases", "case_id", case_id)
    assert (row["status"], row["outcome"], row["resolved_by_ref"]) == ("RESOLVED", "SOLVED", "anna")

    desk.at += timedelta(days=2)
    again = await desk.whatsapp("Still nothing!", "w2", in_reply_to=reply_id)
    assert again.outcome["case_id"] == str(case_id)
    row = await desk.row("cases", "case_id", case_id)
    assert (row["status"], row["assignee_id"], row["resolved_at"]) == ("OPEN", ANNA_ID, None)
    assert row["preview"] == "Still nothing!"
    answer = await desk.row("timeline", "entry_id", UUID(again.outcome["contact_id"]))
    assert answer["in_reply_to"] == reply_id

    kinds = await desk.pool.fetch("SELECT kind, case_status FROM timeline ORDER BY occurred_at, entry_id")
    assert [entry["kind"] for entry in kinds].count("CONTACT") == 3
    assert [entry["case_status"] for entry in kinds if entry["case_status"]] == ["WAITING", "RESOLVED", "OPEN"]


async def test_what_is_sealed_in_the_facts_folds_back_out_of_the_store(desk: Desk) -> None:
    opened = await desk.whatsapp("Only for you", "w1")
    case = await desk.record.load(Case, UUID(opened.outcome["case_id"]))
    assert case is not None
    (contact,) = case.contacts.values()
    assert contact.text == "Only for you"
    assert contact.to is not None
    assert contact.to.value == PHONE
    clear = await desk.pool.fetch("SELECT clear FROM es.events")
    assert not any(b"Only for you" in row["clear"] or PHONE.encode() in row["clear"] for row in clear)


async def test_twenty_first_contacts_of_one_number_at_once_make_one_customer_and_one_case(desk: Desk) -> None:
    done = await asyncio.gather(*(desk.whatsapp(f"message {place}", f"w{place}") for place in range(20)))
    assert len({committed.outcome["customer_id"] for committed in done}) == 1
    assert len({committed.outcome["case_id"] for committed in done}) == 1
    assert await desk.pool.fetchval("SELECT count(*) FROM timeline WHERE kind = 'CONTACT'") == 20
    assert await desk.pool.fetchval("SELECT count(*) FROM handles") == 1


async def test_the_same_contact_ten_times_at_once_is_attached_once(desk: Desk) -> None:
    await asyncio.gather(*(desk.whatsapp("once", "w1") for _ in range(10)))
    assert await desk.pool.fetchval("SELECT count(*) FROM timeline WHERE kind = 'CONTACT'") == 1


async def test_a_handle_is_held_for_sure_by_one_customer_whoever_asks_at_once(desk: Desk) -> None:
    customers = [
        UUID((await desk.whatsapp("hi", f"w{place}", number=f"+3161234560{place}")).outcome["customer_id"])
        for place in range(5)
    ]
    commands = [AddHandle(customer_id, HandleKind.EMAIL, "Sam@shop.example") for customer_id in customers]
    results = await asyncio.gather(
        *(
            add_handle(command, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy)
            for command in commands
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Committed) for result in results) == 1
    assert {getattr(result, "code", None) for result in results} == {None, RefusalCode.HANDLE_TAKEN}
    row = await desk.row("handles", "value", "sam@shop.example")
    assert row["written"] == "Sam@shop.example"


async def test_a_gesture_above_the_limit_is_approved_refused_and_approved_again(desk: Desk) -> None:
    await desk.show(agent_row(), budget_row())
    case_id = UUID((await desk.whatsapp("Broken", "w1")).outcome["case_id"])
    gesture_id, approval_id = desk.new(), desk.new()
    ports: dict[str, Any] = {"record": desk.record, "directory": desk.directory}
    reference = {"kind": "ORDER", "value": "7"}
    wish = GiveGesture(
        case_id, gesture_id, GestureKind.REFUND, 8000, "EUR", "damaged", note="as agreed", reference=reference
    )
    await give_gesture(wish, desk.by(), policy=desk.policy, **ports)
    routing = system_actor("routing")
    await await_approval(AwaitApproval(case_id, gesture_id), desk.by(routing), record=desk.record)
    entry = await desk.row("timeline", "entry_id", gesture_id)
    assert (entry["gesture_status"], entry["requested_by_ref"], entry["note"]) == (
        "AWAITING_APPROVAL",
        "anna",
        "as agreed",
    )
    await approve_gesture(ApproveGesture(gesture_id, approval_id), desk.by(LEA), **ports)
    refused = RecordApprovalRefused(case_id, gesture_id, approval_id, RefusalCode.OVER_OWN_LIMIT)
    await record_approval_refused(refused, desk.by(routing), record=desk.record)
    entry = await desk.row("timeline", "entry_id", gesture_id)
    assert (entry["gesture_status"], entry["refused_code"], entry["decided_at"]) == (
        "AWAITING_APPROVAL",
        "OVER_OWN_LIMIT",
        None,
    )
    await approve_gesture(ApproveGesture(gesture_id, desk.new()), desk.by(LEA), **ports)
    await desk.show(Row("capture_gesture", (gesture_id,)))
    assert not (await desk.row("timeline", "entry_id", gesture_id))["captured"]
    hold = RecordHold(case_id, gesture_id, desk.new(), id_of("budget", "team"), 8000)
    await record_hold(hold, desk.by(routing), record=desk.record, policy=desk.policy)
    await desk.show(Row("capture_gesture", (gesture_id,)))
    entry = await desk.row("timeline", "entry_id", gesture_id)
    assert (entry["gesture_status"], entry["captured"], entry["decided_by_ref"]) == ("GIVEN", True, "lea")


async def test_forty_gestures_at_once_are_all_on_record(desk: Desk) -> None:
    await desk.show(agent_row(), budget_row())
    case_id = UUID((await desk.whatsapp("Broken", "w1")).outcome["case_id"])
    ports: dict[str, Any] = {"record": desk.record, "directory": desk.directory, "policy": desk.policy}
    wishes = [GiveGesture(case_id, desk.new(), GestureKind.VOUCHER, 1000, "EUR", "goodwill") for _ in range(40)]
    await asyncio.gather(*(give_gesture(wish, desk.by(), **ports) for wish in wishes))
    assert await desk.pool.fetchval("SELECT count(*) FROM timeline WHERE kind = 'GESTURE'") == 40
    assert (await desk.row("cases", "case_id", case_id))["version"] == 42


async def test_who_got_a_token_is_on_record_and_known_as_staff(desk: Desk) -> None:
    for role in (Role.LEAD, Role.AUDITOR):
        command = RecordToken(desk.new(), role, "lea", "Lea Vos", desk.at + timedelta(hours=8))
        await record_token(command, desk.by(system_actor("console")), record=desk.record)
    row = await desk.row("staff", "ref", "lea")
    assert (row["name"], row["roles"]) == ("Lea Vos", ["AUDITOR", "LEAD"])
