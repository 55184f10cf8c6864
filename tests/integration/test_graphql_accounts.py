"""Our accounts on the channels as the desk shows them, on a real Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from contracts.channels import AccountHealthChanged
from contracts.envelope import Message
from contracts.vocabulary import Channel, id_of, system_actor
from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from services.case.domain.policy import CasePolicy
from services.case.reactions.show_health_on_account_health_changed import show_health_on_account_health_changed
from tests.integration.graphql_stand import Desk, own_desk

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
    ("policy", "state", "mode"),
    [
        (CasePolicy(paused=frozenset({WABA})), "PAUSED", "PROACTIVE"),
        (CasePolicy(listening=frozenset({WABA}), reactive=frozenset({WABA})), "ACTIVE", "LISTEN"),
    ],
)
async def test_by_an_account_that_is_paused_or_only_listens_nobody_is_answered(
    postgres_server: EmbeddedPostgres, policy: CasePolicy, state: str, mode: str
) -> None:
    async with own_desk(postgres_server, policy=policy) as desk:
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
