"""What we say to everybody, and what people say beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.vocabulary import ActorKind, Channel, TriageClass
from services.case.domain.publication_facts import PublicationState
from services.case.queries.database import Database, as_rows


class PublicationRow(msgspec.Struct, frozen=True):
    """A publication. `decided_*`: who agreed, declined or took it back last. `failed_at`: of FAILED and UNKNOWN."""

    publication_id: UUID
    version: int
    state: PublicationState
    channel: Channel
    account: str
    brand: str | None
    text: str | None
    asks_community: bool
    publish_at: datetime | None
    rules: list[str]
    drafted_at: datetime
    drafted_by_kind: ActorKind
    drafted_by_ref: str
    decided_at: datetime | None
    decided_by_kind: ActorKind | None
    decided_by_ref: str | None
    decline_reason: str | None
    published_at: datetime | None
    url: str | None
    failed_at: datetime | None
    failure_code: str | None
    failure_reason: str | None
    failure_retryable: bool | None

    @property
    def case_id(self) -> None:
        """None: it is in no case."""
        return

    @property
    def requested_by_kind(self) -> ActorKind:
        """Of who wrote it."""
        return self.drafted_by_kind

    @property
    def requested_by_ref(self) -> str:
        """Who wrote it."""
        return self.drafted_by_ref

    @property
    def actor_kind(self) -> ActorKind:
        """Of who wrote it."""
        return self.drafted_by_kind

    @property
    def actor_ref(self) -> str:
        """Who wrote it."""
        return self.drafted_by_ref


class PublicationFilter(msgspec.Struct, frozen=True):
    """Which publications: every part that is not None must hold."""

    states: tuple[PublicationState, ...] | None = None
    channel: Channel | None = None
    brand: str | None = None
    asks_community: bool | None = None

    def args(self) -> tuple[Any, ...]:
        """As the statement takes it: $1 to $4."""
        states = None if self.states is None else [each.value for each in self.states]
        return (states, self.channel, self.brand, self.asks_community)


class AnswerRow(msgspec.Struct, frozen=True):
    """What somebody said beneath a publication: a contact of a case, or a mention."""

    said_id: UUID
    is_mention: bool
    occurred_at: datetime


class CountRow(msgspec.Struct, frozen=True):
    """How many answers a publication has of a class, and how they feel. `class_` None: nobody judged them."""

    publication_id: UUID
    class_: TriageClass | None = msgspec.field(name="class")
    answers: int
    mentions: int
    positive: int
    negative: int
    first_at: datetime


async def publications_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, PublicationRow]:
    """Those of the publications that there are."""
    text = f"{database.text('publication_columns')} {database.text('publications_by_id')}"
    found = as_rows(PublicationRow, await database.records("publications_by_id", text, list(ids)))
    return {row.publication_id: row for row in found}


async def publications_page(
    database: Database, where: PublicationFilter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[PublicationRow]:
    """The publications that match, the latest draft first. `after`: moment and id to go on behind."""
    at, publication_id = after or (None, None)
    text = f"{database.text('publication_columns')} {database.text('publications_page')}"
    args = (*where.args(), at, publication_id, limit)
    return as_rows(PublicationRow, await database.records("publications_page", text, *args))


async def publications_to_approve(
    database: Database, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[PublicationRow]:
    """Those that wait for another person, the oldest first."""
    at, publication_id = after or (None, None)
    text = f"{database.text('publication_columns')} {database.text('publications_to_approve')}"
    return as_rows(PublicationRow, await database.records("publications_to_approve", text, at, publication_id, limit))


async def publications_to_approve_count(database: Database) -> int:
    """How many wait for another person."""
    return int(await database.value("publications_to_approve_count"))


async def answers_page(
    database: Database, publication_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[AnswerRow]:
    """What is said beneath a publication, the earliest first. `after`: moment and id to go on behind."""
    at, said_id = after or (None, None)
    text = f"{database.text('said_beneath')} {database.text('answers_page')}"
    return as_rows(AnswerRow, await database.records("answers_page", text, [publication_id], at, said_id, limit))


async def answers_counted(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[CountRow]]:
    """How many answers of each class these publications have, the most first; those with none are missing."""
    text = f"{database.text('said_beneath')} {database.text('answers_counted')}"
    found: dict[UUID, list[CountRow]] = {}
    for row in as_rows(CountRow, await database.records("answers_counted", text, list(ids))):
        found.setdefault(row.publication_id, []).append(row)
    return found
