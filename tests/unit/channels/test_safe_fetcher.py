"""Strangers' addresses are fetched from where everybody can go, and only so much of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from services.channels.workers import safe_fetcher
from services.channels.workers.safe_fetcher import FetchFailed, FetchRefused, Remembered, SafeFetcher, is_public
from tests.support.site import Site

BYTES_MAX = 10_000


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.close()


async def fetch(url: str, known: Remembered | None = None, *, may_be_local: bool = True) -> Any:
    fetcher = SafeFetcher(bytes_max=BYTES_MAX)
    try:
        return await fetcher.fetch(url, known, may_be_local=may_be_local)
    finally:
        await fetcher.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  (it is to be refused)
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
    ],
)
def test_an_address_that_only_we_can_reach_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_an_address_that_everybody_can_reach_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/feed", "not-public"),
        ("http://localhost/feed", "not-public"),
        ("http://[::1]/feed", "not-public"),
        ("http://169.254.169.254/latest/meta-data", "not-public"),
        ("http://2130706433/", "not-public"),
        ("http://0x7f.1/", "not-public"),
        ("http://[::ffff:127.0.0.1]/", "not-public"),
        ("http://93.184.216.34:22/", "port"),
        ("ftp://93.184.216.34/", "no-address"),
        ("file:///etc/passwd", "no-address"),
        ("http://user:secret@93.184.216.34/", "no-address"),
        ("http://[::1/", "no-address"),
        ("http:///feed", "no-address"),
    ],
)
async def test_nothing_of_our_own_network_is_fetched_however_it_is_written(url: str, reason: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        await fetch(url, may_be_local=False)
    assert refused.value.reason == reason


async def test_a_name_that_leads_to_one_private_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", 0)), (2, 1, 6, "", ("10.0.0.1", 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    with pytest.raises(FetchRefused) as refused:
        await fetch("http://rebinding.example/", may_be_local=False)
    assert refused.value.reason == "not-public"


async def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def once(host: Any, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", once)
    site.answers["/feed?a=1"] = (200, {}, b"<rss/>")
    fetched = await fetch(f"http://feeds.example:{site.port}/feed?a=1")
    assert (fetched.status, fetched.body) == (200, b"<rss/>")
    assert asked == ["feeds.example"]
    assert site.asked[0][1]["host"] == f"feeds.example:{site.port}"


async def test_a_redirect_is_followed_after_its_address_was_looked_at_too(site: Site) -> None:
    site.answers["/old"] = (301, {"location": "/new"}, b"")
    site.answers["/new"] = (200, {}, b"<rss/>")
    assert (await fetch(f"{site.url}/old")).body == b"<rss/>"
    site.answers["/away"] = (302, {"location": "file:///etc/passwd"}, b"")
    with pytest.raises(FetchRefused):
        await fetch(f"{site.url}/away")
    site.answers["/round"] = (302, {"location": "/round"}, b"")
    with pytest.raises(FetchFailed) as failed:
        await fetch(f"{site.url}/round")
    assert failed.value.reason == "too-many-redirects"


async def test_what_is_known_is_not_sent_again(site: Site) -> None:
    site.answers["/"] = (200, {"etag": '"v1"', "last-modified": "Sat, 21 Nov 2026 09:00:00 GMT"}, b"<rss/>")
    fetched = await fetch(site.url)
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Sat, 21 Nov 2026 09:00:00 GMT")
    site.answers["/"] = (304, {}, b"")
    assert (await fetch(site.url, Remembered(fetched.etag, fetched.last_modified))).status == 304
    headers = site.asked[-1][1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"v1"', "Sat, 21 Nov 2026 09:00:00 GMT")


async def test_too_much_too_slow_and_what_is_packed_is_left_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["/much"] = (200, {}, b"x" * (BYTES_MAX + 1))
    site.answers["/packed"] = (200, {"content-encoding": "gzip"}, b"\x1f\x8b")
    site.answers["/slow"] = (200, {"content-length": "100"}, b"x")
    for path, reason in (("/much", "too-large"), ("/packed", "packed")):
        with pytest.raises(FetchFailed) as failed:
            await fetch(site.url + path)
        assert failed.value.reason == reason
    monkeypatch.setattr(safe_fetcher, "FETCH_SECONDS_MAX", 0.3)
    with pytest.raises(FetchFailed):
        await fetch(f"{site.url}/slow")


async def test_a_host_nobody_knows_may_be_known_later() -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetch("http://nobody.invalid/", may_be_local=False)
    assert failed.value.reason == "unknown-host"
