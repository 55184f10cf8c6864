"""Our accounts on the channels as the desk shows them, on a real Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from contracts.channels import AccountConfigured, AccountHealthChanged
from contracts.envelope import Message
from contracts.vocabulary import AccountMode, Channel, id_of, system_actor
from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.ids import IdType, encode
from services.case.reactions.show_account_on_account_configured import show_account_on_account_configured
from services.case.reactions.show_health_on_account_health_changed import show_health_on_account_health_changed
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.one_service import until

ACCOUNTS = """{ channelAccounts { id channel ref name state mode brand { name }
  health { measuredAt lastReceivedAt lastSentAt silentSince trouble unread unsent } } }"""
WABA = (Channel.WHATSAPP, "waba-1")


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def shown(desk: Desk, token: str = "AGENT:anna") -> dict[str, Any]:
    answer = await desk.graphql(ACCOUNTS, token=token)
    assert "errors" not in answer, answer
    (account,) = answer["data"]["channelAccounts"]
    found: dict[str, Any] = account
    return found


async def told(desk: Desk, **health: Any) -> None:
    """As channels tells it."""
    now = SystemClock().now()
    news = AccountHealthChanged(id_of("account", *WABA), now, **health)
    message = Message("channels", 1, now, data=msgspec.Raw(msgspec.json.encode(news)))
    context = desk.context(system_actor("channels"))
    await show_health_on_account_health_changed(message, context, record=desk.record)


async def configured(desk: Desk, **standing: Any) -> None:
    """As channels tells it."""
    now, (channel, name) = SystemClock().now(), WABA
    news = AccountConfigured(id_of("account", *WABA), channel, name, "WhatsApp", brand="shop", **standing)
    message = Message("channels", 1, now, data=msgspec.Raw(msgspec.json.encode(news)))
    await show_account_on_account_configured(message, desk.context(system_actor("channels")), record=desk.record)
    desk.hub.answered(*([news.request_id] if news.request_id else []))


async def test_an_account_shows_how_it_does(desk: Desk) -> None:
    before = await shown(desk)
    assert (before["ref"], before["state"], before["mode"], before["health"]) == ("waba-1", "ACTIVE", "PROACTIVE", None)
    await told(desk, unsent=2, trouble="TimeoutError", silent_since=SystemClock().now())
    health = (await shown(desk))["health"]
    assert (health["unsent"], health["unread"], health["trouble"]) == (2, 0, "TimeoutError")
    assert health["silentSince"] is not None
    await told(desk, last_received_at=SystemClock().now())
    health = (await shown(desk))["health"]
    assert (health["silentSince"], health["trouble"], health["lastSentAt"]) == (None, None, None)
    assert health["lastReceivedAt"] is not None


@pytest.mark.parametrize(
    ("standing", "state", "mode"),
    [
        ({"paused": True}, "PAUSED", "PROACTIVE"),
        ({"mode": AccountMode.LISTEN}, "ACTIVE", "LISTEN"),
    ],
)
async def test_by_an_account_that_is_paused_or_only_listens_nobody_is_answered(
    postgres_server: EmbeddedPostgres, standing: dict[str, Any], state: str, mode: str
) -> None:
    async with own_desk(postgres_server) as desk:
        await configured(desk, **standing)
        account = await shown(desk)
        assert (account["state"], account["mode"]) == (state, mode)
        case = await desk.opened()
        done = await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
        assert [error["code"] for error in done["errors"]] == ["CHANNEL_CANNOT_REPLY"]
        document = "query($id: ID!) { case(by: { id: $id }) { replyOptions { allowed refusedBecause } } }"
        answer = await desk.graphql(document, {"id": case["id"]})
        assert answer["data"]["case"]["replyOptions"] == [{"allowed": False, "refusedBecause": "CHANNEL_CANNOT_REPLY"}]


@pytest.mark.parametrize(("token", "allowed"), [("ADMIN:ada", True), ("LEAD:lena", True), ("PRIVACY:pia", False)])
async def test_who_works_with_accounts_sees_them(desk: Desk, token: str, *, allowed: bool) -> None:
    answer = await desk.graphql("{ channelAccounts { ref mode state health { unsent } } }", token=token)
    assert ("errors" not in answer) is allowed


UPDATE = """mutation Update($input: ChannelAccountUpdateInput!) { channelAccountUpdate(input: $input) {
  account { state mode } position errors { code path } } }"""
ASKED = """SELECT stream_id, convert_from(clear, 'UTF8')::jsonb ->> 'requested_by' AS by FROM es.events
WHERE topic = 'desk-request.account-update-requested.v1' ORDER BY pos"""


async def updated(desk: Desk, token: str = "ADMIN:ada", **fields: Any) -> Any:
    fields = {"accountId": encode(IdType.ACCOUNT, id_of("account", *WABA)), "idempotencyKey": "key"} | fields
    answer = await desk.graphql(UPDATE, {"input": fields}, token)
    assert "errors" not in answer, answer
    return answer["data"]["channelAccountUpdate"]


async def asked_of_channels(desk: Desk, before: int) -> Any:
    """The request that channels is to answer, once it is there."""

    async def there() -> bool:
        return len(await desk.pool.fetch(ASKED)) > before

    await until(there)
    return (await desk.pool.fetch(ASKED))[before]


async def test_an_administrator_holds_an_account_and_channels_says_that_it_is_so(desk: Desk) -> None:
    answer = asyncio.create_task(updated(desk, paused=True, idempotencyKey="hold"))
    request = await asked_of_channels(desk, 0)
    assert request["by"] == "ada"
    await configured(desk, paused=True, request_id=request["stream_id"])
    done = await answer
    assert (done["errors"], done["account"]) == ([], {"state": "PAUSED", "mode": "PROACTIVE"})
    assert await updated(desk, paused=True, idempotencyKey="hold") == done
    assert len(await desk.pool.fetch(ASKED)) == 1
    await configured(desk)


async def test_an_account_that_leaves_the_configuration_meanwhile_is_not_found(desk: Desk) -> None:
    before = len(await desk.pool.fetch(ASKED))
    answer = asyncio.create_task(updated(desk, mode="REACT", idempotencyKey="late"))
    request = await asked_of_channels(desk, before)
    await configured(desk, active=False, request_id=request["stream_id"])
    assert (await answer)["errors"] == [{"code": "NOT_FOUND", "path": ["accountId"]}]
    refused = await updated(desk, paused=True, idempotencyKey="later")
    assert refused["errors"] == [{"code": "NOT_FOUND", "path": ["accountId"]}]
    await configured(desk)


@pytest.mark.parametrize("role", ["AGENT", "LEAD", "AUDITOR", "PRIVACY", "INTEGRATION"])
async def test_nobody_but_an_administrator_says_what_may_leave(desk: Desk, role: str) -> None:
    before = len(await desk.pool.fetch(ASKED))
    refused = await updated(desk, f"{role}:anna", paused=True)
    assert ([error["code"] for error in refused["errors"]], refused["account"]) == (["FORBIDDEN"], None)
    assert len(await desk.pool.fetch(ASKED)) == before


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, {"code": "INVALID_INPUT", "path": ["paused"]}),
        ({"paused": True, "accountId": "nothing"}, {"code": "NOT_FOUND", "path": ["accountId"]}),
        ({"paused": True, "idempotencyKey": " "}, {"code": "INVALID_INPUT", "path": ["idempotencyKey"]}),
    ],
)
async def test_what_cannot_be_asked_is_said_by_its_field(
    desk: Desk, fields: dict[str, Any], error: dict[str, Any]
) -> None:
    assert (await updated(desk, **fields))["errors"] == [error]
