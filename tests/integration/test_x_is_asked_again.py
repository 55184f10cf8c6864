"""After an outage X is asked once for what it could not deliver, on a real Postgres and over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import pytest

from contracts.vocabulary import Channel
from services.channels.domain.raw import account_id_of
from services.channels.settings import AccountSettings, ChannelsSettings
from services.channels.workers.replays import Replays
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.support.x_stand_in import APP_TOKEN, XStandIn

HEALTH = "SELECT trouble FROM replays WHERE account_id = $1"


@pytest.fixture
def platform() -> Iterator[XStandIn]:
    stand_in = XStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
async def stand(database: str, keys_database: str, platform: XStandIn) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, platform.url) as opened:
        yield opened


def replays(stand: ChannelsStand, platform: XStandIn, token: str = APP_TOKEN) -> Replays:
    secrets = {"consumer_secret": ("s",), "webhook_id": ("114665",), "bearer_token": (token,)}
    account = AccountSettings(channel=Channel.X, account="shop", name="shop", secrets=secrets, api_base=platform.url)
    settings = ChannelsSettings.of((account,), region="NL", digest="d")
    return Replays(settings, stand.parts.poster, stand.pool, stand.clock)


async def up(stand: ChannelsStand, asking: Replays, minutes: int) -> None:
    """Up for so long, with a round every other minute."""
    for _ in range(minutes // 2):
        await asking.round()
        stand.clock.ahead += timedelta(minutes=2)


async def test_after_an_outage_what_was_missed_is_asked_for_once(stand: ChannelsStand, platform: XStandIn) -> None:
    asking = replays(stand, platform)
    await up(stand, asking, 4)
    away: datetime = stand.clock.now() - timedelta(minutes=2)
    stand.clock.ahead += timedelta(hours=2)
    back: datetime = stand.clock.now()
    await up(stand, asking, 10)
    assert platform.sent == []
    await up(stand, asking, 10)
    (asked,) = platform.sent
    assert asked.path == "/2/webhooks/replay"
    assert asked.body == {
        "webhook_id": "114665",
        "from_date": f"{away:%Y%m%d%H%M}",
        "to_date": f"{back + timedelta(minutes=1):%Y%m%d%H%M}",
    }


async def test_what_is_refused_is_told_and_what_was_not_heard_is_asked_again(
    stand: ChannelsStand, platform: XStandIn
) -> None:
    asking = replays(stand, platform)
    await up(stand, asking, 2)
    stand.clock.ahead += timedelta(days=9)
    platform.fail_next.append((503, {}))
    await up(stand, asking, 16)
    (asked,) = platform.sent
    assert asked.body["from_date"] > f"{stand.clock.now() - timedelta(days=5, minutes=9):%Y%m%d%H%M}"
    not_allowed = replays(stand, platform, "of somebody else")
    stand.clock.ahead += timedelta(hours=1)
    await up(stand, not_allowed, 20)
    row = await one(stand.pool, HEALTH, account_id_of(Channel.X, "shop"))
    assert (row["trouble"], platform.calls) == ("replay-http-403", 3)
