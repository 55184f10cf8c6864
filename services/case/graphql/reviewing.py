"""Gestures that a second person reads: their list, and the part of `Maker` about them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import Role
from services.case.domain.permissions import Permission
from services.case.graphql import cursors, entry_mapping
from services.case.graphql.access import Principal, QueryRefusedError
from services.case.graphql.context import Info
from services.case.graphql.lists import page_info
from services.case.graphql.merging import Merging
from services.case.graphql.pages import checked_size, selects, time_after
from services.case.graphql.scalars import Instant
from services.case.graphql.types.reviews import (
    GestureReview,
    GestureReviewConnection,
    GestureReviewEdge,
    GestureReviewWhere,
)
from services.case.queries import gesture_reviews as queries
from services.case.queries.gesture_reviews import ReviewFilter, ReviewRow, ReviewScope

if TYPE_CHECKING:
    from contracts.controls import StaffPrivacy
    from services.case.graphql.types.entries import Gesture

REVIEWS = "gesture reviews"


class Reviewing(Merging):
    """What the fields of `types.reviews` ask for."""

    async def review_by_id(self, gesture_id: UUID) -> GestureReview | None:
        """What was seen of a gesture; None where there is nothing of it that the viewer may see."""
        row = (await queries.reviews_by_id(self.database, [gesture_id])).get(gesture_id)
        scope = scope_of(self.principal, self._context.deps.policy.staff_privacy)
        return None if row is None or scope is None or not scope.sees(row) else review(row, signs=scope.signs)

    async def gesture_read(self, gesture_id: UUID) -> Gesture:
        """The gesture that a second person reads, put down as seen."""
        row = await self.loaders.entries.load(gesture_id)
        if row is None:
            raise QueryRefusedError("NOT_FOUND", "the gesture is gone")
        self.accessed.entry(row)
        return entry_mapping.gesture(row, opens=self.opens)


def scope_of(principal: Principal, privacy: StaffPrivacy) -> ReviewScope | None:
    """What somebody may see of them; None: nothing."""
    if principal.may(Permission.READ_SIGNS):
        return ReviewScope(signs=True)
    if principal.may(Permission.READ_REVIEWS):
        return ReviewScope(signs=privacy.leads_see_signs, never_of=principal.subject)
    if principal.role is Role.AGENT and privacy.own_figures:
        return ReviewScope(only_of=principal.subject)
    return None


async def gesture_reviews(
    info: Info, where: GestureReviewWhere | None, *, first: int | None, after: str | None
) -> GestureReviewConnection:
    """One page of what the viewer may see of them.

    Raises:
        QueryRefusedError: FORBIDDEN, BAD_USER_INPUT.
    """
    context = info.context
    scope = scope_of(context.principal, context.deps.policy.staff_privacy)
    if scope is None:
        raise QueryRefusedError("FORBIDDEN", f"this role has no permission {Permission.READ_REVIEWS.value}")
    asked = ReviewFilter() if where is None else ReviewFilter(where.read, where.flagged)
    if asked.flagged is not None and not scope.signs:
        raise QueryRefusedError("FORBIDDEN", f"this role has no permission {Permission.READ_SIGNS.value}")
    size, key = checked_size(first), time_after(REVIEWS, after)
    rows = await queries.reviews_page(context.database, scope, asked, after=key, limit=size + 1)
    page = rows[:size]
    nodes = [review(row, signs=scope.signs) for row in page]
    marks = [cursors.encode_time(REVIEWS, row.given_at, row.gesture_id) for row in page]
    return GestureReviewConnection(
        nodes=nodes,
        edges=[GestureReviewEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(rows) > size, before=after is not None),
        total_count=await queries.reviews_count(context.database, scope, asked)
        if selects(info, "totalCount")
        else None,
    )


def review(row: ReviewRow, *, signs: bool) -> GestureReview:
    """What was seen of a gesture; its signs only for those who may see them."""
    return GestureReview(
        sampled=row.sampled,
        signs=list(row.signs) if signs else None,
        given_at=Instant(row.given_at),
        outcome=row.outcome,
        reason=row.reason,
        reviewed_at=None if row.reviewed_at is None else Instant(row.reviewed_at),
        row=row,
    )
