"""What playbooks look at of cases, and what was told in them so far."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, Priority, TriageClass, Visibility
from services.case.domain.playbooks import Situation
from services.case.domain.told_details import TEXT_LENGTH_MAX
from services.case.queries.database import Database, as_rows

TOLD_OF_CASE_MAX = 20
"""Entries of a case that are looked through for what was told, the latest."""
TOLD_LENGTH_MAX = 20_000
"""Characters of them together."""


class _Situated(msgspec.Struct, frozen=True):
    case_id: UUID
    brand: str | None
    priority: Priority
    tags: tuple[str, ...]
    channel: Channel | None
    visibility: Visibility | None
    found: tuple[TriageClass, ...]
    in_incident: bool
    causes: tuple[str, ...]


class Told(msgspec.Struct, frozen=True):
    """Something that was said in a case. `reference_kind`: of a gesture, what sort of thing it refers to."""

    case_id: UUID
    said: str
    reference_kind: str | None


async def situations_of_cases(database: Database, ids: Sequence[UUID]) -> dict[UUID, Situation]:
    """How these cases are now."""
    name = "situations_of_cases"
    text = database.text(name).format(situation=database.text("situation_of").format(row="c"))
    return {row.case_id: _situation(row) for row in as_rows(_Situated, await database.records(name, text, list(ids)))}


def _situation(row: _Situated) -> Situation:
    return Situation(
        brand=row.brand,
        priority=row.priority,
        tags=row.tags,
        channel=row.channel,
        visibility=row.visibility,
        found=row.found,
        in_incident=row.in_incident,
        causes=row.causes,
    )


async def told_in_cases(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """What was said in each of these cases last; those in which nothing was are missing."""
    found: dict[UUID, list[Told]] = {}
    for row in await database.all(Told, "told_in_cases", list(ids), TOLD_OF_CASE_MAX, TEXT_LENGTH_MAX):
        found.setdefault(row.case_id, []).append(row)
    return found
