"""An auditor takes a case along in a file, and checks it where nothing of ours is but the program, or a browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from infra.bundle_check import verify_bundle
from services.console.account import account
from tests.support.chromium import chromium
from tests.support.shop import Shop

HERE = Path(__file__).parents[2]


def verify(file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """On a machine without a stack, a database or any setting."""
    return subprocess.run(
        [sys.executable, "-m", "services.console", "verify", "--bundle", str(file), *more],
        capture_output=True, text=True, check=False, timeout=60, cwd=file.parent, env={"PYTHONPATH": str(HERE)},
    )  # fmt: skip


async def settled_case(shop: Shop, number: str) -> dict[str, Any]:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Where is my canary {number}?")
    case = await shop.case_with_text(f"Where is my canary {number}?")
    await shop.done(anna, "CaseReply", caseId=case["id"], text=f"In the post, canary {number}.")
    return await shop.case(anna, case["id"])


async def accesses(shop: Shop, number: str) -> list[tuple[str, str | None]]:
    connection = await asyncpg.connect(shop.run()["databases"]["case"])
    try:
        rows = await connection.fetch(
            "SELECT e.action, e.purpose, e.actor_ref, e.role FROM access.seen e JOIN cases c USING (case_id) "
            "WHERE c.number = $1 AND e.operation = 'export' ORDER BY e.day, e.number",
            number,
        )
    finally:
        await connection.close()
    assert {(row["actor_ref"], row["role"]) for row in rows} == {(account().ref, "ADMIN")}
    return [(row["action"], row["purpose"]) for row in rows]


async def test_a_case_leaves_sealed_and_is_right_by_the_key_the_log_publishes(
    shop: Shop, number: str, tmp_path: Path
) -> None:
    case = await settled_case(shop, number)
    file = tmp_path / "case.json"
    said = json.loads(shop.eender("export", case["number"], "--out", str(file), "--json").stdout)
    assert file.stat().st_mode & 0o777 == 0o600
    key = (await shop.http.get(f"http://127.0.0.1:{shop.port}/log/key")).text.strip()
    assert said["vkey"] == key
    done = verify(file, "--key", key, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) | {"size": 0, "root": ""} == {
        "verified": True, "case": case["number"], "facts": said["facts"], "withheld": [], "origin": "eender/case",
        "size": 0, "root": "", "vkey": key, "key_given": True,
    }  # fmt: skip
    body = verify_bundle(file.read_bytes()).body
    assert {"case.opened.v1", "case.assigned.v1", "case.reply-requested.v1"} <= {fact.topic for fact in body.facts}
    assert "anna" in body.agents.values()
    parts = [part for fact in body.facts for part in (fact.clear, fact.meta, fact.seals, fact.sealed or b"")]
    assert not any(word.encode() in part for part in parts for word in ("canary", number))
    assert await accesses(shop, case["number"]) == [("EXPORT", None)]

    origin, _, public = key.split("+", 2)
    other = f"{origin}+00000000+{public}"
    refused = verify(file, "--key", other)
    assert refused.returncode == 2
    assert "this is no Ed25519 verifier key" in refused.stderr


async def test_its_texts_leave_readable_for_a_configured_purpose_only(shop: Shop, number: str, tmp_path: Path) -> None:
    case = await settled_case(shop, number)
    file = tmp_path / "case.html"

    def export(*more: str) -> subprocess.CompletedProcess[str]:
        return shop.eender("export", case["id"], "--out", str(file), *more, check=False)

    refused = export("--readable", "--purpose", "curiosity")
    assert refused.returncode == 1
    assert "no purpose 'curiosity' is configured" in refused.stderr
    assert not file.exists()
    done = export("--readable", "--purpose", "audit")
    assert done.returncode == 0, done.stderr
    assert await accesses(shop, case["number"]) == [("EXPORT", "audit")]
    assert verify(file).returncode == 0

    with chromium(tmp_path / "profile") as browser:
        browser.speak("nl")
        assert browser.open(file) == "good"
        text = browser.text()
    assert f"Where is my canary {number}?" in text
    assert f"In the post, canary {number}." in text
    assert "Zaak toegewezen" in text
    assert text.count("door anna (medewerker)") >= 1


async def test_who_changes_a_file_or_a_row_is_found_and_no_wrong_bundle_is_written(
    shop: Shop, number: str, tmp_path: Path
) -> None:
    case = await settled_case(shop, number)
    file, other = tmp_path / "case.json", tmp_path / "other.json"
    shop.eender("export", case["number"], "--out", str(file))
    content = file.read_bytes()
    file.write_bytes(content.replace(b"case.assigned.v1", b"case.assigned.v2"))
    done = verify(file, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["place"] == "digest"
    file.write_bytes(content[:-1])
    assert verify(file).returncode == 1
    assert verify(tmp_path / "nowhere.json").returncode == 1

    connection = await asyncpg.connect(shop.run()["databases"]["case"])
    change = (
        "UPDATE es.events SET meta = $2 WHERE stream_id = (SELECT case_id FROM cases WHERE number = $1) AND version = 2"
    )
    try:
        meta = await connection.fetchval(
            "SELECT meta FROM es.events JOIN cases ON case_id = stream_id WHERE number = $1 AND events.version = 2",
            case["number"],
        )
        await connection.execute(change, case["number"], meta.replace(b'"kind"', b'"KIND"'))
        refused = shop.eender("export", case["number"], "--out", str(other), check=False)
        await connection.execute(change, case["number"], meta)
    finally:
        await connection.close()
    assert refused.returncode == 1
    assert "not as it was recorded" in refused.stderr
    assert "version 2" in refused.stderr
    assert not other.exists()
    shop.eender("export", case["number"], "--out", str(other))


async def test_what_cannot_be_exported_is_refused_in_words(shop: Shop, tmp_path: Path) -> None:
    for case, file, words in (
        ("999999999", "case.json", "there is no case 999999999"),
        ("nonsense", "case.json", "neither a case's number nor its id"),
        ("100001", "nowhere/case.json", "cannot be written"),
    ):
        done = shop.eender("export", case, "--out", str(tmp_path / file), check=False)
        assert done.returncode == 1, file
        assert words in done.stderr


async def test_the_latest_checkpoint_is_open_to_whoever_asks_and_never_older_than_a_bundles(
    shop: Shop, number: str, tmp_path: Path
) -> None:
    case = await settled_case(shop, number)
    file = tmp_path / "case.json"
    size = json.loads(shop.eender("export", case["number"], "--out", str(file), "--json").stdout)["size"]
    async with httpx.AsyncClient() as stranger:
        note = (await stranger.get(f"http://127.0.0.1:{shop.port}/log/checkpoint")).text
    assert int(note.splitlines()[1]) >= size
