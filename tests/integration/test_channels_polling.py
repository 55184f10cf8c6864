"""From a site's feed to facts, on a real Postgres and over real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from contracts.vocabulary import Channel
from infra.clock import SystemIds
from services.channels.domain.channel_spec import WEBHOOK_BODY_BYTES_MAX
from services.channels.settings import AccountSettings
from services.channels.workers import poller
from services.channels.workers.poller import Poller, source_of
from services.channels.workers.safe_fetcher import SafeFetcher
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.support.site import Site
from tests.unit.channels.feed_payloads import BOMB, RSS
from tests.unit.channels.youtube_payloads import thread, threads

RECEIVED = "channels.contact.received.v1"


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    opened.answers["/feed"] = (200, {"etag": '"1"'}, today(RSS))
    yield opened
    opened.close()


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


def an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()  # noqa: TID251  (played)


def today(feed: str) -> bytes:
    """The feed as if its first entry were of an hour ago."""
    written = (datetime.now(UTC) - timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S +0000")  # noqa: TID251  (played)
    return feed.replace("Sat, 21 Nov 2026 09:00:00 +0100", written).encode()


async def look(stand: ChannelsStand, url: str, *, may_be_local: bool = True) -> float:
    account = AccountSettings(
        channel=Channel.FEED, account="complaints", name="complaints", feed_url=url, feed_may_be_local=may_be_local
    )
    return await look_at(stand, account)


async def look_at(stand: ChannelsStand, account: AccountSettings) -> float:
    fetcher = SafeFetcher(bytes_max=WEBHOOK_BODY_BYTES_MAX)
    source = source_of(account)
    assert source is not None
    reader = Poller(
        account=account,
        source=source,
        pool=stand.pool,
        fetcher=fetcher,
        store=stand.keeper,
        clock=stand.clock,
        ids=SystemIds(),
    )
    try:
        wait = await reader.look()
    finally:
        await fetcher.close()
    await stand.read_all()
    return wait


async def trouble(stand: ChannelsStand) -> str | None:
    row = await one(stand.pool, "SELECT trouble FROM polls")
    found: str | None = row["trouble"]
    return found


async def test_s032_every_entry_of_a_complaint_site_becomes_one_contact_however_often_it_is_fetched(
    stand: ChannelsStand, site: Site
) -> None:
    wait = await look(stand, f"{site.url}/feed")
    assert poller.LOOK_EVERY_SECONDS <= wait <= poller.LOOK_EVERY_SECONDS + poller.SPREAD_MS / 1000
    assert await stand.facts() == [RECEIVED, RECEIVED]
    changed = today(RSS.replace("<title>Complaints</title>", "<title>Complaints!</title>"))
    site.answers["/feed"] = (200, {"etag": '"2"'}, changed)
    await look(stand, f"{site.url}/feed")
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    assert await stand.facts() == [RECEIVED, RECEIVED]


async def test_what_has_not_changed_is_not_sent_again(stand: ChannelsStand, site: Site) -> None:
    await look(stand, f"{site.url}/feed")
    site.answers["/feed"] = (304, {}, b"")
    await look(stand, f"{site.url}/feed")
    assert (await one(stand.pool, "SELECT etag, trouble FROM polls"))["etag"] == '"1"'
    assert (await one(stand.pool, "SELECT count(*) AS count FROM raws"))["count"] == 1


async def test_a_site_in_trouble_is_left_alone_for_as_long_as_it_asks_and_then_caught_up_with(
    stand: ChannelsStand, site: Site
) -> None:
    site.answers["/feed"] = (503, {"retry-after": "7200"}, b"")
    assert await look(stand, f"{site.url}/feed") >= 7200
    assert await trouble(stand) == "http-503"
    site.answers["/feed"] = (200, {}, today(RSS))
    await look(stand, f"{site.url}/feed")
    assert await trouble(stand) is None
    assert len(await stand.facts()) == 2


async def test_a_feed_that_declares_entities_is_kept_but_not_read(stand: ChannelsStand, site: Site) -> None:
    site.answers["/feed"] = (200, {}, BOMB.encode())
    await look(stand, f"{site.url}/feed")
    assert await trouble(stand) == "malformed-xml"
    assert (await one(stand.pool, "SELECT state, reason FROM raws"))["reason"] == "malformed-xml"
    assert await stand.facts() == []


async def test_a_feed_that_leads_to_our_own_network_is_not_fetched(stand: ChannelsStand, site: Site) -> None:
    await look(stand, f"{site.url}/feed", may_be_local=False)
    assert site.asked == []
    assert await trouble(stand) in {"port", "not-public"}


async def test_s031_comments_below_our_videos_become_contacts_once(stand: ChannelsStand, site: Site) -> None:
    account = AccountSettings(
        channel=Channel.YOUTUBE, account="UCshop", name="videos", api_base=site.url, secrets={"api_key": ("key",)}
    )
    path = (
        "/youtube/v3/commentThreads?part=snippet%2Creplies&allThreadsRelatedToChannelId=UCshop"
        "&order=time&maxResults=100&textFormat=plainText&key=key"
    )
    site.answers[path] = (200, {"etag": '"1"'}, json.dumps(threads(thread(publishedAt=an_hour_ago()))).encode())
    await look_at(stand, account)
    await look_at(stand, account)
    assert await stand.facts() == [RECEIVED]
    site.answers[path] = (403, {}, b"{}")
    assert await look_at(stand, account) > poller.LOOK_EVERY_SECONDS
    assert await trouble(stand) == "http-403"
