"""A desk with playbooks, and people who say something to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from contracts.configuration import parse_configuration
from contracts.content import ContactContent, HandleContent
from contracts.stored import Committed
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.domain.policy import CasePolicy
from services.case.graphql.ids import IdType, encode
from tests.integration.graphql_stand import Desk, own_desk

CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
[guards]
order_numbers = ["NL-####-######"]
[[playbooks]]
situation = "Everybody reads a complaint"
found = ["complaint"]
visibility = "public"
answer = "Thank them, and ask for a message."
tone = "Calm, no jokes."
[[playbooks]]
situation = "A complaint in private"
brand = "shop"
channels = ["instagram", "form"]
found = ["complaint"]
visibility = "private"
answer = "What happened, and by when it is right."
action = "Look the order up."
needs = ["order", "email"]
[[playbooks]]
situation = "A regular"
tags = ["vip"]
tone = "By their first name."
[[playbooks]]
situation = "It is urgent"
priorities = ["urgent"]
action = "Call."
needs = ["phone"]
[[playbooks]]
situation = "Many have it"
incident = true
causes = ["carrier-late"]
answer = "As was approved."
"""
BOOK = "situation answer tone action template needs"
BY_PLAN = f"query($id: ID!) {{ case(by: {{ id: $id }}) {{ playbooks {{ {BOOK} }} }} }}"
BY_STRAWBERRY = f"query($id: ID!) {{ case(by: {{ id: $id }}) {{ playbooks {{ {BOOK} }} missing }} }}"
ADVICE = """query($id: ID!) { case(by: { id: $id }) { playbooks { situation } missing
  contacts(first: 20) { nodes { id text class fields { name value } recognised { kind value } } } } }"""
REDACT = "mutation($input: TimelineEntryRedactInput!) { timelineEntryRedact(input: $input) { errors { code } } }"
OPEN = "mutation($input: IncidentOpenInput!) { incidentOpen(input: $input) { incident { id } errors { code } } }"
LINK = "mutation($input: IncidentLinkInput!) { incidentLink(input: $input) { errors { code } } }"
CLOSE = "mutation($input: IncidentCloseInput!) { incidentClose(input: $input) { errors { code } } }"
LATE = "My parcel is late again, so disappointed!"
GIVE = "mutation($input: GestureGiveInput!) { gestureGive(input: $input) { errors { code } } }"
TAG = "mutation($input: CaseTagsSetInput!) { caseTagsSet(input: $input) { errors { code } } }"
HASTEN = "mutation($input: CasePrioritySetInput!) { casePrioritySet(input: $input) { errors { code } } }"
ORDER = {"kind": "ORDER", "value": "NL-2026-001234"}
IN_PUBLIC, IN_PRIVATE = "Everybody reads a complaint", "A complaint in private"


@asynccontextmanager
async def advised_desk(server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION, {}, lambda path: path))
    async with own_desk(server, policy=policy) as running:
        yield running


async def said(
    desk: Desk,
    text: str | None,
    *,
    by: HandleContent | None = None,
    channel: Channel = Channel.INSTAGRAM,
    visibility: Visibility = Visibility.PRIVATE,
    **more: Any,
) -> tuple[str, HandleContent, Committed]:
    """Something that somebody says to us: the case it is in, and who it was."""
    desk.customers += 1
    by = by or HandleContent(HandleKind.INSTAGRAM, str(desk.customers))
    now, new = SystemClock().now(), SystemIds().new
    command = AttachContact(
        contact_id=new(),
        channel=channel,
        account="shop-1",
        kind=ContactKind.COMMENT if visibility is Visibility.PUBLIC else ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=visibility,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        brand="shop",
        content=ContactContent((by,), text=text, **more),
    )
    how = desk.context(system_actor("channels"))
    done = await attach_contact(command, how, record=desk.record, directory=desk.directory, policy=desk.policy)
    return encode(IdType.CASE, UUID(done.outcome["case_id"])), by, done


async def asked(desk: Desk, document: str, token: str, **fields: Any) -> dict[str, Any]:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(document, {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = next(iter(answer["data"].values()))
    assert payload["errors"] == []
    return payload


async def case_of(desk: Desk, document: str, case_id: str, token: str = "AGENT:anna", **headers: str) -> Any:
    answer = await desk.graphql(document, {"id": case_id}, token, **headers)
    assert "errors" not in answer, answer
    return answer["data"]["case"]
