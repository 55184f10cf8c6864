"""`eender up --demo`: fills an empty stack by the public surface only, as customers and agents would."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from contracts.configuration import ChannelAccount, Configuration
from contracts.vocabulary import Channel, Role
from infra.clock import SystemClock
from infra.configuration_file import read_configuration
from infra.embedded.kept import keep, read_kept
from infra.settings import DATABASE_URL
from services.console.demo_folder import STATE, DemoState
from services.console.demo_postings import found_count, import_postings
from services.console.demo_shop import PEOPLE, SHOPS, Writer, agents_online, writers
from services.console.failure import CommandFailed
from services.console.issue_token import environment_of, issue
from services.console.run_file import RunFile
from services.console.say import form_post, signed_whatsapp

TOKEN_TTL = timedelta(days=7)
ORDER = {"kind": "ORDER", "value": "NL-20417"}
SEEN_WAIT_S_MAX = 60.0
REQUEST_WAIT_S_MAX = 30.0

PRESENCE = "mutation($input: AgentPresenceSetInput!) { agentPresenceSet(input: $input) { errors { code message } } }"
NOTE = "mutation($input: CaseNoteAddInput!) { caseNoteAdd(input: $input) { errors { code message } } }"
RESOLVE = "mutation($input: CaseResolveInput!) { caseResolve(input: $input) { errors { code message } } }"
GESTURE = "mutation($input: GestureGiveInput!) { gestureGive(input: $input) { errors { code message } } }"
CALL = "mutation($input: ContactRecordInput!) { contactRecord(input: $input) { errors { code message } } }"
MENTIONS = "{ mentions(first: 1) { totalCount } }"
CASES = """{ cases(first: 100, orderBy: { field: OPENED_AT, direction: ASC }) {
  nodes { id assignee { ref } } } }"""


async def fill(folder: Path, run: RunFile) -> dict[str, str]:
    """Fill the shop, once; a token per role.

    Raises:
        CommandFailed: the stack did not do as it should.
    """
    configuration = read_configuration(run.config, os.environ)
    env = environment_of(run, folder)
    agents = [agent.ref for agent in configuration.agents]
    subjects = {"agent": agents[0], **PEOPLE} if agents else PEOPLE
    tokens = {role: await _token(env, Role(role.upper()), subject) for role, subject in subjects.items()}
    state = read_kept(folder / STATE, DemoState)
    if state is not None and not state.filled:
        there = agents_online()
        async with httpx.AsyncClient(timeout=REQUEST_WAIT_S_MAX, trust_env=False) as client:
            lead = Desk(client, run.graphql, tokens["lead"])
            listened = {f"{each.channel_path}/{each.account}" for each in configuration.channel_accounts}
            if {account for shop in SHOPS for account in shop.found} <= listened:
                channels = {**env, DATABASE_URL: run.databases["channels"]}
                await import_postings(folder, channels, seed=state.seed, now=SystemClock().now())
                await _until_found(lead)
            desks = {
                ref: Desk(client, run.graphql, await _token(env, Role.AGENT, ref)) for ref in agents if ref in there
            }
            await _open_shop(client, lead, desks, _posts(run, configuration, state.seed))
        keep(folder / STATE, DemoState(state.seed, filled=True))
    return tokens


async def _until_found(lead: Desk) -> None:
    """Wait until what was said in public can be seen.

    Raises:
        CommandFailed: it does not come.
    """
    deadline = asyncio.get_running_loop().time() + SEEN_WAIT_S_MAX
    while (await lead.ask(MENTIONS))["mentions"]["totalCount"] < found_count():
        if asyncio.get_running_loop().time() > deadline:
            raise CommandFailed("the demo: what is said in public does not come")
        await asyncio.sleep(0.1)


async def _token(env: Mapping[str, str], role: Role, subject: str) -> str:
    issued = await issue(env, role=role, subject=subject, name=None, ttl=TOKEN_TTL)
    return str(issued["token"])


class Desk:
    """Somebody at a screen."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, document: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of one operation. `fields`: the mutation's input.

        Raises:
            CommandFailed: it was refused.
        """
        body = {"query": document, "variables": {} if fields is None else {"input": fields}}
        answer = (await self._client.post(self._url, json=body, headers=self._headers)).json()
        data: dict[str, Any] = answer.get("data") or {}
        refused = answer.get("errors") or [error for field in data.values() for error in field.get("errors", ())]
        if refused:
            raise CommandFailed(f"the demo was refused: {refused[0]['message']}")
        return data


class Post(msgspec.Struct, frozen=True):
    """One webhook to come."""

    writer: Writer
    url: str
    body: bytes
    headers: dict[str, str]


def _posts(run: RunFile, configuration: Configuration, seed: int) -> list[Post]:
    """What everybody writes, by those accounts that are configured; the same again changes nothing."""
    now = int(SystemClock().now().timestamp())
    forms = {"form": _form, "whatsapp": _whatsapp}
    posts, ours = [], configuration.channel_accounts
    for place, writer in enumerate(writers(seed)):
        account = next(
            (each for each in ours if (each.channel_path, each.brand) == (writer.channel, writer.brand)), None
        )
        if account is not None:
            key, at = f"demo-{seed}-{place}", now - 60 * (40 - place)
            body, headers = forms[writer.channel](account, writer, key, at)
            posts.append(Post(writer, f"{run.webhooks}/channels/{writer.channel}/{account.account}", body, headers))
    return posts


def _form(_account: ChannelAccount, writer: Writer, key: str, _at: int) -> tuple[bytes, dict[str, str]]:
    form = {"name": writer.name, "email": writer.email, "subject": writer.subject, "message": writer.text}
    return form_post(form, key)


def _whatsapp(account: ChannelAccount, writer: Writer, key: str, at: int) -> tuple[bytes, dict[str, str]]:
    message_id = "wamid." + hmac.new(key.encode(), writer.text.encode(), hashlib.sha256).hexdigest()[:32]
    return signed_whatsapp(account, writer.number, writer.text, name=writer.name, message_id=message_id, at=at)


async def _open_shop(client: httpx.AsyncClient, lead: Desk, desks: Mapping[str, Desk], posts: list[Post]) -> None:
    """Agents come in; then customers write, each once the one before has found an agent: so it is always the same.

    Raises:
        CommandFailed: a webhook or an agent was refused, or a case found no agent.
    """
    for ref, desk in desks.items():
        await desk.ask(PRESENCE, {"presence": "ONLINE", "idempotencyKey": f"demo-presence-{ref}"})
    for place, post in enumerate(posts):
        headers = {"Content-Type": "application/json", **post.headers}
        answer = await client.post(post.url, content=post.body, headers=headers)
        if not answer.is_success:
            raise CommandFailed(f"the demo: {post.url} answered {answer.status_code}")
        case = await _case_at(lead, place, assigned=bool(desks))
        agent = desks.get(case["assignee"]["ref"]) if desks else None
        if agent is not None:
            await _deal_with(agent, case["id"], post.writer, place)


async def _case_at(lead: Desk, place: int, *, assigned: bool) -> dict[str, Any]:
    """The case at that place by opening, once it is there and, if so wished, has an agent.

    Raises:
        CommandFailed: it does not come.
    """
    deadline = asyncio.get_running_loop().time() + SEEN_WAIT_S_MAX
    while asyncio.get_running_loop().time() < deadline:
        cases: list[dict[str, Any]] = (await lead.ask(CASES))["cases"]["nodes"]
        if len(cases) > place and (cases[place]["assignee"] is not None or not assigned):
            return cases[place]
        await asyncio.sleep(0.05)
    raise CommandFailed(f"the demo: case {place + 1} found no agent")


async def _deal_with(desk: Desk, case_id: str, writer: Writer, place: int) -> None:
    """What the agent does with the case, by its place in the row: most stay open."""
    about = {"caseId": case_id, "idempotencyKey": f"demo-{place}"}
    match place % 6:
        case 0:
            await desk.ask(GESTURE, {**about, **_refund("10.00")})
            await desk.ask(RESOLVE, {**about, "cause": "carrier-late", "idempotencyKey": f"demo-resolve-{place}"})
        case 1:
            await desk.ask(NOTE, {**about, "text": "Asked the warehouse to look; they answer before noon."})
        case 2 if writer.channel == Channel.WHATSAPP.path:
            who = {"handle": {"kind": "WHATSAPP", "value": f"+{writer.number}"}}
            said = {"direction": "INBOUND", "text": "Called to ask how far we are."}
            await desk.ask(CALL, {**about, **said, "customer": who, "channel": "VOICE"})
        case 3:  # above what an agent may give alone: it waits for the lead
            await desk.ask(GESTURE, {**about, **_refund("75.00")})


def _refund(amount: str) -> dict[str, Any]:
    money = {"amount": amount, "currencyCode": "EUR"}
    return {"kind": "REFUND", "amount": money, "reason": "late-delivery", "reference": ORDER}
