"""Storing rows that follow from another service's fact: no stream of ours knows of it."""

from __future__ import annotations

from contracts.stored import CommandContext, Record, Row, Work


async def show(context: CommandContext, record: Record, *rows: Row) -> None:
    """Write the rows once, together with the place of the message they come from."""

    async def decide() -> Work:
        return Work(rows=rows)

    await record.transact(context, decide)
