"""By which policy what comes in is judged, on a real Postgres: what channels told of accounts, at once here."""

from __future__ import annotations

import msgspec

from contracts.channels import AccountConfigured
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import AccountMode, Channel, id_of, system_actor
from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from services.case.domain.policy import CasePolicy
from services.case.reactions.show_account_on_account_configured import show_account_on_account_configured
from services.case.workers.standing_policy import StandingPolicy
from tests.integration.graphql_stand import own_desk

FEED = (Channel.FEED, "news")


async def test_what_channels_told_counts_for_the_next_contact(postgres_server: EmbeddedPostgres) -> None:
    judged: list[tuple[str | None, bool]] = []

    async def attach(_message: Message, _context: CommandContext, *, policy: CasePolicy) -> None:
        judged.append((policy.triage.modes.get(FEED), FEED in policy.muted))

    async with own_desk(postgres_server) as desk:
        standing = StandingPolicy(desk.pool, CasePolicy())
        come = standing.judging(attach)
        changed = standing.changing(show_account_on_account_configured, record=desk.record)
        assert (come.__name__, changed.__name__) == ("attach", "show_account_on_account_configured")
        for mode in (None, AccountMode.LISTEN, AccountMode.PROACTIVE):
            news = AccountConfigured(id_of("account", *FEED), *FEED, "News", mode=mode)
            message = Message("channels", 1, SystemClock().now(), data=msgspec.Raw(msgspec.json.encode(news)))
            context = desk.context(system_actor("channels"))
            await come(message, context)
            await changed(message, context)
            await come(message, context)
    none, react, listen, proactive = (None, False), ("react", False), ("listen", True), ("proactive", False)
    assert judged == [none, react, react, listen, listen, proactive]
