"""What several types have in common."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import strawberry
from strawberry import field

from contracts.vocabulary import ActorKind
from services.case.graphql.context import Info
from services.case.graphql.refs import CaseRef
from services.case.graphql.scalars import Instant
from services.case.queries.rows import EntryRow


@strawberry.interface
class Node:
    """Something with an id that can be asked for again by `node`."""

    id: strawberry.ID = field(description="Opaque: keep it, send it back, never look inside.")


@strawberry.interface
class Actor(Node):
    """Who did something: a person, a machine or the system."""

    display_name: str = field(description="Never empty: a name, else a masked handle, else a pseudonym.")


@strawberry.interface
class TimelineEntry(Node):
    """Something that happened between a customer and us. Every kind can be drawn by its `summary`."""

    occurred_at: Instant = field(description="When it happened.")
    recorded_at: Instant = field(description="When it was put on record.")
    summary: str = field(description="One line in English without personal data, for kinds a screen does not know.")
    row: strawberry.Private[EntryRow]

    @strawberry.field
    async def position(self, info: Info) -> str | None:
        """The place of its fact in the case log; null until sequenced."""
        found = await info.context.loaders.positions.load((self.row.stream_id, self.row.version))
        return None if found is None else str(found)

    @strawberry.field
    async def case(self, info: Info) -> CaseRef | None:
        """The case it belongs to, if it belongs to one."""
        return await info.context.make.case_by_id(self.row.case_id)

    @strawberry.field
    async def actor(self, info: Info) -> Actor | None:
        """Who did it."""
        return await info.context.make.actor(self.row.actor_kind, self.row.actor_ref)


class AskedFor(Protocol):
    """A row of something that somebody asked for. `requested_by_*` None: whoever did it asked for it."""

    @property
    def requested_by_kind(self) -> ActorKind | None: ...  # noqa: D102  (the class says it)
    @property
    def requested_by_ref(self) -> str | None: ...  # noqa: D102  (the class says it)
    @property
    def actor_kind(self) -> ActorKind: ...  # noqa: D102  (the class says it)
    @property
    def actor_ref(self) -> str: ...  # noqa: D102  (the class says it)
    @property
    def case_id(self) -> UUID | None: ...  # noqa: D102  (the class says it)


@strawberry.interface
class Approvable(Node):
    """Something that waits, or waited, for another person's decision."""

    requested_at: Instant = field(description="When it was asked for.")
    expires_at: Instant | None = field(description="When nobody can approve it any more; null: it does not expire.")
    row: strawberry.Private[AskedFor]

    @strawberry.field
    async def requested_by(self, info: Info) -> Actor:
        """Who asked for it."""
        kind, ref = self.row.requested_by_kind or self.row.actor_kind, self.row.requested_by_ref or self.row.actor_ref
        return await info.context.make.actor(kind, ref)

    @strawberry.field
    async def case(self, info: Info) -> CaseRef | None:
        """The case it belongs to, if it belongs to one."""
        return await info.context.make.case_by_id(self.row.case_id)


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = field(description="Whether more follow.")
    has_previous_page: bool = field(description="Whether some come before.")
    start_cursor: str | None = field(description="The cursor of the first of this page; null for an empty page.")
    end_cursor: str | None = field(description="The cursor of the last of this page; null for an empty page.")
