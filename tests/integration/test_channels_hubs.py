"""A feed that names a WebSub hub is asked for there, granted, pushed, and asked for again before the lease ends."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from contracts.vocabulary import Channel
from infra.clock import SystemIds
from services.channels.domain.channel_spec import WEBHOOK_BODY_BYTES_MAX
from services.channels.domain.raw import account_id_of
from services.channels.providers import feed
from services.channels.settings import AccountSettings, ChannelsSettings
from services.channels.workers.hubs import PostgresHubs
from services.channels.workers.pollers import pollers_of
from services.channels.workers.safe_fetcher import SafeFetcher
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.support.site import Site
from tests.unit.channels.front_door import FrontDoor, front_door

ADDRESS = "/channels/feed/complaints"
SECRETS = {"hub_secret": ("hub-secret-of-a-test",), "verify_token": ("a token & more",)}
REACHED_AT = {"public_url": ("https://door.shop.example/",)}


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    body = (
        f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><a:link rel="hub" href="{opened.url}/hub"/>'
    )
    opened.answers["/feed"] = (200, {}, f"{body}</channel></rss>".encode())
    opened.answers["/hub"] = (202, {}, b"")
    yield opened
    opened.close()


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


def account(site: Site, **secrets: tuple[str, ...]) -> AccountSettings:
    return AccountSettings(
        channel=Channel.FEED,
        account="complaints",
        name="complaints",
        feed_url=f"{site.url}/feed",
        feed_may_be_local=True,
        secrets=secrets,
    )


async def look(stand: ChannelsStand, of: AccountSettings) -> None:
    fetcher = SafeFetcher(bytes_max=WEBHOOK_BODY_BYTES_MAX)
    (poller,) = pollers_of(
        [of],
        pool=stand.pool,
        fetcher=fetcher,
        store=stand.keeper,
        record=stand.record,
        clock=stand.clock,
        ids=SystemIds(),
        tokens=stand.parts.tokens,
    )
    try:
        await poller.look()
    finally:
        await fetcher.close()


@asynccontextmanager
async def door(stand: ChannelsStand, of: AccountSettings) -> AsyncIterator[FrontDoor]:
    settings = ChannelsSettings(region="NL", accounts={account_id_of(of.channel, of.account): of})
    hubs = PostgresHubs(stand.pool, stand.clock)
    async with front_door({Channel.FEED: feed}, settings, stand.keeper, hubs=hubs) as opened:
        yield opened


async def test_a_hub_is_asked_confirmed_and_asked_again_when_half_of_the_lease_is_over(
    stand: ChannelsStand, site: Site
) -> None:
    of = account(site, **SECRETS, **REACHED_AT)
    await look(stand, of)
    ((path, asked),) = site.posted
    assert path == "/hub"
    assert (asked["hub.mode"], asked["hub.topic"]) == (["subscribe"], [f"{site.url}/feed"])
    assert asked["hub.secret"] == ["hub-secret-of-a-test"]
    callback = urlsplit(asked["hub.callback"][0])
    assert f"{callback.scheme}://{callback.netloc}{callback.path}" == f"https://door.shop.example{ADDRESS}"
    token = parse_qs(callback.query)["hub.verify_token"][0]

    said = {
        "hub.mode": "subscribe",
        "hub.challenge": "echo-me",
        "hub.lease_seconds": "86400",
        "hub.verify_token": token,
    }
    async with door(stand, of) as opened:
        other = await opened.client.get(ADDRESS, params={**said, "hub.topic": "https://elsewhere.example/feed"})
        assert other.status_code == 404
        shaken = await opened.client.get(ADDRESS, params={**said, "hub.topic": f"{site.url}/feed"})
        assert (shaken.status_code, shaken.text) == (200, "echo-me")
        pushed = site.answers["/feed"][2]
        signature = hmac.new(b"hub-secret-of-a-test", pushed, hashlib.sha256).hexdigest()
        taken = await opened.post(ADDRESS, pushed, {"X-Hub-Signature": f"sha256={signature}"})
        assert taken.status_code == 202

    await look(stand, of)
    assert len(site.posted) == 1, "the lease has only begun"
    await stand.pool.execute(
        "UPDATE hubs SET asked_at = asked_at - $1::interval, leased_until = leased_until - $1::interval",
        timedelta(hours=13),
    )
    site.answers["/feed"] = (304, {}, b"")
    await look(stand, of)
    assert len(site.posted) == 2, "also when the feed itself has not changed"


async def test_a_hub_that_denies_or_cannot_be_reached_is_noted_and_polling_goes_on(
    stand: ChannelsStand, site: Site
) -> None:
    of = account(site, **SECRETS, **REACHED_AT)
    site.answers["/hub"] = (500, {}, b"")
    await look(stand, of)
    assert (await one(stand.pool, "SELECT trouble FROM hubs"))["trouble"] == "http-500"
    assert (await one(stand.pool, "SELECT trouble FROM polls"))["trouble"] is None
    denied = {"hub.mode": "denied", "hub.topic": f"{site.url}/feed", "hub.verify_token": SECRETS["verify_token"][0]}
    async with door(stand, of) as opened:
        assert (await opened.client.get(ADDRESS, params={**denied, "hub.verify_token": "wrong"})).status_code == 401
        assert (await opened.client.get(ADDRESS, params=denied)).status_code == 200
    assert (await one(stand.pool, "SELECT trouble FROM hubs"))["trouble"] == "denied"


async def test_where_it_is_not_said_how_we_can_be_reached_nobody_is_asked(stand: ChannelsStand, site: Site) -> None:
    of = account(site, **SECRETS)
    await look(stand, of)
    assert site.posted == []
    said = {"hub.mode": "subscribe", "hub.topic": "whatever", "hub.challenge": "echo-me"}
    async with door(stand, of) as opened:
        answer = await opened.client.get(ADDRESS, params={**said, "hub.verify_token": SECRETS["verify_token"][0]})
    assert (answer.status_code, answer.text) == (200, "echo-me"), "an operator may have asked"
