"""Gestures read by a second person after they were given, signs for auditors, and reports."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.domain.control_signs import GestureSign, ReviewOutcome
from services.case.domain.report_rules import ReportKind
from services.case.graphql.context import Info
from services.case.graphql.inputs import KEY
from services.case.graphql.refs import GestureRef
from services.case.graphql.scalars import Instant, Json
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Actor, PageInfo
from services.case.graphql.types.payloads import ERRORS, POSITION
from services.case.queries.gesture_reviews import ReviewRow


@strawberry.type
class GestureReview:
    """A gesture that a second person reads, or that has signs."""

    sampled: bool = field(description="Whether it was drawn for a second read; its id alone decides that.")
    signs: list[GestureSign] | None = field(description="What was seen; null for who may not see it.")
    given_at: Instant = field(description="When the gesture was given.")
    outcome: ReviewOutcome | None = field(description="What the second person found; null as long as nobody read it.")
    reason: str | None = field(description="A code of the configuration, of what is to be said about it.")
    reviewed_at: Instant | None = field(description="When it was read.")
    row: strawberry.Private[ReviewRow]

    @strawberry.field
    async def gesture(self, info: Info) -> GestureRef:
        """The gesture."""
        return await info.context.make.gesture_read(self.row.gesture_id)

    @strawberry.field
    async def reviewed_by(self, info: Info) -> Actor | None:
        """Who read it."""
        if self.row.reviewed_by_kind is None or self.row.reviewed_by_ref is None:
            return None
        return await info.context.make.actor(self.row.reviewed_by_kind, self.row.reviewed_by_ref)


@strawberry.type
class GestureReviewEdge:
    """A gesture in a list of those to read."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: GestureReview = field(description="The gesture and what was seen of it.")


@strawberry.type
class GestureReviewConnection:
    """A page of gestures to read."""

    nodes: list[GestureReview] = field(description="Those of this page.")
    edges: list[GestureReviewEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How many there are in all; null where it was not asked for.")


@strawberry.input
class GestureReviewWhere:
    """Which of them: everything that is given must hold."""

    read: bool | None = field(default=None, description="Whether a second person has read it.")
    flagged: bool | None = field(default=None, description="Whether it has signs; for who may see them.")


@strawberry.input
class GestureReviewRecordInput:
    """A second person has read a gesture."""

    gesture_id: strawberry.ID = field(description="The gesture.")
    outcome: ReviewOutcome = field(description="What was found.")
    reason: str | None = field(default=None, description="A configured code; what is not FINE needs one.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class GestureReviewRecordPayload:
    """The answer to `gestureReviewRecord`."""

    review: GestureReview | None = field(default=None, description="The gesture and what was found of it.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class Report:
    """Figures of a stretch of time, by groups. No row is about one agent, or about fewer than are configured."""

    kind: ReportKind = field(description="What is reported.")
    since: Instant = field(description="From when on.")
    until: Instant = field(description="Up to when, exclusive.")
    group_size_min: int = field(description="Figures of fewer agents than this are left out: `suppressed` is true.")
    rows: list[Json] = field(description="One object per group; its keys are told in docs/reports.md.")
