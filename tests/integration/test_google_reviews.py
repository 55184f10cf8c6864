"""From a location's reviews to facts and back, on a real Postgres, against a stand-in that follows the documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleKind, Visibility
from infra.clock import SystemIds
from services.channels.domain.channel_spec import WEBHOOK_BODY_BYTES_MAX
from services.channels.domain.outbound import Reply, SendOutcome, SendRefused, SendTarget, TakenOver
from services.channels.providers import google_reviews_replies
from services.channels.settings import AccountSettings
from services.channels.workers.http_poster import HttpxPoster
from services.channels.workers.pollers import pollers_of
from services.channels.workers.reviews_poller import ALL_EVERY
from services.channels.workers.safe_fetcher import SafeFetcher
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.support.google_stand_in import REFRESH_TOKEN, TOKEN, GoogleStandIn
from tests.unit.channels.google_payloads import review
from tests.unit.channels.in_memory import REPLY_ID

RECEIVED, EDITED, REMOVED = (f"channels.contact.{word}.v1" for word in ("received", "edited", "removed"))


@pytest.fixture
def google() -> Iterator[GoogleStandIn]:
    opened = GoogleStandIn(page_size=2)
    yield opened
    opened.close()


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()  # noqa: TID251  (played)


def written(review_id: str, comment: str = "Hello", **time: float) -> dict[str, Any]:
    return review(review_id, comment, createTime=ago(**(time or {"hours": 1})))


def account_at(google: GoogleStandIn, **secrets: str) -> AccountSettings:
    return AccountSettings(
        channel=Channel.GOOGLE_REVIEWS, account="utrecht", name="Utrecht", api_base=google.api_base,
        secrets={name: (value,) for name, value in secrets.items()},
    )  # fmt: skip


async def look(stand: ChannelsStand, google: GoogleStandIn, token: str = TOKEN, **secrets: str) -> list[str]:
    """Look once; gives the paths that were asked for."""
    account = account_at(google, **(secrets or {"access_token": token}))
    fetcher, before = SafeFetcher(bytes_max=WEBHOOK_BODY_BYTES_MAX), len(google.asked)
    (poller,) = pollers_of(
        (account,), pool=stand.pool, fetcher=fetcher, store=stand.keeper, record=stand.record, clock=stand.clock,
        ids=SystemIds(), tokens=stand.parts.tokens,
    )  # fmt: skip
    try:
        await poller.look()
    finally:
        await fetcher.close()
    await stand.read_all()
    return [path for _, path in google.asked[before:]]


async def test_s031_reviews_come_in_once_and_a_look_goes_no_further_back_than_the_last_one(
    stand: ChannelsStand, google: GoogleStandIn
) -> None:
    for number in range(5):
        google.put(written(f"r{number}", hours=number + 1))
    assert len(await look(stand, google)) == 3, "all pages"
    assert await stand.facts() == [RECEIVED] * 5
    assert len(await look(stand, google)) == 1, "the first page goes back far enough"
    assert await stand.facts() == [RECEIVED] * 5
    google.put(written("r9", minutes=1))
    google.put(written("r8", minutes=2))
    assert len(await look(stand, google)) == 2
    assert await stand.facts() == [RECEIVED] * 7
    assert (await one(stand.pool, "SELECT count(*) AS count FROM raws WHERE state <> 'READ'"))["count"] == 0


async def test_a_change_is_an_edit_and_only_what_is_really_gone_is_taken_back(
    stand: ChannelsStand, google: GoogleStandIn
) -> None:
    for number in range(4):
        google.put(written(f"r{number}", hours=number + 1))
    await look(stand, google)
    google.reviews["r3"] |= {"comment": "It came after all", "updateTime": ago(minutes=1)}
    await look(stand, google)
    assert await stand.facts() == [*[RECEIVED] * 4, EDITED]
    del google.reviews["r1"]
    await look(stand, google)
    assert REMOVED not in await stand.facts(), "a day has not gone by"
    stand.clock.ahead = ALL_EVERY + timedelta(minutes=1)
    paths = await look(stand, google)
    assert [path for path in paths if path.endswith("/r1")] != []
    assert (await stand.facts()).count(REMOVED) == 1
    stand.clock.ahead *= 2
    await look(stand, google)
    assert (await stand.facts()).count(REMOVED) == 1


async def test_a_token_that_is_not_taken_is_shown_as_trouble_and_nothing_is_lost(
    stand: ChannelsStand, google: GoogleStandIn
) -> None:
    google.put(written("r1"))
    await look(stand, google, token="ended")
    assert (await one(stand.pool, "SELECT trouble FROM polls"))["trouble"] == "http-401"
    await look(stand, google)
    assert (await one(stand.pool, "SELECT trouble FROM polls"))["trouble"] is None
    assert await stand.facts() == [RECEIVED]


async def said(google: GoogleStandIn, review_id: str, token: str = TOKEN) -> SendOutcome:
    target = SendTarget(api_base=google.api_base, sender_id="utrecht", secrets={"access_token": token})
    to = HandleContent(HandleKind.GOOGLE, review_id)
    call = google_reviews_replies.render(Reply(REPLY_ID, to, "Sorry!", visibility=Visibility.PUBLIC), target)
    poster = HttpxPoster()
    try:
        return google_reviews_replies.interpret(await poster.post(call))
    finally:
        await poster.close()


async def test_an_answer_stands_below_its_review_and_is_refused_where_there_is_none(google: GoogleStandIn) -> None:
    google.put(written("r1"))
    assert await said(google, "r1") == TakenOver("r1/reply")
    assert google.reviews["r1"]["reviewReply"]["comment"] == "Sorry!"
    gone = await said(google, "r7")
    assert isinstance(gone, SendRefused)
    assert (gone.code, gone.retryable) == ("NOT_FOUND", False)
    ended = await said(google, "r1", token="ended")
    assert isinstance(ended, SendRefused)
    assert ended.retryable


async def test_an_access_token_is_renewed_before_it_ends_and_when_it_is_not_believed(
    stand: ChannelsStand, google: GoogleStandIn
) -> None:
    secrets = {"refresh_token": REFRESH_TOKEN, "client_id": "id", "client_secret": "s", "token_url": google.token_url}
    google.put(written("r1"))
    google.renewals = 0
    await look(stand, google, **secrets)
    await look(stand, google, **secrets)
    assert (google.renewals, await stand.facts()) == (1, [RECEIVED])
    stand.clock.ahead = timedelta(minutes=59)
    await look(stand, google, **secrets)
    assert google.renewals == 2
    google.end_token()
    google.put(written("r2", minutes=1))
    await look(stand, google, **secrets)
    assert (google.renewals, await stand.facts()) == (3, [RECEIVED] * 2)


async def test_a_refresh_token_that_is_not_believed_is_trouble_and_is_not_asked_for_at_once_again(
    stand: ChannelsStand, google: GoogleStandIn
) -> None:
    secrets = {"refresh_token": "withdrawn", "client_id": "id", "client_secret": "s", "token_url": google.token_url}
    assert await look(stand, google, **secrets) == []
    assert await look(stand, google, **secrets) == []
    assert (google.renewals, google.token_calls) == (0, 1)
    assert (await one(stand.pool, "SELECT trouble FROM polls"))["trouble"] == "no-token"
