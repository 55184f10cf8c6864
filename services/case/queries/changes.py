"""What the case log tells subscribers, fact by fact, and where facts stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec

from services.case.queries.database import Database, as_rows
from services.case.queries.rows import ChangeRow

POSITION_MAX = 2**63 - 1


class Whose(StrEnum):
    """What kind of thing a subscriber follows."""

    ANYBODY = "anybody"
    CASE = "case"
    CUSTOMER = "customer"
    AGENT = "agent"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a subscriber follows: a case, a customer with all cases, the inbox of an agent, or an audience's news.

    `also`: further audiences; somebody may be an agent and one of those who decide.
    """

    whose: Whose
    subject_id: UUID | None = None
    also: tuple[UUID, ...] = ()

    def parts(self) -> tuple[Topic, ...]:
        """The topics of one subject each that this one is made of."""
        return (Topic(self.whose, self.subject_id), *(Topic(self.whose, each) for each in self.also))


ANYBODY = Topic(Whose.ANYBODY)


class _Place(msgspec.Struct, frozen=True):
    stream_id: UUID
    version: int
    position: int


async def last_position(database: Database) -> int:
    """The last position of the log, 0 while it is empty."""
    return int(await database.value("last_position"))


async def exists(database: Database, topic: Topic) -> bool:
    """Whether there is the case or customer that a topic is of; other topics need none."""
    if topic.whose not in {Whose.CASE, Whose.CUSTOMER}:
        return True
    return bool(await database.value(f"{topic.whose.value}_exists", topic.subject_id))


async def positions_of(database: Database, facts: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], int]:
    """Positions of facts named by stream and version; those that have none yet are missing."""
    rows = await database.all(_Place, "positions_of", [fact[0] for fact in facts], [fact[1] for fact in facts])
    return {(row.stream_id, row.version): row.position for row in rows}


async def checkpoint_covering(database: Database, position: int) -> str:
    """The first signed checkpoint whose log holds this position; empty while there is none."""
    return str(await database.value("checkpoint_covering", position) or "")


async def changes(
    database: Database, topic: Topic, *, after: int, upto: int = POSITION_MAX, limit: int
) -> list[ChangeRow]:
    """The facts of a topic with positions in (after, upto], in order."""
    text = database.text("changes").format(where=database.text(f"changes_of_{topic.whose.value}"))
    subject = [part.subject_id for part in topic.parts()] if topic.whose is Whose.VIEWER else topic.subject_id
    bound = [] if topic.subject_id is None else [subject]
    records = await database.records(f"changes_of_{topic.whose.value}", text, after, upto, limit, *bound)
    return as_rows(ChangeRow, records)
