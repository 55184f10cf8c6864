"""Checks the facts of a part of the log: a glance at every block, a closer look at those that are not as written."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from infra.event_store.block_check import BlockCheck, follows
from infra.event_store.fact_check import FactCheck, hold
from infra.event_store.finding import EnoughFound, LogReport
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from infra.event_store.block_check import Seen
    from infra.event_store.reading import Reading

BLOCK_POSITIONS = 128
PAGE_BLOCKS = 8
PAGE_ROWS = 1_000
_SQL = statements("infra.event_store")
_BLOCKS, _BLOCK = (_SQL[name].format(columns=_SQL["check_columns"]) for name in ("check_blocks", "check_block"))
_BETWEEN, _OUTSIDE, _WAITING = (
    f"{_SQL['check_facts']}\n{_SQL[which]}" for which in ("facts_between", "facts_outside", "facts_waiting")
)


class Part(msgspec.Struct):
    """What was found in a part. `held`: a bit per position that holds a later time than its fact's."""

    report: LogReport
    held: bytes = b""


async def check_part(reading: Reading, blocks: BlockCheck, first: int, last: int, *, positions: int) -> Part:
    """The facts at the positions from `first` to `last`, of `positions` that there are."""
    facts = FactCheck(reading, LogReport(), positions=positions, first=first, last=last)
    with contextlib.suppress(EnoughFound):
        async with reading.pages(_BLOCKS, first, last, rows=PAGE_BLOCKS) as pages:
            async for page in pages:
                for block in page:
                    await _check_block(reading, blocks, facts, block)
    return Part(facts.report, bytes(facts.held))


async def check_elsewhere(reading: Reading, report: LogReport, *, positions: int, facts: int) -> None:
    """Facts whose position lies outside of the log, and those that have none. `facts`: how many there are.

    Raises:
        EnoughFound: see LogReport.found.
    """
    check = FactCheck(reading, report, positions=positions)
    await _check_rows(reading, check, _OUTSIDE, positions)
    if report.facts != facts:
        await _check_rows(reading, check, _WAITING)


async def _check_rows(reading: Reading, check: FactCheck, sql: str, *arguments: int) -> None:
    async with reading.pages(sql, *arguments, rows=PAGE_ROWS) as pages:
        async for page in pages:
            await check.page(page)


async def _check_block(reading: Reading, blocks: BlockCheck, facts: FactCheck, block: asyncpg.Record) -> None:
    last = min(block["first"] + BLOCK_POSITIONS - 1, facts.last)
    if block["found"] < block["count"]:
        (block,) = await reading.fetch(_BLOCK, block["first"], last)
    seen = blocks.look(block)
    whole = block["count"] == last - block["first"] + 1
    if whole and seen.sound and (not seen.apart or await _follow(reading, seen)):
        facts.report.facts += block["count"]
        for place, late_us in seen.late:
            hold(facts.held, block["first"] + place - facts.first)
            facts.report.inversions.note(block["first"] + place, late_us / 1_000_000)
    elif block["count"]:
        await facts.page(await reading.fetch(_BETWEEN, block["first"], last))


async def _follow(reading: Reading, seen: Seen) -> bool:
    """Whether the facts set apart follow on those before them."""
    streams, versions = [each[0] for each in seen.apart], [each[1] for each in seen.apart]
    found: Sequence[asyncpg.Record] = await reading.fetch(_SQL["check_hashes_before"], streams, versions)
    return all(
        follows(rest, before["hash"], stored) for (_, _, rest, stored), before in zip(seen.apart, found, strict=True)
    )
