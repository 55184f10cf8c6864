"""Commands as somebody types them against a running stack, and as the guides spell them."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import asyncpg
import pytest

from services.console.__main__ import main
from tests.journeys.test_bundle_of_a_case import settled_case
from tests.support.shop import Shop

DOCS = Path(__file__).parents[2] / "docs"
TAKEN = re.compile(r"^export EENDER_TOKEN=\$\((.*)\)")


def spelt(guide: str) -> list[list[str]]:
    """The commands of a guide's first block, in words; one whose output a variable takes without that."""
    block = (DOCS / guide).read_text().split("```sh\n")[1].split("```")[0]
    return [shlex.split(TAKEN.sub(r"\1", line), comments=True) for line in block.splitlines()]


async def seen_at_the_console(shop: Shop, number: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(shop.run()["databases"]["case"])
    try:
        return await connection.fetch(
            "SELECT s.role, s.actor_ref FROM access.seen s JOIN cases c USING (case_id) "
            "WHERE c.number = $1 AND s.client LIKE 'eender%'",
            number,
        )
    finally:
        await connection.close()


async def run(*words: str) -> str:
    """What the command prints, in this process: one of its own takes seconds to begin."""
    said = io.StringIO()
    with redirect_stdout(said):
        code = await asyncio.to_thread(main, words)
    assert code == 0, words
    return said.getvalue()


async def test_an_auditor_comes_from_a_token_to_a_verified_bundle_by_the_guide(
    shop: Shop, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await settled_case(shop, number)
    monkeypatch.chdir(tmp_path)
    told = {}
    for program, *words in spelt("audit.md"):
        assert program == "eender"
        asked = [word.replace("100001", case["number"]) for word in words]
        # A bundle is checked by itself: whoever does so has no stack.
        where = [] if "--bundle" in asked else ["--data", str(shop.data)]
        told[" ".join(words)] = said = await run(*asked, *where)
        if words[0] == "token":
            monkeypatch.setenv("EENDER_TOKEN", said.strip())
    assert told["verify"].count("as it was written") == 3
    assert "OPEN_CASE" in told["replay 100001"] or "LEAST_LOADED" in told["replay 100001"]
    assert number not in told["replay 100001"]
    assert number in told["replay 100001 --purpose audit"]
    assert "facts as they were recorded" in told["verify --bundle case-100001.html"]
    looked = {(row["role"], row["actor_ref"]) for row in await seen_at_the_console(shop, case["number"])}
    assert looked == {("AUDITOR", "arie")}


async def test_the_read_tables_of_a_running_stack_are_what_its_logs_give(shop: Shop, number: str) -> None:
    await settled_case(shop, number)
    done = json.loads(shop.eender("rebuild", "--compare-only", "--json").stdout)
    assert set(done) == {"case", "channels", "routing"}
    assert [each["differences"] for each in done.values()] == [[], [], []]
    assert done["case"]["rows"]["cases"] > 0


async def test_kept_payloads_are_read_again_of_one_account_or_of_all(shop: Shop, number: str) -> None:
    await shop.whatsapp(number, f"Is {number} read once?")
    case = await shop.case_with_text(f"Is {number} read once?")
    for words in ((), ("whatsapp",), ("whatsapp/waba-1",)):
        assert json.loads(await run("reparse", *words, "--json", "--data", str(shop.data)))["read"] > 0
    anna = await shop.online("anna")
    assert len((await shop.case(anna, case["id"]))["contacts"]["nodes"]) == 1
    with pytest.raises(AssertionError):
        await run("reparse", "fax", "--data", str(shop.data))
