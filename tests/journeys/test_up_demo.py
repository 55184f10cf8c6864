"""`eender up --demo`: a shop to look at, with a token per role."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from services.console.demo_shop import CUSTOMERS
from tests.support.shop import free_ports

CASES = "{ cases(first: 100) { totalCount nodes { status assignee { ref } gestures { status } } } }"
ROLES = {"agent", "lead", "auditor", "privacy", "admin", "integration"}


def shown(data: Path, *arguments: str) -> dict[str, Any]:
    """Start it, look at the cases as the lead, stop it; the cases."""
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
            headers = {"Authorization": f"Bearer {ready['tokens']['lead']}"}
            answer = httpx.post(ready["graphql"], json={"query": CASES}, headers=headers, timeout=30).json()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
    cases: dict[str, Any] = answer["data"]["cases"]
    return cases


def test_the_demo_is_filled_once_and_has_something_of_everything(tmp_path: Path) -> None:
    cases = shown(tmp_path / "run", "--demo", "--seed", "3")
    assert cases["totalCount"] == CUSTOMERS
    assert {case["status"] for case in cases["nodes"]} >= {"OPEN", "RESOLVED"}
    statuses = {gesture["status"] for case in cases["nodes"] for gesture in case["gestures"]}
    assert statuses >= {"GIVEN", "AWAITING_APPROVAL"}
    assert all(case["assignee"] is not None for case in cases["nodes"])
    assert shown(tmp_path / "run", "--demo") == cases
