"""Which hub pushes a feed, and when it is to be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.channels.domain.hub_lease import (
    LEASE_SECONDS,
    LEASE_SECONDS_MAX,
    Announced,
    HubWord,
    Subscription,
    is_due,
    word_of_hub,
)
from services.channels.providers.feed_hub import announced

URL = "https://forum.example/feed"
HUB, TOPIC = "https://hub.example/", "https://forum.example/canonical"
WHOM = Announced(HUB, TOPIC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="{HUB}"/><link rel="self" href="{TOPIC}"/></feed>'
).encode()
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Complaints</title>'
    f'<atom:link rel="self" href="{TOPIC}"/><atom:link rel="hub" href="{HUB}"/></channel></rss>'
).encode()
JSON_FEED = (
    f'{{"version": "https://jsonfeed.org/version/1.1", "feed_url": "{TOPIC}", "hubs": [{{"type": "rssCloud",'
    f' "url": "https://cloud.example/"}}, {{"type": "WebSub", "url": "{HUB}"}}]}}'
).encode()


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (ATOM, None),
        (RSS, None),
        (JSON_FEED, None),
        (b"<rss/>", f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'),
        (b"<rss/>", f"<{HUB}>;rel=hub,<{TOPIC}>; title=\"a, b\"; rel='self'".replace("'", '"')),
        (b"no feed at all", f'<{TOPIC}>; rel="alternate self", <{HUB}>; rel=hub; type="text/html"'),
        (ATOM.replace(HUB.encode(), b"https://other.example/"), f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'),
    ],
)
def test_a_hub_is_named_in_the_header_or_else_in_the_feed(body: bytes, header: str | None) -> None:
    assert announced(body, header, url=URL) == WHOM


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b"<rss/>", None),
        (b"<!DOCTYPE x><rss/>", None),
        (b"{", None),
        (b"<rss/>", f"<{TOPIC}>; rel=self"),
        (b"<rss/>", "<javascript:alert(1)>; rel=hub"),
        (b"<rss/>", "<" * 9_000),
        (b'{"hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}]}', None),
    ],
)
def test_without_a_hub_nobody_is_asked(body: bytes, header: str | None) -> None:
    assert announced(body, header, url=URL) is None


def test_a_feed_that_does_not_name_itself_is_known_by_its_address() -> None:
    assert announced(b"<rss/>", f"<{HUB}>; rel=hub", url=URL) == Announced(HUB, URL)


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (None, True),
        (Subscription(HUB, TOPIC, asked_at=NOW - timedelta(minutes=5)), False),
        (Subscription(HUB, TOPIC, asked_at=NOW - timedelta(hours=2)), True),
        (Subscription("https://former.example/", TOPIC, asked_at=NOW), True),
        (Subscription(HUB, TOPIC, NOW - timedelta(days=4), NOW + timedelta(days=6), 864_000), False),
        (Subscription(HUB, TOPIC, NOW - timedelta(days=6), NOW + timedelta(days=4), 864_000), True),
        (Subscription(HUB, TOPIC, NOW - timedelta(minutes=40), NOW + timedelta(minutes=20), 3_600), False),
        (Subscription(HUB, TOPIC, NOW - timedelta(days=20), NOW - timedelta(days=10), 864_000), True),
    ],
)
def test_a_hub_is_asked_again_when_half_of_its_lease_is_over(known: Subscription | None, *, due: bool) -> None:
    assert is_due(known, WHOM, NOW) is due


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.lease_seconds": "3600"}, HubWord(TOPIC, 3600)),
        ({"hub.mode": "subscribe", "hub.topic": TOPIC}, HubWord(TOPIC, LEASE_SECONDS)),
        ({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.lease_seconds": "0"}, HubWord(TOPIC, 1)),
        ({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.lease_seconds": "-5"}, HubWord(TOPIC, LEASE_SECONDS)),
        (
            {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.lease_seconds": "999999999999"},
            HubWord(TOPIC, LEASE_SECONDS_MAX),
        ),
        ({"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "no"}, HubWord(TOPIC, None)),
        ({"hub.mode": "unsubscribe", "hub.topic": TOPIC}, None),
        ({}, None),
    ],
)
def test_what_a_hub_says(query: dict[str, str], word: HubWord | None) -> None:
    assert word_of_hub(query) == word
