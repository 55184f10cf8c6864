"""A desk that can say things to everybody: by which accounts, who decides, and what is said beneath."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from contracts.configuration import parse_configuration
from contracts.content import ContactContent, HandleContent, ReachContent
from contracts.stored import Row
from contracts.vocabulary import (
    AgentKind,
    Channel,
    ContactKind,
    DeliveryStatus,
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
from services.case.commands.record_publication import RecordPublication, record_publication
from services.case.domain.known_agent_facts import AgentCard
from services.case.domain.policy import CasePolicy
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, own_desk

CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
[[agents]]
ref = "bram"
name = "Bram Jansen"
skills = ["public"]
[[channel_accounts]]
channel = "facebook"
account = "page-1"
brand = "shop"
secrets = { app_secret = "of a test" }
[[channel_accounts]]
channel = "facebook"
account = "quiet"
brand = "shop"
mode = "listen"
secrets = { app_secret = "of a test" }
[[channel_accounts]]
channel = "x"
account = "shop"
brand = "shop"
secrets = { consumer_secret = "of a test" }
[[channel_accounts]]
channel = "telegram"
account = "bot-1"
brand = "shop"
secrets = { secret_token = "of-a-test" }
"""
PAGE = "page-1"
POST = "100200300_900"
ERRORS = "errors { code message path ... on GuardRefusal { rule verdict confirmToken } }"
FIELDS = """id version state text channel asksCommunity rules publishAt requestedAt decidedAt declineReason publishedAt
  url  failure { code message retryable } account { ref } brand { name } requestedBy { id } decidedBy { id }"""
MUTATIONS = {
    name: f"mutation($input: Publication{name}Input!) {{ publication{name}(input: $input) {{ version position "
    f"publication {{ {FIELDS} }} {ERRORS} }} }}"
    for name in ("Draft", "Approve", "Decline", "Cancel")
}
LIST = f"""query($where: PublicationWhere, $first: Int, $after: String) {{ publications(where: $where, first: $first,
  after: $after) {{ nodes {{ {FIELDS} }} edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
ANSWERS = """query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Publication { state
  answers(first: $first, after: $after) { nodes { __typename ... on Contact { id text textState }
    ... on Mention { id text textState } } edges { cursor } pageInfo { hasNextPage endCursor } }
  answerSummary { answers mentions positive negative firstAt
    byClass { class answers mentions positive negative } } } } }"""
_people = count(9_000_000)


@asynccontextmanager
async def publishing_desk(server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION, {}, lambda path: path))
    policy = msgspec.structs.replace(policy, guards=msgspec.structs.replace(policy.guards, secret=b"s" * 32))
    async with own_desk(server, policy=policy) as running:
        for ref, skills in {"anna": (), "bram": ("public",), "dirk": ()}.items():
            card = AgentCard(ref, AgentKind.PERSON, Presence.ONLINE, 20, 0, active=True, team_ref="care", skills=skills)
            told = NoteAgent(id_of("agent", ref), card, ref.title())
            await note_agent(told, running.context(system_actor("routing")), record=running.record)
        await running.show(Row("upsert_brand", ("shop", "The Shop")))
        for channel, name, mode in (
            (Channel.FACEBOOK, PAGE, None),
            (Channel.FACEBOOK, "quiet", "LISTEN"),
            (Channel.X, "shop", None),
            (Channel.TELEGRAM, "bot-1", None),
        ):
            await configured(running, channel, name, mode)
        yield running


async def configured(
    desk: Desk, channel: Channel = Channel.FACEBOOK, name: str = PAGE, mode: str | None = None
) -> None:
    """As channels tells of an account."""
    row = (id_of("account", channel, name), channel.value, name, name, "shop", True, mode, False)
    await desk.show(Row("upsert_channel_account", row))


def account(name: str = PAGE, channel: Channel = Channel.FACEBOOK) -> str:
    return str(ids.encode(IdType.ACCOUNT, id_of("account", channel, name)))


async def asked(desk: Desk, name: str, token: str = "AGENT:anna", **fields: Any) -> dict[str, Any]:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(MUTATIONS[name], {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = next(iter(answer["data"].values()))
    return payload


async def drafted(desk: Desk, text: str, token: str = "AGENT:anna", **more: Any) -> dict[str, Any]:
    payload = await asked(desk, "Draft", token, **{"accountId": account(), "text": text, **more})
    assert payload["errors"] == [], payload
    return dict(payload["publication"])


async def became(desk: Desk, publication_id: str, status: DeliveryStatus, **told: Any) -> None:
    """As channels tells it."""
    named = ids.uuid_of(IdType.PUBLICATION, publication_id)
    command = RecordPublication(named, status, SystemClock().now(), **told)
    await record_publication(command, desk.context(system_actor("channels")), record=desk.record)


async def standing(desk: Desk, text: str, **more: Any) -> str:
    """The id of a publication that everybody can read."""
    found = await drafted(desk, text, **more)
    approved = await asked(desk, "Approve", "LEAD:lena", publicationId=found["id"])
    assert approved["errors"] == [], approved
    post = f"100200300_{next(_people)}"
    url = f"https://www.facebook.com/{post}"
    await became(desk, found["id"], DeliveryStatus.ACCEPTED, external_id=post, url=url)
    return str(found["id"])


async def commented(desk: Desk, beneath: UUID | str, text: str, *, person: int | None = None, **more: Any) -> UUID:
    """What somebody says beneath a publication (its opaque id) or a contact; the id of what was said."""
    answered = beneath if isinstance(beneath, UUID) else ids.uuid_of(IdType.PUBLICATION, beneath)
    person, now, new = person or next(_people), SystemClock().now(), SystemIds().new
    command = AttachContact(
        contact_id=id_of("contact", str(new())),
        channel=Channel.FACEBOOK,
        account=PAGE,
        kind=ContactKind.COMMENT,
        direction=Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        brand="shop",
        in_reply_to=answered,
        content=ContactContent(
            handles=(HandleContent(HandleKind.FACEBOOK, str(person)),), text=text, reach=ReachContent(now, likes=3)
        ),
    )
    said = msgspec.structs.replace(command, **more)
    how = desk.context(system_actor("channels"))
    await attach_contact(said, how, record=desk.record, directory=desk.directory, policy=desk.policy)
    return said.contact_id


async def answers(desk: Desk, publication_id: str, token: str = "AGENT:anna", **page: Any) -> dict[str, Any]:
    answer = await desk.graphql(ANSWERS, {"id": publication_id, **page}, token)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["node"]
    return found
