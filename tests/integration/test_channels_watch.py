"""How accounts do, and what a paused one does, on a real Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.account_update import AccountUpdateRequested
from contracts.envelope import Message
from contracts.vocabulary import AccountMode, Channel, DeliveryStatus
from infra import metrics
from infra.clock import SystemIds
from services.channels.domain.delivery import Delivery
from services.channels.domain.health import AccountHealth, health_id_of
from services.channels.domain.raw import account_id_of
from services.channels.reactions.update_account_on_account_update_requested import (
    update_account_on_account_update_requested,
)
from services.channels.settings import AccountSettings, ChannelsSettings
from services.channels.workers.watch import Watch
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.integration.whatsapp_talk import asked, sending, told, until
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text

WABA = account_id_of(Channel.WHATSAPP, "account-1")


@pytest.fixture
def platform() -> Iterator[WhatsAppStandIn]:
    stand_in = WhatsAppStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
async def stand(database: str, keys_database: str, platform: WhatsAppStandIn) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, platform.url) as opened:
        await told(opened, whatsapp_payload(whatsapp_text(timestamp=str(int(opened.clock.now().timestamp())))))
        yield opened


def with_account(stand: ChannelsStand, **changes: Any) -> ChannelsSettings:
    """The settings of the stand, its WhatsApp account otherwise."""
    account: AccountSettings = msgspec.structs.replace(stand.parts.settings.accounts[WABA], **changes)
    return ChannelsSettings.of((account,), region="NL", digest="")


async def looked(stand: ChannelsStand, settings: ChannelsSettings) -> AccountHealth:
    watch = Watch(
        pool=stand.pool,
        record=stand.record,
        clock=stand.clock,
        ids=SystemIds(),
        settings=settings,
        paces=settings.paces(),
    )
    await watch.round()
    found = await stand.record.load(AccountHealth, health_id_of(WABA))
    assert found is not None
    return found


async def test_an_account_tells_what_came_and_left_last_and_what_is_left_to_do(stand: ChannelsStand) -> None:
    waiting = await asked(stand)
    health = (await looked(stand, with_account(stand))).health
    assert health.last_received_at is not None
    assert (health.last_sent_at, health.unsent, health.unread, health.trouble) == (None, 1, 0, None)
    async with sending(stand):
        await until(lambda: reached(stand, waiting, DeliveryStatus.ACCEPTED))
    stand.clock.ahead += timedelta(hours=1)
    health = (await looked(stand, with_account(stand))).health
    assert (health.unsent, health.last_sent_at is None) == (0, False)


async def reached(stand: ChannelsStand, contact_id: Any, status: DeliveryStatus) -> bool:
    delivery = await stand.record.load(Delivery, contact_id)
    return delivery is not None and delivery.status is status


async def heard(stand: ChannelsStand) -> None:
    """Something came in just now, by the clock that the test moves: the front door of the stand has another one."""
    await stand.pool.execute("UPDATE raws SET received_at = $1", stand.clock.now())


async def test_silence_is_told_at_once_and_so_is_its_end(stand: ChannelsStand) -> None:
    settings = with_account(stand, silence_alarm_minutes=30)
    await heard(stand)
    assert (await looked(stand, settings)).health.silent_since is None
    stand.clock.ahead += timedelta(minutes=31)
    health = (await looked(stand, settings)).health
    assert health.silent_since == health.last_received_at
    assert metrics.accounts_silent.labels("whatsapp")._value.get() == 1
    await heard(stand)
    assert (await looked(stand, settings)).health.silent_since is None
    assert metrics.accounts_silent.labels("whatsapp")._value.get() == 0


async def test_an_account_that_cannot_be_reached_says_why(stand: ChannelsStand) -> None:
    await stand.pool.execute("INSERT INTO polls (account_id, trouble) VALUES ($1, 'TimeoutError')", WABA)
    assert (await looked(stand, with_account(stand))).health.trouble == "TimeoutError"
    assert metrics.accounts_in_trouble.labels("whatsapp")._value.get() == 1


async def test_a_login_that_is_not_taken_is_trouble_until_something_leaves_again(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    platform.fail_next.append((401, {"error": {"code": 190, "message": "Session has expired"}}))
    refused = await asked(stand)
    async with sending(stand):
        await until(lambda: reached(stand, refused, DeliveryStatus.FAILED))
        assert (await looked(stand, with_account(stand))).health.trouble == "login-refused"
        assert metrics.accounts_in_trouble.labels("whatsapp")._value.get() == 1
        stand.clock.ahead += timedelta(seconds=1)
        again = await asked(stand)
        await until(lambda: reached(stand, again, DeliveryStatus.ACCEPTED))
    assert (await looked(stand, with_account(stand))).health.trouble is None


async def test_a_payload_that_no_reader_gets_through_is_trouble_until_it_is_read(stand: ChannelsStand) -> None:
    await stand.pool.execute("UPDATE raws SET state = 'STUCK', reason = 'TypeError'")
    health = (await looked(stand, with_account(stand))).health
    assert (health.trouble, health.unread) == ("payload-stuck", 1)
    await stand.pool.execute("UPDATE raws SET state = 'READ', reason = NULL")
    health = (await looked(stand, with_account(stand))).health
    assert (health.trouble, health.unread) == (None, 0)


async def updated(stand: ChannelsStand, *, mode: AccountMode | None = None, paused: bool | None = None) -> None:
    """The desk asks for it, as the case service's message says."""
    now = stand.clock.now()
    wish = AccountUpdateRequested(SystemIds().new(), WABA, "ada", now, mode, paused)
    message = Message("case", 1, now, data=msgspec.Raw(msgspec.json.encode(wish)))
    await update_account_on_account_update_requested(message, stand.context(), record=stand.record)


async def test_by_a_paused_account_nothing_leaves_and_nothing_is_lost(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    contact_id = await asked(stand)
    await updated(stand, paused=True)
    async with sending(stand):
        await asyncio.sleep(1.2)
        assert platform.calls == 0
        assert await reached(stand, contact_id, DeliveryStatus.REQUESTED)
        await told(stand, whatsapp_payload(whatsapp_text(id="wamid.IN3")))  # comes in as ever
        await updated(stand, paused=False)
        await until(lambda: reached(stand, contact_id, DeliveryStatus.ACCEPTED))


async def test_by_an_account_that_only_listens_a_reply_fails_and_says_so(
    stand: ChannelsStand, platform: WhatsAppStandIn
) -> None:
    contact_id = await asked(stand)
    await updated(stand, mode=AccountMode.LISTEN)
    async with sending(stand):
        await until(lambda: reached(stand, contact_id, DeliveryStatus.FAILED))
    assert platform.calls == 0
