"""A case's facts as they are stored, for those who check."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Actor as StoredActor
from services.case.graphql.context import Info
from services.case.graphql.scalars import Instant, Json
from services.case.graphql.types.interfaces import Actor, PageInfo


@strawberry.type
class CaseEvent:
    """One stored fact of a case."""

    version: int = field(description="Its place in the case, from 1 without gaps.")
    position: str | None = field(description="Its place in the case log; null until sequenced.")
    type: str = field(description="The fact's topic with its version, such as `case.opened.v1`.")
    schema_version: int = field(description="The version of the topic, as a number.")
    occurred_at: Instant = field(description="When it happened.")
    recorded_at: Instant = field(description="When it was put on record; never goes back along positions.")
    hash: str = field(description="SHA-256 over the fact and the hash before it, in hex.")
    previous_hash: str | None = field(description="The hash of the fact before; null for the first.")
    causation_id: str | None = field(description="The message or request it follows from.")
    correlation_id: str | None = field(description="What all that came of one contact or request share.")
    data: Json = field(description="The fact's clear fields, and those sealed ones that may be shown.")
    withheld: list[str] = field(description="The sealed fields that are not shown.")
    by: strawberry.Private[StoredActor | None]
    on_behalf: strawberry.Private[StoredActor | None]

    @strawberry.field
    async def actor(self, info: Info) -> Actor | None:
        """Who did it."""
        return None if self.by is None else await info.context.make.actor(self.by.kind, self.by.ref)

    @strawberry.field
    async def on_behalf_of(self, info: Info) -> Actor | None:
        """For whom, where it was done for somebody else."""
        behind = self.on_behalf
        return None if behind is None else await info.context.make.actor(behind.kind, behind.ref)


@strawberry.type
class CaseEventEdge:
    """A fact in a history."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: CaseEvent = field(description="The fact.")


@strawberry.type
class CaseEventConnection:
    """A page of a case's history."""

    nodes: list[CaseEvent] = field(description="The facts of this page.")
    edges: list[CaseEventEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
