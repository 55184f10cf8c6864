"""A desk with guard rails: who may speak in public, who is asked, and comments that come in by Instagram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from contracts.configuration import parse_configuration
from contracts.content import ContactContent, HandleContent
from contracts.stored import Committed
from contracts.vocabulary import (
    AgentKind,
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Presence,
    Visibility,
    id_of,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.policy import CasePolicy
from tests.integration.graphql_stand import Desk, own_desk

CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
guards = { tone-coaching = "allow" }
[[teams]]
ref = "care"
name = "Care"
[[teams]]
ref = "press"
name = "Press"
[[agents]]
ref = "bram"
name = "Bram Jansen"
skills = ["public"]
[guards]
approval_hours = 1
[press_desk]
team = "press"
"""
ERRORS = "errors { __typename code message path ... on GuardRefusal { rule verdict confirmToken } }"
CONTACT = (
    "contact { id text visibility deliveryStatus expiresAt deliveryFailure { code message } requestedBy { id "
    "displayName } }"
)
REPLY = f"mutation($input: CaseReplyInput!) {{ caseReply(input: $input) {{ version {CONTACT} {ERRORS} }} }}"
SETTLE = (
    "mutation($input: CaseSettleInput!) { caseSettle(input: $input) { case { status waitingFor } gesture { status } "
    f"{CONTACT} {ERRORS} }} }}"
)
DECIDE = {
    name: f"mutation($input: Contact{name}Input!) {{ contact{name}(input: $input) {{ case {{ status waitingFor }} "
    f"{CONTACT} {ERRORS} }} }}"
    for name in ("Approve", "Decline")
}
LINE = (
    "mutation($input: CaseLineApproveInput!) { caseLineApprove(input: $input) { note { id text actor { displayName } } "
    f"{ERRORS} }} }}"
)
APPROVALS = """query { approvals(first: 50) { totalCount nodes { __typename id expiresAt requestedBy { displayName }
  ... on Contact { text visibility deliveryStatus } } } }"""
HISTORY = "query($id: ID!) { case(by: { id: $id }) { status history(first: 100) { nodes { type data } } } }"
_people = count(7_000_000)


@asynccontextmanager
async def guarded_desk(server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION, {}, lambda path: path))
    policy = msgspec.structs.replace(policy, guards=msgspec.structs.replace(policy.guards, secret=b"s" * 32))
    async with own_desk(server, policy=policy) as running:
        cards = {"anna": ("care", ()), "bram": ("care", ("public",)), "petra": ("press", ())}
        for ref, (team, skills) in cards.items():
            card = AgentCard(ref, AgentKind.PERSON, Presence.ONLINE, 20, 0, active=True, team_ref=team, skills=skills)
            told = NoteAgent(id_of("agent", ref), card, ref.title())
            await note_agent(told, running.context(system_actor("routing")), record=running.record)
        yield running


async def said(
    desk: Desk, text: str, *, person: int | None = None, visibility: Visibility = Visibility.PUBLIC
) -> tuple[UUID, int]:
    """An Instagram comment or message of somebody; the case it is in, and who it is."""
    person = person or next(_people)
    now, ids = SystemClock().now(), SystemIds()
    handle = HandleContent(HandleKind.INSTAGRAM, str(person), display=f"cat{person}")
    command = AttachContact(
        contact_id=id_of("contact", str(ids.new())),
        channel=Channel.INSTAGRAM,
        account="ig-1",
        kind=ContactKind.COMMENT if visibility is Visibility.PUBLIC else ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=visibility,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=ids.new(),
        new_customer_id=ids.new(),
        brand="shop",
        content=ContactContent(handles=(handle,), sender_name="Sam Visser", text=text),
    )
    how = desk.context(system_actor("channels"))
    done: Committed = await attach_contact(
        command, how, record=desk.record, directory=desk.directory, policy=desk.policy
    )
    return UUID(done.outcome["case_id"]), person


async def case_id_of(desk: Desk, case_id: UUID) -> str:
    number = await desk.pool.fetchval("SELECT number FROM cases WHERE case_id = $1", case_id)
    answer = await desk.graphql("query($n: String!) { case(by: { number: $n }) { id } }", {"n": number})
    return str(answer["data"]["case"]["id"])


async def complaint(desk: Desk) -> tuple[str, int]:
    case_id, person = await said(desk, "Never an answer from you. I am so disappointed")
    return await case_id_of(desk, case_id), person


async def asked(desk: Desk, document: str, token: str = "AGENT:anna", **fields: Any) -> dict[str, Any]:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(document, {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = next(iter(answer["data"].values()))
    return payload


async def history(desk: Desk, case_id: str, token: str = "AGENT:anna") -> list[dict[str, Any]]:
    answer = await desk.graphql(HISTORY, {"id": case_id}, token)
    nodes: list[dict[str, Any]] = answer["data"]["case"]["history"]["nodes"]
    return nodes


async def approvals(desk: Desk, token: str) -> list[dict[str, Any]]:
    answer = await desk.graphql(APPROVALS, {}, token)
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["approvals"]["nodes"]
    return found
