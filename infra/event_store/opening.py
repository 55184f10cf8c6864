"""Stored rows to facts: with their sealed fields where the keys still exist, or left sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.event_store.mapper import AnyFact, form_of_topic
from infra.event_store.stored_form import sealed_part
from infra.sealing import open_sealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from infra.sealing import KeyRing


async def opened_facts(rows: Sequence[asyncpg.Record], keys: KeyRing | None) -> list[AnyFact]:
    """The facts of rows of es.events. A sealed field whose key is destroyed, or withheld, is None.

    Raises:
        UnknownTopic: no class here has a row's topic.
        SealBroken: an envelope is damaged or lies with the wrong fact.
    """
    parts = [sealed_part(row["seals"], row["sealed"]) for row in rows]
    wanted = {part.key_id for part in parts if part is not None}
    found = await keys.keys_by_id(wanted) if keys is not None and wanted else {}
    facts = []
    for row, part in zip(rows, parts, strict=True):
        key = found.get(part.key_id) if part is not None else None
        opened = None
        if part is not None and key is not None:
            opened = open_sealed(key, part.sealed, stream_id=row["stream_id"], version=row["version"])
        facts.append(fact_of(row, opened))
    return facts


def fact_of(row: asyncpg.Record, opened: bytes | None = None) -> AnyFact:
    """One row's fact. `opened`: what lay in its envelope; None leaves every sealed field None.

    Raises:
        UnknownTopic: no class here has the row's topic.
    """
    form = form_of_topic(row["topic"], stream_id=row["stream_id"], version=row["version"])
    return form.fact(
        stream_id=row["stream_id"],
        version=row["version"],
        at=row["recorded_at"],
        clear=row["clear"],
        sealed=opened,
    )
