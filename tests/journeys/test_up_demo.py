"""`eender up --demo`: four shops to look at, in the sizes that were counted, with a token per role."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from infra.clock import SystemClock
from services.console.demo_shop import CUSTOMERS, SCALE, SHOPS
from tests.support.free_ports import free_ports

CASES = """{ cases(first: 100) {
  totalCount nodes { status brand { ref } assignee { ref teams { ref } } gestures { status } } } }"""
AGENTS = "{ agents(first: 100) { nodes { presence teams { ref } } } }"
FOUND = """query($after: String) { mentions(first: 100, after: $after) {
  totalCount pageInfo { endCursor hasNextPage } nodes { channel url occurredAt account { brand { ref } } } } }"""
ROLES = {"agent", "lead", "auditor", "privacy", "admin", "integration"}


class Seen:
    """What the lead sees of the demo."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self.cases: dict[str, Any] = self._ask(CASES)["cases"]
        self.found = list(self._found())
        self.agents: list[dict[str, Any]] = self._ask(AGENTS)["agents"]["nodes"]

    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        asked = {"query": query, "variables": variables}
        data: dict[str, Any] = httpx.post(self._url, json=asked, headers=self._headers, timeout=60).json()["data"]
        return data

    def _found(self) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            page = self._ask(FOUND, after=after)["mentions"]
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def found_of(self, brand: str) -> list[dict[str, Any]]:
        return [each for each in self.found if each["account"]["brand"]["ref"] == brand]

    def team(self, ref: str) -> list[str]:
        """The presences of its members."""
        return [agent["presence"] for agent in self.agents if agent["teams"][0]["ref"] == ref]


@contextmanager
def started(data: Path, *arguments: str) -> Iterator[Seen]:
    words = ["up", "--data", str(data), "--port", str(free_ports(3)), "--json", *arguments]
    with subprocess.Popen(
        [sys.executable, "-m", "services.console", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            ready = json.loads(line)
            assert set(ready["tokens"]) == ROLES
            yield Seen(ready["graphql"], ready["tokens"]["lead"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "run"


@pytest.fixture(scope="module")
def demo(folder: Path) -> Seen:
    with started(folder, "--demo", "--seed", "3") as seen:
        return seen


def test_s107_the_largest_shop_is_named_in_so_many_messages_a_month_and_has_three_people(demo: Seen) -> None:
    assert len(demo.found_of("shop")) * SCALE == 50_000
    assert demo.team("care") == ["ONLINE"] * 3


def test_s108_the_next_one_is_named_less_often_and_has_four(demo: Seen) -> None:
    assert len(demo.found_of("linen")) * SCALE == 4_000
    assert demo.team("linen-care") == ["ONLINE"] * 4


def test_s109_the_smallest_one_has_two(demo: Seen) -> None:
    assert len(demo.found_of("wire")) * SCALE == 600
    assert demo.team("wire-care") == ["ONLINE"] * 2


def test_s110_the_post_has_twelve_people_four_of_them_at_once(demo: Seen) -> None:
    assert Counter(demo.team("post-care")) == {"ONLINE": 4, "OFFLINE": 8}


def test_s111_the_posts_week_is_its_busiest_one_with_its_mix_of_sources(demo: Seen) -> None:
    found = demo.found_of("post")
    assert len(found) == round(21_049 / SCALE)
    sources = Counter(urlsplit(each["url"]).hostname for each in found)
    assert sources["postkoets.example"] == sum(each["channel"] == "X" for each in found)
    shares = {name: count / len(found) for name, count in sources.items()}
    assert shares["postkoets.example"] == pytest.approx(0.70, abs=0.01)
    assert shares["complaint-site.example"] == pytest.approx(0.12, abs=0.01)
    assert shares["social-site.example"] == pytest.approx(0.03, abs=0.01)
    oldest = min(datetime.fromisoformat(each["occurredAt"]) for each in found)
    assert SystemClock().now() - oldest < timedelta(days=7, hours=1)


def test_the_demo_is_filled_once_and_has_something_of_everything(demo: Seen, folder: Path) -> None:
    cases = demo.cases
    assert cases["totalCount"] == CUSTOMERS
    assert {case["status"] for case in cases["nodes"]} >= {"OPEN", "RESOLVED"}
    statuses = {gesture["status"] for case in cases["nodes"] for gesture in case["gestures"]}
    assert statuses >= {"GIVEN", "AWAITING_APPROVAL"}
    assert all(case["assignee"] is not None for case in cases["nodes"])
    assert len({case["brand"]["ref"] for case in cases["nodes"]}) > 2
    teams = {shop.ref: shop.team for shop in SHOPS}
    for case in cases["nodes"]:
        assert [team["ref"] for team in case["assignee"]["teams"]] == [teams[case["brand"]["ref"]]]
    with started(folder, "--demo") as again:
        assert again.cases == cases
        assert again.found == demo.found
